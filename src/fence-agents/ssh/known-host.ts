import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { readMethodFile } from "../method-files.ts";

/** Where the key of one device is pinned, in the format of known_hosts. */
export interface KnownHost {
  readonly path: string;
  /**
   * False until the first connection: then whatever key the device shows is taken, and kept from then on. A file that has
   * lost its key pins none, and still no other one is taken: it is removed by whoever knows why.
   */
  readonly pinned: boolean;
}

/**
 * A file for each device (`<address>[:<port>]`): two that are fenced at the same moment do not write one file, and to forget
 * a key is to remove a file. A folder that cannot be made (a full disk) costs the pin, not the fence; a pin that others
 * may write, or that is empty, is damaged and trusts nobody.
 */
export function knownHost(pins: string, device: string): KnownHost | { readonly why: string } {
  const folder = join(pins, "ssh");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // ssh says nothing either when it cannot write the key.
  }
  // ssh would replace `%`, the zone of an IPv6 address, by something else.
  const path = join(folder, device.toLowerCase().replaceAll("%", "="));
  if (!existsSync(path)) return { path, pinned: false };
  const pin = readMethodFile(path, "it was there a moment ago");
  if (!pin.ok) return { why: pin.why };
  return pin.text.trim() === ""
    ? { why: `${path} is damaged: it should have a host key; to trust the next one run: rm '${path}'` }
    : { path, pinned: true };
}

/** After a first connection: where the disk is full, ssh leaves a file without the key, which would pin none for ever. */
export function dropEmptyPin({ path, pinned }: KnownHost): void {
  if (pinned) return;
  try {
    if (statSync(path).size === 0) rmSync(path, { force: true });
  } catch {
    // There is none, or no folder for it.
  }
}
