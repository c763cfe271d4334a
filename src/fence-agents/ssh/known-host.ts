import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { KnownHost } from "../../adapters/ssh/target.ts";
import { readMethodFile } from "../method-files.ts";

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
  const name = device.toLowerCase();
  const path = join(folder, name.replaceAll("%", "="));
  if (!existsSync(path)) return { path, name, pinned: false };
  const pin = readMethodFile(path, "it was there a moment ago");
  if (!pin.ok) return { why: pin.why };
  return pin.text.trim() === ""
    ? { why: `${path} is damaged: it should have a host key; to trust the next one run: rm '${path}'` }
    : { path, name, pinned: true };
}

/** After a first connection: where the disk is full, ssh leaves a file without the key, which would pin none for ever. */
export function dropEmptyPin({ path, pinned }: Pick<KnownHost, "path" | "pinned">): void {
  if (pinned) return;
  try {
    if (statSync(path).size === 0) rmSync(path, { force: true });
  } catch {
    // There is none, or no folder for it.
  }
}
