/*
 * How XAPI talks to a plugin (`host.call_plugin`): an XML-RPC call as the first argument, an XML-RPC answer on standard
 * output, `{ Status: Success | Failure, Value }`.
 */

/** The name under which install.sh links this program for XAPI, and its one function. */
export const PLUGIN = "ha-lizard-plugin";
export const PLUGIN_DOMAINS = "domains";

/** The function that is called; null: this is no call. */
export function readPluginCall(xml: string): string | null {
  return (
    /<methodName>\s*([A-Za-z_][\w.]{0,99})\s*<\/methodName>/.exec(xml.slice(0, LONGEST_CALL))?.[1] ?? null
  );
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
