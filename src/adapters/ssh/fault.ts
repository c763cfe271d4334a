import type { SshTarget } from "./target.ts";

/** ssh's own exit status for "no connection"; a remote command may, but does not, use it. */
export const SSH_FAILED = 255;

/** Of PAM, and of controllers. */
const LOCKED =
  /account.*\block(ed|[ -]?out)\b|\blocked (due|out|until|for)\b|too many failed log ?ins|login.*temporarily (disabled|blocked)/i;

/** What ssh tells of a connection in which nothing is wrong. */
const CHATTER = /^(Warning: Permanently added .*|Connection to .* closed\.)$/;

/** Why ssh failed. */
export interface SshFault {
  readonly why: string;
  /** Asking again changes nothing. */
  readonly final: boolean;
  /** The other side did not take the key or the password. */
  readonly refused: boolean;
}

interface Rule {
  readonly seen: RegExp;
  readonly final: boolean;
  readonly refused?: true;
  readonly means: (said: string, target: SshTarget, pin: string) => string;
}

/**
 * What ssh says on standard error (LC_ALL=C), the server's own words among it, and what it means for whoever reads the log.
 * The first that fits.
 */
const RULES: readonly Rule[] = [
  {
    seen: /IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known for|differs from the key/i,
    final: true,
    means: (_said, { address }, pin) =>
      `the host key of ${address} is not the one that was pinned; if the device was replaced or reset, run: rm '${pin}'`,
  },
  {
    seen: /Unable to negotiate|no matching (host key|key exchange|cipher|mac)/i,
    final: true,
    means: (said) => `no common algorithm (${said}); for an old device: LEGACY_SSH=1`,
  },
  {
    seen: LOCKED,
    final: true,
    means: (said, { user }) =>
      `the account ${user} is locked; unlock it on the device, or wait until it does (${said})`,
  },
  {
    seen: /password.*(expired|must be changed)|change your password/i,
    final: true,
    means: (said, { user }) =>
      `the password of ${user} must be changed first; log in to the device (${said})`,
  },
  {
    seen: /Permission denied|Too many authentication failures|No more authentication methods/i,
    final: true,
    refused: true,
    means: (said, { user, login }) =>
      `${login.kind === "key" ? `the key ${login.path}` : "the password"} of user ${user} was refused (${said})`,
  },
  {
    seen: /connect to (host|address) |Could not resolve hostname|No route to host|Connection timed out/i,
    final: false,
    means: (said, { address }) => `${address} cannot be reached: ${said}`,
  },
  {
    seen: /not responding|Connection (closed|reset)|Broken pipe/i,
    final: false,
    means: (said) => `the connection was lost: ${said}`,
  },
];

/** Standard error without what ssh says of every connection, a line each. */
export function linesOfErrors(errors: string): readonly string[] {
  return errors
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !CHATTER.test(line));
}

/** Why ssh ended with 255. `errors` is its standard error. */
export function explainFailure(errors: string, target: SshTarget, pin: string): SshFault {
  const lines = linesOfErrors(errors);
  for (const { seen, means, final, refused = false } of RULES) {
    const said = lines.find((line) => seen.test(line));
    if (said !== undefined) return { why: means(said.replace(/^ssh: /, ""), target, pin), final, refused };
  }
  const last = lines.at(-1);
  const why = last === undefined ? "the connection ended without an answer" : `ssh failed: ${last}`;
  return { why, final: false, refused: false };
}

/**
 * Whether the device takes no password as such, and asks for it in a dialogue instead (keyboard-interactive). It has then
 * been told none: both at once would be two logins for one wrong password.
 */
export function asksInDialogue(errors: string): boolean {
  return linesOfErrors(errors).some((line) => {
    const offered = /Permission denied \(([^)]*)\)/i.exec(line)?.[1]?.split(",") ?? [];
    return offered.includes("keyboard-interactive") && !offered.includes("password");
  });
}
