import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Operator } from "../../ports/operator.ts";

/** What the system knows about the process, as text; null where it does not say. */
export interface Traces {
  readonly uid: number;
  /** `/proc/self/loginuid`: who logged in. It stays through sudo and su. */
  readonly loginUid: string | null;
  /** SUDO_USER: only believed where there is no loginuid, because anybody can set it. */
  readonly sudoUser: string | null;
  /** `/etc/passwd`. */
  readonly passwd: string | null;
  /** `/proc/self/stat`. */
  readonly stat: string | null;
}

/** Who runs this process, from what the system knows about it. */
export function operatorOf(traces: Traces): Operator {
  const { uid, loginUid, sudoUser, passwd, stat } = traces;
  const own = userName(uid, passwd);
  const login = loginOf(loginUid);
  const person = login === null ? sudoUser : userName(login, passwd);
  const isOther = person !== null && person !== "" && person !== own;
  return { user: isOther ? `${person} as ${own}` : own, terminal: stat === null ? null : terminalOf(stat) };
}

/** The operator of this process. `root`: the folder that stands for `/`. */
export function findOperator(root: string): Operator {
  return operatorOf({
    uid: process.getuid?.() ?? 0,
    loginUid: textOf("/proc/self/loginuid"),
    sudoUser: process.env["SUDO_USER"] ?? null,
    passwd: textOf(join(root, "etc/passwd")),
    stat: textOf("/proc/self/stat"),
  });
}

/** What the kernel writes for nobody: -1, unsigned. */
const NOBODY = 4_294_967_295;

function loginOf(text: string | null): number | null {
  if (text === null || !/^\d+\s*$/.test(text)) return null;
  const uid = Number(text);
  return uid === NOBODY ? null : uid;
}

function userName(uid: number, passwd: string | null): string {
  const lines = (passwd ?? "").split("\n").map((line) => line.split(":"));
  const name = lines.find(([, , number]) => number === String(uid))?.[0];
  if (name !== undefined && name !== "") return name;
  return uid === 0 ? "root" : `uid ${uid}`;
}

/**
 * The controlling terminal: it is there also when input and output are pipes. In `/proc/self/stat` it is the fifth field
 * behind the name of the command, which may hold spaces and brackets.
 */
function terminalOf(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const device = Number(fields[4]);
  if (!Number.isInteger(device) || device === 0) return null;
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  // The numbers of Linux (Documentation/admin-guide/devices.txt); hvc0 is the console of a Dom0.
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`;
  if (major === 229) return `hvc${minor}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return major === 5 ? "console" : `terminal ${major}:${minor}`;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
