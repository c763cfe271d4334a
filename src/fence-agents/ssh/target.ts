import { statSync } from "node:fs";
import type { SshLogin, SshTarget } from "../../adapters/ssh/target.ts";
import { type Endpoint, isAddress } from "../address.ts";

/** What every method that uses ssh understands in its `<METHOD>.conf`. */
export const SSH_OPTIONS = {
  /** ssh would replace `%`. */
  SSH_KEY: { fallback: "", pattern: /^(\/[^\s%"]+)?$/ },
  LEGACY_SSH: { fallback: "0", pattern: /^[01]$/ },
};

const OTHERS_MAY_READ = 0o077;

/** A string says what is wrong. */
export function openTarget(
  { address, port }: Endpoint,
  user: string,
  options: Readonly<Record<keyof typeof SSH_OPTIONS, string>>,
  password: string,
): SshTarget | string {
  if (!isAddress(address)) return `Cannot fence: ${address} is no address`;
  const login = chooseLogin(options.SSH_KEY, password);
  if (typeof login === "string") return login;
  return { address, port, user, login, legacy: options.LEGACY_SSH === "1" };
}

function chooseLogin(path: string, password: string): SshLogin | string {
  if (path === "") {
    if (password === "") return "Cannot log in: there is neither a password (FENCE_PASSWD) nor SSH_KEY";
    // What comes after the end of a line would be the answer to a second question.
    return /[\r\n]/.test(password)
      ? "Cannot log in: the password (FENCE_PASSWD) has more than one line"
      : { kind: "password", password };
  }
  try {
    const { mode, uid } = statSync(path);
    if ((mode & OTHERS_MAY_READ) !== 0)
      return `Cannot use the key ${path}: others may read it; run: chmod 600 ${path}`;
    if (uid !== 0 && uid !== process.getuid?.())
      return `Cannot use the key ${path}: it belongs to another user`;
    return { kind: "key", path };
  } catch (error) {
    return `Cannot use the key ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
