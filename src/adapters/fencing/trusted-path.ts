import { lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/** What somebody else may change. */
export interface Distrust {
  /** The file, or a folder above it. */
  readonly path: string;
  readonly why: string;
  /** The command that cures it. */
  readonly cure: string;
}

/** `findDistrust` in a sentence, which ends with the cure. */
export function whyUntrusted(path: string): string | null {
  const found = findDistrust(path);
  return found === null ? null : `Cannot use ${found.path}: ${found.why}; run: ${found.cure}`;
}

/**
 * Why a file that decides who loses power, or is run as root, cannot be trusted: somebody else may change it, or put
 * another one in its place, because of the file or of a folder above it. null when only root (or the one who runs this)
 * may. Throws when there is no such file.
 *
 * In a sticky folder (/tmp) nobody can replace what belongs to another user.
 */
export function findDistrust(path: string): Distrust | null {
  const real = realpathSync(path);
  const folders = new Set([...above(path), ...above(real)]);
  const wrong = judge(real, statSync(real), 0);
  if (wrong !== null) return wrong;
  for (const folder of folders) {
    const unsafe = judge(folder, lstatSync(folder), STICKY);
    if (unsafe !== null) return unsafe;
  }
  return null;
}

function above(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); !folders.includes(folder); folder = dirname(folder)) folders.push(folder);
  return folders;
}

function judge(path: string, stats: Stats, unless: number): Distrust | null {
  // The mode of a symbolic link means nothing; what it leads to is looked at by its own path.
  const open =
    !stats.isSymbolicLink() && (stats.mode & OTHERS_MAY_WRITE) !== 0 && (stats.mode & unless) === 0;
  if (open) return { path, why: "others may write it", cure: `chmod go-w ${path}` };
  if (isOurs(stats.uid)) return null;
  return { path, why: "it belongs to another user", cure: `chown root ${path}` };
}

/** Root, the one who runs this, or whoever owns `/`: in a user namespace that is how root of the machine looks. */
function isOurs(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.() || uid === statSync("/").uid;
}
