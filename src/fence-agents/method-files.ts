import { join } from "node:path";
import { whyUntrusted } from "../adapters/fencing/trusted-path.ts";
import { readRegularFileSync, wordsOf } from "../adapters/files/regular-file.ts";
import type { FileText } from "../ports/private-files.ts";
import { type HostsEntry, type HostsSyntax, parseHostsFile } from "./hosts-file.ts";
import { type KnownOptions, type Options, parseOptions } from "./options-file.ts";
import type { AgentRequest } from "./request.ts";

/** 64 hosts with a comment each are 10 KB; a bundle of all authorities is 250 KB. */
const MOST_BYTES = 1_000_000;

/**
 * A file that decides which machine loses power: nobody but root (or the one who runs this) may be able to write it.
 * `whenMissing`: what is said of one that is not there; null: it is empty.
 */
export function readMethodFile(path: string, whenMissing: string | null): FileText {
  const untrusted = tryToTrust(path);
  if (untrusted !== null) return { ok: false, why: untrusted };
  const read = readRegularFileSync(path, { maxBytes: MOST_BYTES });
  if (read.kind === "text") return { ok: true, text: read.text };
  if (read.kind === "none" && whenMissing === null) return { ok: true, text: "" };
  return { ok: false, why: `Cannot read ${path}: ${read.kind === "none" ? whenMissing : read.why}` };
}

/** A file that is not there is nobody's. */
function tryToTrust(path: string): string | null {
  try {
    return whyUntrusted(path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing ? null : `Cannot read ${path}: ${wordsOf(error)}`;
  }
}

/** The options of `<METHOD>.conf`; a file that is not there sets none. A string says what is wrong with it. */
export function readOptions<Name extends string>(
  method: string,
  known: KnownOptions<Name>,
  request: AgentRequest,
): Options<Name> | string {
  const path = join(request.folder, `${method}.conf`);
  const file = readMethodFile(path, null);
  if (!file.ok) return file.why;
  const parsed = parseOptions(file.text, known);
  return parsed.ok ? parsed.options : `Cannot use ${path}: ${parsed.why}`;
}

/** The lines of `<METHOD>.hosts`, and the one of this host. */
export interface Listed {
  readonly entry: HostsEntry;
  readonly others: readonly HostsEntry[];
}

/** The line of `<METHOD>.hosts` for this host; a string says why there is none. `say` hears what is wrong elsewhere. */
export function findEntry(
  method: string,
  syntax: HostsSyntax,
  request: AgentRequest,
  say: (text: string) => void,
): Listed | string {
  const path = join(request.folder, `${method}.hosts`);
  const file = readMethodFile(path, `it is not there; it lists the hosts: ${syntax.shape}`);
  if (!file.ok) return file.why;
  const { entries, problems } = parseHostsFile(file.text, syntax);
  for (const { line, why } of problems) say(`${path}, line ${line}: ${why}`);
  const entry = entries.find(({ host }) => host === request.host);
  if (entry !== undefined) return { entry, others: entries.filter((other) => other !== entry) };
  const own = problems.find(({ host }) => host === request.host);
  if (own !== undefined) return `Cannot fence: ${path}, line ${own.line}: ${own.why}`;
  const [first] = problems;
  const hint = first === undefined ? "" : `; ${path}, line ${first.line}: ${first.why}`;
  return `Cannot fence: ${request.host} is not listed in ${path}${hint}`;
}
