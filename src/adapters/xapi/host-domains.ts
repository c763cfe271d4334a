import * as z from "zod/mini";
import { vmUuid } from "../../core/model/ids.ts";
import type { Role, XapiResult } from "../../core/model/pool-view.ts";
import type { HostDomains, HostQuestions } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { malformed } from "./errors.ts";
import { PLUGIN, PLUGIN_DOMAINS } from "./plugin-protocol.ts";
import { lazily, parseValue } from "./records.ts";

const text = lazily(() => z.string());
const answer = lazily(() =>
  z.object({
    role: z.union([
      z.object({ kind: z.literal("master") }),
      z.object({ kind: z.literal("slave"), masterAddress: z.string() }),
      z.object({ kind: z.literal("broken") }),
      z.object({ kind: z.literal("unknown"), why: z.string() }),
    ]),
    vms: z.nullable(z.array(z.string())),
  }),
);

/** Asks a host through XAPI what it runs, where its monitor is silent: 0.1 s on a healthy host. */
export function createHostQuestions({ refs, session }: XapiContext): HostQuestions {
  return {
    async askDomains(host, signal) {
      const ref = await refs.host(host, signal);
      if (!ref.ok) return ref;
      const called = await session.call("host.call_plugin", [ref.value, PLUGIN, PLUGIN_DOMAINS, {}], signal);
      const said = parseValue("host.call_plugin", text, called);
      return said.ok ? readDomains(said.value) : said;
    },
  };
}

/** Strict: what this program on another host does not write is no answer. */
export function readDomains(said: string): XapiResult<HostDomains> {
  let value: unknown;
  try {
    value = JSON.parse(said);
  } catch {
    return malformed("host.call_plugin: no JSON");
  }
  const parsed = answer().safeParse(value);
  if (!parsed.success) return malformed("host.call_plugin: not what the plugin of this version says");
  const { role, vms } = parsed.data;
  const known = vms === null ? ("unknown" as const) : vms.map((uuid) => vmUuid(uuid.toLowerCase()));
  return { ok: true, value: { role: role as Role, vms: known } };
}
