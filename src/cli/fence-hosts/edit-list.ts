import type { HostUuid } from "../../core/model/ids.ts";

/**
 * The list with this device for the host, or without the host (`null`). All else stays as it is: comments, other lines, their
 * order, line ends. `shape` heads a list that is new.
 */
export function editList(text: string | null, host: HostUuid, device: string | null, shape: string): string {
  const line = device === null ? null : `${host}:${device}`;
  if (text === null || text.trim() === "") return line === null ? "" : `# ${shape}\n${line}\n`;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  let left = line;
  const edited = lines.flatMap((old) => {
    if (!isOf(host, old)) return [old];
    if (left === null) return [];
    const [comment = ""] = /\s+#.*$/.exec(old) ?? [];
    const replaced = `${left}${comment}`;
    left = null;
    return [replaced];
  });
  return [...edited, ...(left === null ? [] : [left]), ""].join(end);
}

/** Is this the line of that host, whatever its device looks like? The byte order mark of Windows is space, too. */
function isOf(host: HostUuid, line: string): boolean {
  return line.trim().toLowerCase().startsWith(`${host}:`);
}
