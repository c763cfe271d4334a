import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileText } from "../ports/private-files.ts";
import { type HostsEntry, parseHostsFile } from "./hosts-file.ts";
import type { AgentRequest } from "./request.ts";

const OTHERS_MAY_WRITE = 0o022;

/**
 * A file that decides which machine loses power, so nobody but root (or the one who runs this) may be able to write it.
 * `optional`: one that is not there is empty.
 */
export function readMethodFile(path: string, optional: boolean): FileText {
  try {
    const { mode, uid } = statSync(path);
    if ((mode & OTHERS_MAY_WRITE) !== 0)
      return { ok: false, why: `Cannot use ${path}: others may write it; run: chmod 644 ${path}` };
    if (uid !== 0 && uid !== process.getuid?.())
      return { ok: false, why: `Cannot use ${path}: it belongs to another user; run: chown root ${path}` };
    return { ok: true, text: readFileSync(path, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT" && optional) return { ok: true, text: "" };
    const cure = code === "ENOENT" ? "it is not there; it lists the hosts: <host uuid>:<address>" : code;
    return { ok: false, why: `Cannot read ${path}: ${cure}` };
  }
}

/** The line of `<METHOD>.hosts` for this host; a string says why there is none. `say` hears what is wrong elsewhere. */
export function findEntry(
  method: string,
  request: AgentRequest,
  say: (text: string) => void,
): HostsEntry | string {
  const path = join(request.folder, `${method}.hosts`);
  const file = readMethodFile(path, false);
  if (!file.ok) return file.why;
  const { entries, problems } = parseHostsFile(file.text);
  for (const problem of problems) say(`${path}, ${problem}`);
  const entry = entries.find(({ host }) => host === request.host);
  const hint = problems.length === 0 ? "" : `; ${path}, ${problems[0]}`;
  return entry ?? `Cannot fence: ${request.host} is not listed in ${path}${hint}`;
}
