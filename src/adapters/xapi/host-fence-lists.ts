import * as z from "zod/mini";
import type { HostFenceLists } from "../../ports/pool-database.ts";
import { askPlugin, plainWhy, whyAnswer } from "./ask-plugin.ts";
import type { XapiContext } from "./context.ts";
import { listDigest, PLUGIN_LIST_READ, PLUGIN_LIST_WRITE } from "./plugin-protocol.ts";
import { lazily } from "./records.ts";

const list = lazily(() =>
  z.union([z.object({ path: z.string(), text: z.nullable(z.string()) }), z.object({ why: z.string() })]),
);

/** Reads and replaces the lists of fence devices of a host through XAPI. No list has a password in it. */
export function createHostFenceLists(context: XapiContext): HostFenceLists {
  return {
    async readFenceList(host, method, signal) {
      const question = { host, fn: PLUGIN_LIST_READ, given: { method } };
      const asked = await askPlugin(context, question, list, signal);
      if (!asked.ok) return asked;
      const { value } = asked;
      if ("why" in value) return { ok: true, value: { ok: false, why: plainWhy(value.why) ?? "" } };
      return { ok: true, value: { ok: true, path: plainWhy(value.path) ?? "", text: value.text } };
    },
    async writeFenceList(host, { method, text, seen, force }, signal) {
      const given = {
        method,
        list: Buffer.from(text, "utf8").toString("base64"),
        seen: listDigest(seen),
        force: force ? "1" : "0",
      };
      const asked = await askPlugin(context, { host, fn: PLUGIN_LIST_WRITE, given }, whyAnswer, signal);
      return asked.ok ? { ok: true, value: plainWhy(asked.value.why) } : asked;
    },
  };
}
