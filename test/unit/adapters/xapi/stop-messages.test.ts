import { expect, test } from "bun:test";
import { vmUuid } from "../../../../src/core/model/ids.ts";
import { api, createMemoryStore, createTestClock, never, value } from "./fixtures.ts";
import { open } from "./recorded-pool.ts";

const WEB = vmUuid("0d8eb3ef-fa18-8097-bf1c-ae7700f82566");
const T = Date.UTC(2026, 10, 28, 4, 59, 48);

/** As recorded of a real pool. */
const message = (name: string, timestamp: string, what = "") => ({
  uuid: "91b10927-11c7-9ae3-46be-8e39f896c627",
  ...{ name, priority: 5, cls: "VM", obj_uuid: WEB, timestamp },
  body: `VM 't0' (uuid: ${WEB}) ${what}`,
});
const reading = (messages: readonly object[], wallMs = T) =>
  open(
    {
      handlers: {
        "message.get": () =>
          value(Object.fromEntries(messages.map((one, index) => [`OpaqueRef:${index}`, one]))),
      },
    },
    createMemoryStore(),
    { ...createTestClock(), wallMs: () => wallMs },
  );

test.each([
  ["none", [], { startedAtMs: null, stoppedAtMs: null, isForced: false }],
  [
    "the last start, and the last stop",
    [
      message("VM_STARTED", "20261128T04:58:00Z"),
      message("VM_STARTED", "20261128T04:59:48Z"),
      message("VM_SHUTDOWN", "20261128T04:58:50Z", "shutdown"),
      message("VM_SHUTDOWN", "20261128T04:58:30Z", "shutdown forcibly"),
    ],
    { startedAtMs: T, stoppedAtMs: T - 58_000, isForced: false },
  ],
  [
    "a plug that was pulled",
    [message("VM_SHUTDOWN", "20261128T04:59:48Z", "shutdown forcibly")],
    { startedAtMs: null, stoppedAtMs: T, isForced: true },
  ],
  [
    "a reboot, a move and a resume: it ran then",
    [
      message("VM_REBOOTED", "20261128T04:59:48Z"),
      message("VM_MIGRATED", "20261128T04:59:47Z"),
      message("VM_RESUMED", "20261128T04:59:46Z"),
    ],
    { startedAtMs: T, stoppedAtMs: null, isForced: false },
  ],
  [
    "messages of others",
    [message("HA-LIZARD", "20261128T04:59:48Z")],
    { startedAtMs: null, stoppedAtMs: null, isForced: false },
  ],
] as const)("readStops: %s", async (_, messages, expected) => {
  const { xapi, calls } = reading(messages);
  expect([...(await xapi.readStops([WEB], never()))]).toEqual([[WEB, expected]]);
  expect(calls.at(-1)).toEqual({
    method: "message.get",
    params: ["OpaqueRef:session-1", "VM", WEB, "19700101T00:00:00Z"],
  });
});

test.each([
  ["long before both", "04:58:00", "04:59:48", -60, "started and stopped"],
  ["a start of before the clock was set back", "04:59:48", "04:58:50", -30, "stopped"],
  ["of ten seconds ahead, by another clock", "04:59:48", "04:59:38", -10, "started and stopped"],
  ["a start that is past", "04:59:48", "04:58:50", 0, "started and stopped"],
])("readStops: a start that is later than now is older than a stop that is not: %s", async (...row) => {
  const [, start, stop, nowS, expected] = row;
  const messages = [
    message("VM_STARTED", `20261128T${start}Z`),
    message("VM_SHUTDOWN", `20261128T${stop}Z`, "shutdown"),
  ];
  const { xapi } = reading(messages, T + nowS * 1_000);
  const found = (await xapi.readStops([WEB], never())).get(WEB);
  const said = [
    ...(found?.startedAtMs == null ? [] : ["started"]),
    ...(found?.stoppedAtMs == null ? [] : ["stopped"]),
  ];
  expect(said.join(" and ")).toBe(expected);
});

test("readStops: what cannot be read is absent, which is no empty answer", async () => {
  const refused = open({ handlers: { "message.get": () => api("UUID_INVALID") } });
  expect((await refused.xapi.readStops([WEB], never())).size).toBe(0);
  const malformed = open({ handlers: { "message.get": () => value({ "OpaqueRef:1": { name: 7 } }) } });
  expect((await malformed.xapi.readStops([WEB], never())).size).toBe(0);
});

test("readStops: one call for each VM", async () => {
  const { xapi, methods } = reading([]);
  const many = Array.from({ length: 45 }, (_, index) =>
    vmUuid(`0d8eb3ef-fa18-8097-bf1c-0000000000${10 + index}`),
  );
  expect((await xapi.readStops(many, never())).size).toBe(45);
  expect(methods().filter((method) => method === "message.get").length).toBe(45);
});
