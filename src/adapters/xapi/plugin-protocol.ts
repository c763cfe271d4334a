import { createHash } from "node:crypto";

/*
 * How XAPI talks to a plugin (`host.call_plugin`): an XML-RPC call as the first argument, an XML-RPC answer on standard
 * output, `{ Status: Success | Failure, Value }`.
 */

/** The name under which install.sh links this program for XAPI, and its functions. */
export const PLUGIN = "ha-lizard-plugin";
export const PLUGIN_DOMAINS = "domains";
/** What happened by the records of that host since `since`, wall milliseconds: `{ events }`, not checked. */
export const PLUGIN_HISTORY = "history";
/** For a tie-breaker: the public key of that host, made when there is none; its set-up for `place`; a test of `kind` and `place`. */
export const PLUGIN_TIE_KEY = "tie_key";
export const PLUGIN_TIE_PREPARE = "tie_prepare";
export const PLUGIN_TIE_TEST = "tie_test";
/** What `ha-cfg status --json` and `ha-cfg plan --json` show on that host; `hosts` of a plan: those that fail together, with `,` between. */
export const PLUGIN_STATUS = "status";
export const PLUGIN_PLAN = "plan";

/** `ha-cfg disarm` and `ha-cfg arm` on that host, while PLUGIN_WRITE=1 (modes/plugin-changes.ts). */
export const PLUGIN_DISARM = "disarm";
export const PLUGIN_ARM = "arm";

/** The list of a fence method on that host: read it; replace it (modes/plugin-lists.ts). Texts go as base64. */
export const PLUGIN_LIST_READ = "fence_list_read";
export const PLUGIN_LIST_WRITE = "fence_list_write";
/** Of a host that has no list, in the place of the digest of one. */
export const NO_LIST = "none";

/** What tells a list from one that has changed since: SHA-256, hexadecimal. */
export function listDigest(text: string | null): string {
  return text === null ? NO_LIST : createHash("sha256").update(text).digest("hex");
}

/** The function that is called; null: this is no call. */
export function readPluginCall(xml: string): string | null {
  return (
    /<methodName>\s*([A-Za-z_][\w.]{0,99})\s*<\/methodName>/.exec(xml.slice(0, LONGEST_CALL))?.[1] ?? null
  );
}

const MEMBER =
  /<member>\s*<name>(?<name>\w{1,30})<\/name>\s*<value>(?:<string>)?(?<text>[^<>&]{0,30000})(?:<\/string>)?<\/value>\s*<\/member>/g;

/** The arguments that are plain words: what has markup in it is none of this program's. */
export function readPluginArguments(xml: string): Readonly<Record<string, string>> {
  const found = [...xml.slice(0, LONGEST_CALL).matchAll(MEMBER)];
  return Object.fromEntries(found.map(({ groups }) => [groups?.["name"] ?? "", groups?.["text"] ?? ""]));
}

/** The same where one that is lost would change what is meant; null: one is not such a word, or the call is too long. */
export function readEveryArgument(xml: string): Readonly<Record<string, string>> | null {
  const given = readPluginArguments(xml);
  const names = xml.match(/<name\b/g) ?? [];
  const isWhole = xml.length <= LONGEST_CALL && names.length === Object.keys(given).length;
  return isWhole ? given : null;
}

/** The name comes first. A list in base64 is the longest argument (fence-agents/list-check.ts, `LONGEST_LIST`). */
const LONGEST_CALL = 40_000;

export function renderPluginAnswer(status: "Success" | "Failure", value: string): string {
  const member = (name: string, text: string) =>
    `<member><name>${name}</name><value><string>${escapeXml(text)}</string></value></member>`;
  const struct = `<struct>${member("Status", status)}${member("Value", value)}</struct>`;
  return `<?xml version="1.0"?><methodResponse><params><param><value>${struct}</value></param></params></methodResponse>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
