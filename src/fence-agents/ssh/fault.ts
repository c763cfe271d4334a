import type { SshTarget } from "./target.ts";

/** ssh's own exit status for "no connection"; a remote command may, but does not, use it. */
export const SSH_FAILED = 255;

/** What ssh tells of a connection in which nothing is wrong. */
const CHATTER = /^(Warning: Permanently added .*|Connection to .* closed\.)$/;

type Rule = readonly [RegExp, (said: string, target: SshTarget, pin: string) => string];

/** What ssh says on standard error (LC_ALL=C), and what it means for whoever reads the log. The first that fits. */
const RULES: readonly Rule[] = [
  [
    /IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known for|differs from the key/i,
    (_said, { address }, pin) =>
      `the host key of ${address} is not the one that was pinned; if the device was replaced or reset, run: rm '${pin}'`,
  ],
  [
    /Unable to negotiate|no matching (host key|key exchange|cipher|mac)/i,
    (said) => `no common algorithm (${said}); for an old device: LEGACY_SSH=1`,
  ],
  [
    /Permission denied \(|Too many authentication failures|No more authentication methods/i,
    (said, { user, login }) =>
      `${login.kind === "key" ? `the key ${login.path}` : "the password"} of user ${user} was refused (${said})`,
  ],
  [
    /connect to (host|address) |Could not resolve hostname|No route to host|Connection timed out/i,
    (said, { address }) => `${address} cannot be reached: ${said}`,
  ],
  [/not responding|Connection (closed|reset)|Broken pipe/i, (said) => `the connection was lost: ${said}`],
];

/** Standard error without what ssh says of every connection, a line each. */
export function linesOfErrors(errors: string): readonly string[] {
  return errors
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !CHATTER.test(line));
}

/** Why ssh ended with 255. `errors` is its standard error. */
export function explainFailure(errors: string, target: SshTarget, pin: string): string {
  const lines = linesOfErrors(errors);
  for (const [pattern, say] of RULES) {
    const said = lines.find((line) => pattern.test(line));
    if (said !== undefined) return say(said.replace(/^ssh: /, ""), target, pin);
  }
  const last = lines.at(-1);
  return last === undefined ? "the connection ended without an answer" : `ssh failed: ${last}`;
}
