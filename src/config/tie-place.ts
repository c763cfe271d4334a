import { isHost } from "./addresses.ts";
import { bad, good, type Kind } from "./values.ts";

/** A folder on a machine that is reached by ssh. Every part has a form that no shell and no ssh takes for anything else. */
export interface SshPlace {
  readonly kind: "ssh";
  readonly user: string;
  /** A name, IPv4, or IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  /** Absolute, or below the home of the user. */
  readonly directory: string;
}

/** A shared file SR. */
export interface SrPlace {
  readonly kind: "sr";
  /** Its uuid. */
  readonly sr: string;
}

/** Where a tie-breaker keeps its claims: what TIE_BREAKER_PLACE says. */
export type TiePlace = SshPlace | SrPlace;

const SR = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SSH =
  /^(?<user>[A-Za-z_][A-Za-z0-9_.-]{0,31})@(\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<name>[A-Za-z0-9_.-]+))(:(?<port>[0-9]{1,5}))?:(?<directory>[^:]+)$/;
/** No folder begins with a dash or is only dots, so that none is an option or a way up. */
const DIRECTORY = /^\/?[A-Za-z0-9_.][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*\/?$/;
const BARE_IPV6 = /@[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,}:/;
const SSH_PORT = 22;
const LONGEST_DIRECTORY = 200;

/** The place that a text names; null when it names none. */
export function parseTiePlace(text: string): TiePlace | null {
  if (SR.test(text)) return { kind: "sr", sr: text };
  const { user, v6, name, port, directory } = SSH.exec(text)?.groups ?? {};
  if (user === undefined || directory === undefined || !isDirectory(directory)) return null;
  const address = v6 ?? name ?? "";
  if (!isHost(address) || (v6 !== undefined) !== address.includes(":")) return null;
  const number = port === undefined ? SSH_PORT : Number.parseInt(port, 10);
  if (number < 1 || number > 65_535) return null;
  return { kind: "ssh", user, address, port: number, directory: directory.replace(/\/$/, "") };
}

function isDirectory(text: string): boolean {
  // Only digits: a port, and the folder is missing.
  if (text.length > LONGEST_DIRECTORY || !DIRECTORY.test(text) || /^[0-9]+$/.test(text)) return false;
  return !text.split("/").some((part) => /^\.+$/.test(part));
}

/** A place, or nothing. */
export function tiePlace(): Kind<string> {
  const allowed = "user@host:directory, user@host:port:directory, the uuid of an SR, or nothing";
  return {
    label: "place",
    allowed,
    choices: [],
    parse(text) {
      const trimmed = text.trim();
      if (trimmed === "") return good("");
      if (BARE_IPV6.test(trimmed)) return bad(allowed, "an IPv6 address needs [ ]");
      return parseTiePlace(trimmed) === null ? bad(allowed) : good(trimmed);
    },
    render: (value) => value,
  };
}
