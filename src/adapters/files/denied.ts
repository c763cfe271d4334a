import { accessSync, constants } from "node:fs";

/** A path, and what has to be done with it. */
export interface Needed {
  readonly path: string;
  readonly writes: boolean;
}

/**
 * The first of these that this user may not use; null when there is none. What is missing, or broken in another way, is
 * not for this to say.
 */
export function deniedPath(needed: readonly Needed[]): string | null {
  const denied = needed.find(({ path, writes }) => {
    try {
      accessSync(path, writes ? constants.R_OK | constants.W_OK : constants.R_OK);
      return false;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "EACCES" || code === "EPERM";
    }
  });
  return denied?.path ?? null;
}
