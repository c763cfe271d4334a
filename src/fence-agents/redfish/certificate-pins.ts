import { link, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { readMethodFile } from "../method-files.ts";

/** The file that keeps the fingerprint of one device's certificate; `authority` is `<address>[:<port>]`. */
export function pinPath(folder: string, authority: string): string {
  return join(folder, `redfish-${encodeURIComponent(authority.toLowerCase())}`);
}

/**
 * Compares a certificate's SHA-256 fingerprint (`AB:CD:…`) with the one this device showed first, and keeps it when there
 * is none. Returns null when it may be trusted, else why not. One file for each device: agents run side by side.
 */
export async function checkPin(
  folder: string,
  authority: string,
  fingerprint: string,
): Promise<string | null> {
  const path = pinPath(folder, authority);
  try {
    const pinned = readMethodFile(path, null);
    if (!pinned.ok) return pinned.why;
    // Two agents may see a device for the first time at once: the one that comes second compares.
    if (pinned.text !== "" || !(await keepFirst(folder, path, render(authority, fingerprint))))
      return compare(path, fingerprint);
    return null;
  } catch (error) {
    return `its certificate cannot be kept in ${path}: ${error instanceof Error ? error.message : error}`;
  }
}

function compare(path: string, fingerprint: string): string | null {
  const pinned = readMethodFile(path, "it was there a moment ago");
  if (!pinned.ok) return pinned.why;
  const lines = pinned.text.split(/\r?\n/).map((line, index) => ({ number: index + 1, text: line.trim() }));
  const [line, ...more] = lines.filter(({ text }) => text !== "" && !text.startsWith("#"));
  if (line === undefined || more.length > 0 || !/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/i.test(line.text))
    return `${path} is damaged: it should have one SHA-256 fingerprint; to trust its next certificate run: rm ${path}`;
  if (line.text.toUpperCase() === fingerprint.toUpperCase()) return null;
  return (
    `its certificate is not the one that line ${line.number} of ${path} pins; it is ${fingerprint} now. ` +
    `Nothing was sent to it. If it was replaced on purpose, run: rm ${path}`
  );
}

function render(authority: string, fingerprint: string): string {
  return (
    `# SHA-256 fingerprint of the certificate of the Redfish service at ${authority}, as it was first seen.\n` +
    `# Remove this file when the certificate was replaced on purpose.\n${fingerprint}\n`
  );
}

/** Writes the file as a whole, or not at all; false when somebody else was first. */
async function keepFirst(folder: string, path: string, text: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never replaces.
    await link(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
