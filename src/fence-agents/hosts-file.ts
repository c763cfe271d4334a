import { type HostUuid, hostUuid, isUuid } from "../core/model/ids.ts";

/** A line of `<METHOD>.hosts`: which device cuts which host. */
export interface HostsEntry {
  readonly line: number;
  readonly host: HostUuid;
  /** An address, without the brackets of IPv6; for REDFISH `<address>/<system>` too; for XVM the uuid of a VM. */
  readonly device: string;
  readonly user: string | null;
}

export interface HostsFile {
  readonly entries: readonly HostsEntry[];
  /** What cannot be used, each with its line number. */
  readonly problems: readonly string[];
}

const LINE = /^(?<host>[^:]*):(?<device>\[[^\]]*\](?:\/[^:[\]]*)?|[^:[\]]*)(?::(?<user>[^:]*))?$/;

/**
 * `<host uuid>:<device>[:<user>]`, one a line; `#` begins a comment. A line that could mean the wrong host is none: the
 * same host, or the same device, twice.
 */
export function parseHostsFile(text: string): HostsFile {
  const entries: HostsEntry[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const content = raw.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const parsed = parseLine(content, index + 1);
    if (typeof parsed === "string") problems.push(`line ${index + 1}: ${parsed}`);
    else entries.push(parsed);
  }
  const ambiguous = entries.flatMap((entry) => {
    const twin = entries.find((other) => other !== entry && isSame(other, entry));
    return twin === undefined ? [] : [{ entry, twin }];
  });
  for (const { entry, twin } of ambiguous) {
    if (entry.line < twin.line) continue;
    const what = entry.host === twin.host ? "the same host" : "the same device";
    problems.push(`line ${entry.line}: ${what} as in line ${twin.line}; neither is used`);
  }
  const unused = new Set(ambiguous.map(({ entry }) => entry));
  return { entries: entries.filter((entry) => !unused.has(entry)), problems };
}

function isSame(a: HostsEntry, b: HostsEntry): boolean {
  return a.host === b.host || a.device.toLowerCase() === b.device.toLowerCase();
}

function parseLine(content: string, line: number): HostsEntry | string {
  if (/\s/.test(content)) return "there is a space; a line is <host uuid>:<address>[:<user>]";
  const groups = LINE.exec(content)?.groups;
  if (groups === undefined)
    return "it is not <host uuid>:<address>[:<user>]; an IPv6 address needs brackets: [2001:db8::7]";
  const { host = "", device = "", user } = groups;
  if (!isUuid(host)) return `${host === "" ? "the host's uuid is missing" : `${host} is no uuid`}`;
  const bare = device.replace(/^\[(.*)\]/, "$1");
  if (bare === "" || bare.startsWith("-")) return "the address is missing, or begins with a dash";
  if (user !== undefined && !/^[A-Za-z0-9_.@\\-]+$/.test(user))
    return "the user's name has a strange character";
  if (user?.startsWith("-")) return "the user's name begins with a dash";
  return { line, host: hostUuid(host.toLowerCase()), device: bare, user: user ?? null };
}
