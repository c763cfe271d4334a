import { isIP } from "./ip.ts";
import { bad, good, hasControlCharacter, type Kind, type Parsed } from "./values.ts";

/** An IPv4 or IPv6 address, or a host name. It ends up as an argument of other programs: never begins with `-`. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes("%");
  if (text.length > 253 || /^[0-9.]+$/.test(text)) return false;
  return text.split(".").every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
}

/** Address or name of a machine. */
export function host(presence: "required" | "optional"): Kind<string> {
  const allowed = `an IP address or a host name${presence === "optional" ? ", or nothing" : ""}`;
  return {
    label: "address",
    allowed,
    choices: [],
    parse(text) {
      const trimmed = text.trim();
      if (trimmed === "" && presence === "optional") return good("");
      return isHost(trimmed) ? good(trimmed) : bad(allowed);
    },
    render: (value) => value,
  };
}

const MAIL_ADDRESS = /^[^\s@<>,;:"'()[\]\\-][^\s@<>,;:"()[\]\\]*@[^\s@<>,;"()\\-][^\s@<>,;"()\\]*$/;

/** One mail address, without a display name. */
export function mailAddress(): Kind<string> {
  const allowed = "a mail address, as root@localhost";
  return {
    label: "address",
    allowed,
    choices: [],
    parse(text) {
      const trimmed = text.trim();
      return isMailAddress(trimmed) ? good(trimmed) : bad(allowed);
    },
    render: (value) => value,
  };
}

function isMailAddress(text: string): boolean {
  return MAIL_ADDRESS.test(text) && text.length <= 254 && !hasControlCharacter(text);
}

/** Mail addresses with `,` or `;` between; at least one. */
export function mailAddresses(): Kind<readonly string[]> {
  const allowed = "one or more mail addresses with , or ; between";
  return {
    label: "list",
    allowed,
    choices: [],
    parse: (text) => parseItems(text.split(/[,;]/), isMailAddress, allowed, 1),
    render: (values) => values.join(","),
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** XAPI uuids with `:` between; `()` is what HA-Lizard 2.x writes for none. */
export function uuids(): Kind<readonly string[]> {
  const allowed = "uuids with : between, or () for none";
  return {
    label: "list",
    allowed,
    choices: [],
    parse: (text) => parseItems(unwrap(text).split(/[:\s]/), (item) => UUID.test(item), allowed, 0),
    render: (values) => (values.length === 0 ? "()" : values.join(":")),
  };
}

/** Tags of VMs with `:` between; a tag with one of its own cannot be named. */
export function tags(): Kind<readonly string[]> {
  const allowed = "tags with : between, or () for none";
  const isTag = (item: string) => item.length <= 64 && !hasControlCharacter(item);
  return {
    label: "list",
    allowed,
    choices: [],
    parse: (text) =>
      parseItems(
        unwrap(text)
          .split(":")
          .map((item) => item.trim()),
        isTag,
        allowed,
        0,
      ),
    render: (values) => (values.length === 0 ? "()" : values.join(":")),
  };
}

/** Addresses or names with `:` between, IPv6 addresses in `[ ]`; the values are without brackets. */
export function hosts(): Kind<readonly string[]> {
  const allowed = "addresses or host names with : between, IPv6 addresses in [ ], or () for none";
  return {
    label: "list",
    allowed,
    choices: [],
    parse(text) {
      const list = unwrap(text);
      if (isIP(list) === 6 || /::/.test(list.replace(/\[[^\]]*\]/g, ""))) {
        return bad(allowed, "an IPv6 address needs [ ]");
      }
      const items = list.match(/\[[^[\]]*\]|[^:\s]+/g) ?? [];
      if (items.some((item) => item.startsWith("[") && isIP(item.slice(1, -1)) !== 6)) return bad(allowed);
      const bare = items.map((item) => item.replace(/^\[|\]$/g, ""));
      return parseItems(bare, isHost, allowed, 0);
    },
    render: (values) =>
      values.length === 0
        ? "()"
        : values.map((value) => (value.includes(":") ? `[${value}]` : value)).join(":"),
  };
}

/** Without the brackets of a shell array, `(a:b)`. */
function unwrap(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith("(") && trimmed.endsWith(")") ? trimmed.slice(1, -1).trim() : trimmed;
}

function parseItems(
  raw: readonly string[],
  isItem: (item: string) => boolean,
  allowed: string,
  fewest: number,
): Parsed<readonly string[]> {
  const items = raw.map((item) => item.trim()).filter((item) => item !== "");
  if (items.length < fewest) return bad(allowed, "empty");
  const wrong = items.findIndex((item) => !isItem(item));
  return wrong === -1 ? good([...new Set(items)]) : bad(allowed, `entry ${wrong + 1} is not one`);
}
