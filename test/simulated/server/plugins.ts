import type { PluginCall, PluginEnd } from "../../../src/simulation/world.ts";

/** Longer than the program gives itself. */
const PLUGIN_MS = 60_000;

/** How a plugin is started on a host; null: that host has none of this name. */
export type PluginCommand = (
  host: number,
  plugin: string,
) => { readonly command: readonly string[]; readonly env?: Readonly<Record<string, string>> } | null;

/** Plugins as they stand in the hosts of a world of its own. */
export function pluginsOnHosts(onHost: readonly string[]): PluginCommand {
  return (host, plugin) => ({
    command: [...onHost, String(host), "sh", "-c", 'exec "$0" "$@"', `/etc/xapi.d/plugins/${plugin}`],
  });
}

/** As XAPI runs a plugin: the call in XML as its argument, the answer in XML on its standard output. */
export function runPlugins(commandOf: PluginCommand): (call: PluginCall) => Promise<PluginEnd> {
  return async ({ host, plugin, fn, args }) => {
    const found = commandOf(host, plugin);
    if (found === null) return { kind: "missing" };
    const child = Bun.spawn([...found.command, renderCall(fn, args)], {
      ...(found.env === undefined ? {} : { env: found.env }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      timeout: PLUGIN_MS,
    });
    const said = await new Response(child.stdout).text();
    const code = await child.exited;
    if (code === 126 || code === 127) return { kind: "missing" };
    const [, status, value] =
      /<name>Status<\/name><value><string>(\w+)<.*<name>Value<\/name><value><string>([\s\S]*?)<\/string>/.exec(
        said,
      ) ?? [];
    return { kind: status === "Success" ? "success" : "failure", value: unescapeXml(value ?? said) };
  };
}

function renderCall(fn: string, args: Readonly<Record<string, string>>): string {
  const members = Object.entries(args).map(
    ([name, text]) => `<member><name>${name}</name><value>${escapeXml(text)}</value></member>`,
  );
  return `<?xml version="1.0"?><methodCall><methodName>${fn}</methodName><params><param><value>OpaqueRef:session</value></param><param><value><struct>${members.join("")}</struct></value></param></params></methodCall>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
