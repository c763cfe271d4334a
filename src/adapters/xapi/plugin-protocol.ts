/*
 * How XAPI talks to a plugin (`host.call_plugin`): an XML-RPC call as the first argument, an XML-RPC answer on standard
 * output, `{ Status: Success | Failure, Value }`.
 */

/** The name under which install.sh links this program for XAPI, and its functions. */
export const PLUGIN = "ha-lizard-plugin";
export const PLUGIN_DOMAINS = "domains";
/** For a tie-breaker: the public key of that host, made when there is none; its set-up for `place`; a test of `kind` and `place`. */
export const PLUGIN_TIE_KEY = "tie_key";
export const PLUGIN_TIE_PREPARE = "tie_prepare";
export const PLUGIN_TIE_TEST = "tie_test";

/** The function that is called; null: this is no call. */
export function readPluginCall(xml: string): string | null {
  return (
    /<methodName>\s*([A-Za-z_][\w.]{0,99})\s*<\/methodName>/.exec(xml.slice(0, LONGEST_CALL))?.[1] ?? null
  );
}

const MEMBER =
  /<member>\s*<name>(?<name>\w{1,30})<\/name>\s*<value>(?:<string>)?(?<text>[^<>&]{0,1000})(?:<\/string>)?<\/value>\s*<\/member>/g;

/** The arguments that are plain words: what has markup in it is none of this program's. */
export function readPluginArguments(xml: string): Readonly<Record<string, string>> {
  const found = [...xml.slice(0, LONGEST_CALL).matchAll(MEMBER)];
  return Object.fromEntries(found.map(({ groups }) => [groups?.["name"] ?? "", groups?.["text"] ?? ""]));
}

/** The name comes first. */
const LONGEST_CALL = 10_000;

export function renderPluginAnswer(status: "Success" | "Failure", value: string): string {
  const member = (name: string, text: string) =>
    `<member><name>${name}</name><value><string>${escapeXml(text)}</string></value></member>`;
  const struct = `<struct>${member("Status", status)}${member("Value", value)}</struct>`;
  return `<?xml version="1.0"?><methodResponse><params><param><value>${struct}</value></param></params></methodResponse>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
