import * as z from "zod/mini";
import type { HostUuid } from "../../core/model/ids.ts";
import { oneLine, shorten } from "../../core/model/plain-text.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { HostTies } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { malformed } from "./errors.ts";
import { PLUGIN, PLUGIN_TIE_KEY, PLUGIN_TIE_PREPARE, PLUGIN_TIE_TEST } from "./plugin-protocol.ts";
import { lazily, parseValue, type Shape } from "./records.ts";

/** A place that does not answer, asked some times (modes/plugin-ties.ts). */
const CALL_MS = 60_000;
const LONGEST_WHY = 500;

const text = lazily(() => z.string());
const result = lazily(() => z.object({ why: z.nullable(z.string()) }));
const key = lazily(() =>
  z.union([
    z.object({ key: z.string().check(z.regex(/^ssh-ed25519 [A-Za-z0-9+/=]{20,200} [\w.-]{1,60}$/)) }),
    z.object({ why: z.string() }),
  ]),
);

/** Asks a host through XAPI for its part of a tie-breaker. */
export function createHostTies({ refs, session }: XapiContext): HostTies {
  const ask = async <T>(
    host: HostUuid,
    fn: string,
    given: Readonly<Record<string, string>>,
    shape: Shape<T>,
    signal: AbortSignal,
  ): Promise<XapiResult<T>> => {
    const ref = await refs.host(host, signal);
    if (!ref.ok) return ref;
    const called = await session.call("host.call_plugin", [ref.value, PLUGIN, fn, given], signal, CALL_MS);
    const said = parseValue("host.call_plugin", text, called);
    return said.ok ? read(said.value, shape) : said;
  };
  const why = (asked: XapiResult<{ readonly why: string | null }>): XapiResult<string | null> =>
    asked.ok ? { ok: true, value: plain(asked.value.why) } : asked;
  return {
    async tieKey(host, signal) {
      const asked = await ask(host, PLUGIN_TIE_KEY, {}, key, signal);
      if (!asked.ok || "key" in asked.value) return asked;
      return { ok: true, value: { why: plain(asked.value.why) ?? "" } };
    },
    prepareTie: async (host, place, signal) =>
      why(await ask(host, PLUGIN_TIE_PREPARE, { place }, result, signal)),
    testTie: async (host, kind, place, signal) =>
      why(await ask(host, PLUGIN_TIE_TEST, { kind, place }, result, signal)),
  };
}

function plain(why: string | null): string | null {
  return why === null ? null : shorten(oneLine(why), LONGEST_WHY);
}

function read<T>(said: string, shape: Shape<T>): XapiResult<T> {
  try {
    const parsed = shape().safeParse(JSON.parse(said));
    if (parsed.success) return { ok: true, value: parsed.data };
  } catch {
    // No JSON: the same.
  }
  return malformed("host.call_plugin: not what the plugin of this version says");
}
