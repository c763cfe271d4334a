import { expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { createMemoryStore, createScript, createTestClock, never, value } from "./fixtures.ts";

/** What a pool whose plugin says that answers, and what the plugin was asked. */
async function asked(said: string) {
  const calls: unknown[] = [];
  const script = createScript({
    "host.get_by_uuid": () => value("OpaqueRef:h2"),
    "host.call_plugin": ([, ...params]) => {
      calls.push(params);
      return value(said);
    },
  });
  const { transport } = script;
  const clock = createTestClock();
  const xapi = createXapi({ transport, clock, store: createMemoryStore(), xeTimeoutMs: 5_000 });
  const answer = await xapi.askHistory(hostUuid("h2"), 1_795_000_000_000.5, never());
  return { answer, calls };
}

test("askHistory: a function of the plugin, and what it says", async () => {
  const { answer, calls } = await asked('{"events":[{"kind":"said"},7]}');
  expect(answer).toEqual({ ok: true, value: [{ kind: "said" }, 7] });
  expect(calls).toEqual([["OpaqueRef:h2", "ha-lizard-plugin", "history", { since: "1795000000000" }]]);
});

for (const said of ["", "{", "[]", '{"events":{}}', "null"])
  test(`askHistory: ${JSON.stringify(said)} is no answer`, async () =>
    expect((await asked(said)).answer).toMatchObject({ ok: false, fault: { kind: "malformed" } }));
