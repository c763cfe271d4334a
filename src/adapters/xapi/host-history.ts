import * as z from "zod/mini";
import type { HostHistory } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { malformed } from "./errors.ts";
import { PLUGIN, PLUGIN_HISTORY } from "./plugin-protocol.ts";
import { lazily, parseValue } from "./records.ts";

const text = lazily(() => z.string());
const answer = lazily(() => z.object({ events: z.array(z.unknown()) }));
/** Sixty megabytes of record are read there. */
const CALL_MS = 30_000;

/** Asks a host through XAPI what it has recorded. What the events say is for the caller to check. */
export function createHostHistory({ refs, session }: XapiContext): HostHistory {
  return {
    async askHistory(host, sinceWallMs, signal) {
      const ref = await refs.host(host, signal);
      if (!ref.ok) return ref;
      const given = [
        ref.value,
        PLUGIN,
        PLUGIN_HISTORY,
        { since: String(Math.max(0, Math.floor(sinceWallMs))) },
      ];
      const called = await session.call("host.call_plugin", given, signal, CALL_MS);
      const said = parseValue("host.call_plugin", text, called);
      if (!said.ok) return said;
      try {
        const parsed = answer().safeParse(JSON.parse(said.value));
        if (parsed.success) return { ok: true, value: parsed.data.events };
      } catch {
        // No JSON: the same.
      }
      return malformed("host.call_plugin: not what the plugin of this version says");
    },
  };
}
