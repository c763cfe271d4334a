import { isIP } from "node:net";
import { type HostUuid, hostUuid, isUuid } from "../core/model/ids.ts";
import { isAddress } from "./address.ts";
import { contentLines } from "./content-lines.ts";

/** A line of `<METHOD>.hosts`: which device cuts which host. */
export interface HostsEntry {
  readonly line: number;
  readonly host: HostUuid;
  /** An address without the brackets of IPv6; for XVM the uuid of a VM. */
  readonly device: string;
  /** The line's, else the method's usual one; 0 when the method has none. */
  readonly port: number;
  /** Which of the machines behind the address: the Id or UUID of a Redfish system. */
  readonly system: string | null;
  readonly user: string | null;
}

export interface HostsProblem {
  readonly line: number;
  /** Whose line it is, when that could be read. */
  readonly host: HostUuid | null;
  readonly why: string;
}

export interface HostsFile {
  readonly entries: readonly HostsEntry[];
  /** What cannot be used. */
  readonly problems: readonly HostsProblem[];
}

/** What a line of this method may name. */
export interface HostsSyntax {
  /** A text: its devices have no port, and this says where one belongs. */
  readonly usualPort: number | string;
  /** There may be several machines behind one address. */
  readonly systems: boolean;
  /** A device is a VM, and named by its uuid. */
  readonly isVm?: boolean;
  /** A line, for people. */
  readonly shape: string;
}

const LINE =
  /^(?<host>[^:]*):(?:\[(?<six>[^\]]*)\]|(?<plain>[^:/[\]]*))(?::(?<port>\d+))?(?:\/(?<system>[^:[\]]*))?(?::(?<late>\d+))?(?::(?<user>[^:]*))?$/;
const HIGHEST_PORT = 65_535;

/**
 * `<host uuid>:<device>[:<port>][:<user>]`, one a line; `#` begins a comment. A field of digits after the device is its
 * port. A line that could mean the wrong host is none: the same host, or the same device, twice.
 */
export function parseHostsFile(text: string, syntax: HostsSyntax): HostsFile {
  const entries: HostsEntry[] = [];
  const problems: HostsProblem[] = [];
  for (const { line, content } of contentLines(text)) {
    const parsed = parseLine(content, line, syntax);
    if (typeof parsed !== "string") entries.push(parsed);
    else problems.push({ line, host: hostOf(content), why: parsed });
  }
  const ambiguous = entries.flatMap((entry) => {
    const twin = entries.find((other) => other !== entry && isSame(other, entry));
    return twin === undefined ? [] : [{ entry, twin }];
  });
  for (const { entry, twin } of ambiguous) {
    const what = entry.host === twin.host ? "the same host" : "the same device";
    const why = `${what} as in line ${twin.line}; neither is used`;
    problems.push({ line: entry.line, host: entry.host, why });
  }
  const unused = new Set(ambiguous.map(({ entry }) => entry));
  return { entries: entries.filter((entry) => !unused.has(entry)), problems };
}

function hostOf(content: string): HostUuid | null {
  const [host = ""] = content.split(":");
  return isUuid(host) ? hostUuid(host.toLowerCase()) : null;
}

/** Who names no system means the only one, so two lines for one address and port must both name theirs. */
function isSame(a: HostsEntry, b: HostsEntry): boolean {
  if (a.host === b.host) return true;
  if (plainAddress(a.device) !== plainAddress(b.device) || a.port !== b.port) return false;
  return a.system === null || b.system === null || a.system.toLowerCase() === b.system.toLowerCase();
}

/** One spelling of an address, to compare it. */
function plainAddress(address: string): string {
  if (isIP(address) === 6 && !address.includes("%")) return new URL(`http://[${address}]/`).hostname;
  return address.toLowerCase().replace(/\.$/, "");
}

function parseLine(content: string, line: number, syntax: HostsSyntax): HostsEntry | string {
  if (/\s/.test(content)) return `there is a space; a line is ${syntax.shape}`;
  if (/:https?:\/\//i.test(content)) return `it has a URL; a line is ${syntax.shape}`;
  const groups = LINE.exec(content)?.groups;
  if (groups === undefined) return `it is not ${syntax.shape}; an IPv6 address needs brackets: [2001:db8::7]`;
  const { host = "", six, plain = "", system } = groups;
  // `<address>:<port>:<digits>`: what comes after the port is the user.
  const both = groups["port"] !== undefined && groups["late"] !== undefined;
  if (both && (system !== undefined || groups["user"] !== undefined)) return "it has two ports";
  const user = both ? groups["late"] : groups["user"];
  const device = six ?? plain;
  if (!isUuid(host)) return host === "" ? "the host's uuid is missing" : `${host} is no uuid`;
  if (device === "" || device.startsWith("-")) return "the address is missing, or begins with a dash";
  if (!isAddress(device)) return `${device} is no address`;
  if (syntax.isVm && !isUuid(device)) return `${device} is no uuid of a VM`;
  if (system !== undefined && !syntax.systems)
    return `${device}/${system} is no address; a line is ${syntax.shape}`;
  if (system === "") return `the system is missing after ${device}/`;
  const port = readPort(groups["port"] ?? groups["late"], syntax);
  if (typeof port === "string") return port;
  if (user !== undefined && !/^[A-Za-z0-9_.@\\-]+$/.test(user))
    return "the user's name has a strange character";
  if (user?.startsWith("-")) return "the user's name begins with a dash";
  return {
    line,
    host: hostUuid(host.toLowerCase()),
    device,
    port,
    system: system ?? null,
    user: user ?? null,
  };
}

function readPort(digits: string | undefined, { usualPort, shape }: HostsSyntax): number | string {
  if (typeof usualPort === "string")
    return digits === undefined ? 0 : `${digits} stands where a port would: ${usualPort}; a line is ${shape}`;
  if (digits === undefined) return usualPort;
  const port = Number(digits);
  return port >= 1 && port <= HIGHEST_PORT
    ? port
    : `${digits} is no port (1 to ${HIGHEST_PORT}); a user whose name is a number stands after the port: ${usualPort}:${digits}`;
}
