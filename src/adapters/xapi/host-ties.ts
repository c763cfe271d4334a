import * as z from "zod/mini";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { HostTies } from "../../ports/pool-database.ts";
import { askPlugin, plainWhy, type WhyAnswer, whyAnswer } from "./ask-plugin.ts";
import type { XapiContext } from "./context.ts";
import { PLUGIN_TIE_KEY, PLUGIN_TIE_PREPARE, PLUGIN_TIE_TEST } from "./plugin-protocol.ts";
import { lazily } from "./records.ts";

const key = lazily(() =>
  z.union([
    z.object({ key: z.string().check(z.regex(/^ssh-ed25519 [A-Za-z0-9+/=]{20,200} [\w.-]{1,60}$/)) }),
    z.object({ why: z.string() }),
  ]),
);

/** Asks a host through XAPI for its part of a tie-breaker. */
export function createHostTies(context: XapiContext): HostTies {
  const why = (asked: XapiResult<WhyAnswer>): XapiResult<string | null> =>
    asked.ok ? { ok: true, value: plainWhy(asked.value.why) } : asked;
  return {
    async tieKey(host, signal) {
      const asked = await askPlugin(context, { host, fn: PLUGIN_TIE_KEY, given: {} }, key, signal);
      if (!asked.ok || "key" in asked.value) return asked;
      return { ok: true, value: { why: plainWhy(asked.value.why) ?? "" } };
    },
    prepareTie: async (host, place, signal) =>
      why(await askPlugin(context, { host, fn: PLUGIN_TIE_PREPARE, given: { place } }, whyAnswer, signal)),
    testTie: async (host, kind, place, signal) =>
      why(await askPlugin(context, { host, fn: PLUGIN_TIE_TEST, given: { kind, place } }, whyAnswer, signal)),
  };
}
