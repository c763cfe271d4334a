import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { readDomains } from "../../../../src/adapters/xapi/host-domains.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { createMemoryStore, createScript, createTestClock, never, value } from "./fixtures.ts";

const WEB = "f0000000-0000-4000-8000-00000000000a";
const slave = { kind: "slave", masterAddress: "10.0.0.1" };

describe("readDomains", () => {
  const rows: readonly [string, unknown, unknown][] = [
    ["what runs there", { role: slave, vms: [WEB.toUpperCase()] }, { role: slave, vms: [WEB] }],
    [
      "a host that cannot tell",
      { role: { kind: "master" }, vms: null },
      { role: { kind: "master" }, vms: "unknown" },
    ],
  ];
  for (const [title, said, expected] of rows)
    test(`readDomains: ${title}`, () =>
      expect<unknown>(readDomains(JSON.stringify(said))).toEqual({ ok: true, value: expected }));

  for (const said of [
    "",
    "[]",
    '{"vms":[]}',
    '{"role":{"kind":"slave"},"vms":[]}',
    '{"role":{"kind":"master"}}',
  ])
    test(`readDomains: ${said || "nothing"} is no answer`, () =>
      expect(readDomains(said)).toMatchObject({ ok: false, fault: { kind: "malformed" } }));
});

test("askDomains: host.call_plugin of the host", async () => {
  const asked: unknown[] = [];
  const script = createScript({
    "host.get_by_uuid": () => value("OpaqueRef:h2"),
    "host.call_plugin": ([, ...params]) => {
      asked.push(params);
      return value(JSON.stringify({ role: slave, vms: [] }));
    },
  });
  const xapi = createXapi({
    transport: script.transport,
    clock: createTestClock(),
    store: createMemoryStore(),
    xeTimeoutMs: 5_000,
  });
  expect<unknown>(await xapi.askDomains(hostUuid("h2"), never())).toEqual({
    ok: true,
    value: { role: slave, vms: [] },
  });
  expect(asked).toEqual([["OpaqueRef:h2", "ha-lizard-plugin", "domains", {}]]);
});
