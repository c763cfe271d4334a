import type { DeviceWords, ExaminedList, ListWrite } from "../ports/fence-lists.ts";
import { contentLines } from "./content-lines.ts";
import { type HostsSyntax, parseHostsFile } from "./hosts-file.ts";
import { HOSTS_SYNTAX } from "./hosts-syntax.ts";

/** The syntax of a method's list; null: it has none that this program knows. */
export function syntaxOf(method: string): HostsSyntax | null {
  const known: Readonly<Record<string, HostsSyntax>> = HOSTS_SYNTAX;
  return Object.hasOwn(known, method) ? (known[method] ?? null) : null;
}

/** A list as the agent of the method would read it, each device in the words of its line. */
export function examineList(text: string, syntax: HostsSyntax): ExaminedList {
  const { entries, problems } = parseHostsFile(text, syntax);
  const contents = new Map(contentLines(text).map(({ line, content }) => [line, content]));
  return {
    devices: entries.map(({ host, line }) => {
      const content = contents.get(line) ?? "";
      return { host, device: content.slice(content.indexOf(":") + 1) };
    }),
    problems: problems.map(({ line, why }) => `line ${line}: ${why}`),
  };
}

/** 64 hosts with a comment each are 10 KB. */
export const LONGEST_LIST = 20_000;

/** Why this text may not become the list where `found` stands now; null: it may. */
export function whyNotList(
  { text, seen, force }: Omit<ListWrite, "method">,
  found: string | null,
  syntax: HostsSyntax,
): string | null {
  if (Buffer.byteLength(text) > LONGEST_LIST) return `the new list is longer than ${LONGEST_LIST} bytes`;
  if (text.includes("\0") || text.includes("\ufffd")) return "the new list is no text (UTF-8)";
  if (force) return null;
  if (found !== seen) return "it was changed since it was read";
  const { devices, problems } = examineList(text, syntax);
  if (problems.length > 0) return `the new list cannot be used: ${problems.join("; ")}`;
  return devices.length === 0 ? "the new list names no host" : null;
}

/** A device as a line says it: IPv6 in brackets, and a user of digits behind the port, for which he would be taken. */
export function deviceText({ address, user }: DeviceWords, { usualPort }: HostsSyntax): string {
  const written = address.includes(":") ? `[${address}]` : address;
  if (user === null) return written;
  return /^\d+$/.test(user) ? `${written}:${usualPort}:${user}` : `${written}:${user}`;
}
