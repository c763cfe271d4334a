import { chmodSync, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";

/**
 * Why a file or folder is not believed: somebody else may change what stands in it. null when only root and the user of
 * this process may. The text ends with the cure.
 */
export function othersMayWrite(
  path: string,
  { uid, gid, mode }: Pick<Stats, "uid" | "gid" | "mode">,
): string | null {
  const own = process.getuid?.() ?? 0;
  if (uid !== 0 && uid !== own) return `it belongs to another user (${uid}); run: chown root ${path}`;
  const shown = `mode ${(mode & 0o7777).toString(8).padStart(4, "0")}`;
  if ((mode & 0o002) !== 0) return `everybody may write it (${shown}); run: chmod go-w ${path}`;
  const isOurGroup = gid === 0 || gid === process.getgid?.();
  if ((mode & 0o020) !== 0 && !isOurGroup)
    return `its group ${gid} may write it (${shown}); run: chmod go-w ${path}`;
  return null;
}

/** The same of a folder, where somebody else could put another file in the place of ours; one that is not there is fine. */
export function untrustedFolder(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  const why = found === undefined ? null : othersMayWrite(path, found);
  return why === null ? null : `the folder ${path} is not safe: ${why}`;
}

/**
 * Makes a folder that is ours alone, mode 0700, or makes it so when it is ours already. Returns why it cannot be used:
 * somebody else was first with the name, or it is a link to wherever.
 */
export function makePrivateFolder(path: string): string | null {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    if (!found.isDirectory()) return `${path} is no folder; remove it`;
    if (found.uid !== process.getuid?.())
      return `the folder ${path} belongs to another user (${found.uid}); run: chown root ${path}`;
    if ((found.mode & 0o077) !== 0) chmodSync(path, 0o700);
    return null;
  } catch (error) {
    return `cannot make the folder ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
