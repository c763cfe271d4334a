import { expect, test } from "bun:test";
import { crashVm } from "../../../src/simulation/control.ts";
import { Caller, outcome, verdict } from "./caller.ts";

const POOL = { hosts: 2, vms: [{ name: "a1", on: 1 }, { name: "b1", on: 2 }, { name: "c1" }] } as const;

interface Events {
  readonly events: readonly { readonly class: string; readonly operation: string; readonly ref: string }[];
  readonly token: string;
  readonly valid_ref_counts: Readonly<Record<string, number>>;
}

async function from(caller: Caller, session: string, token: string, timeoutS = 1): Promise<Events> {
  return (await caller.get(1, "event.from", [session, ["vm", "host"], token, timeoutS])) as Events;
}

test("event.from: an empty token is answered at once with everything subscribed to", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const first = await from(caller, session, "");
  expect(first.events.every((event) => event.operation === "add")).toBe(true);
  expect(first.events.map((event) => event.class).sort()).toEqual([
    "host",
    "host",
    "vm",
    "vm",
    "vm",
    "vm",
    "vm",
  ]);
  expect(first.valid_ref_counts).toMatchObject({ vm: 5, host: 2, pool: 1 });
  expect(first.token).toMatch(/^\d{20},\d{20}$/);
});

test("event.from: nothing new is an empty list at the timeout", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const { token } = await from(caller, session, "");
  const asked = await caller.ask(1, "event.from", [session, ["vm"], token, 5.5]);
  expect(asked.tookMs).toBe(5_501);
  expect(outcome(asked)).toMatchObject({ ok: true, value: { events: [], token } });
});

test("event.from: a VM that crashes, also on the slave, ends the wait within a second", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  for (const name of ["a1", "b1"]) {
    const { token } = await from(caller, session, "");
    const asked = caller.begin(1, "event.from", [session, ["vm"], token, 60]);
    await caller.clock.run(10_000);
    expect(asked.answer).toBeNull();
    crashVm(caller.world, caller.world.vmNamed(name));
    await caller.clock.run(1_000);
    const { value } = outcome(asked) as {
      value: { events: { ref: string; snapshot: Record<string, string> }[] };
    };
    const event = value.events.find(({ ref }) => ref === caller.vm(name));
    expect(event?.snapshot["power_state"]).toBe("Halted");
  }
});

test("event.from: ends with SESSION_INVALID when its session is logged out", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const { token } = await from(caller, session, "");
  const asked = caller.begin(1, "event.from", [session, ["vm"], token, 60]);
  await caller.clock.run(1_000);
  await caller.get(1, "session.logout", [session]);
  await caller.clock.run(10);
  expect(verdict(asked)).toBe("SESSION_INVALID");
});

test("event.from: a task that is destroyed is a deletion without a snapshot; a bad token is refused", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const task = await caller.get(1, "Async.VM.start", [session, caller.vm("c1"), false, false]);
  await caller.clock.run(1_000);
  const { token } = await from(caller, session, "");
  await caller.get(1, "task.destroy", [session, task]);
  const after = (await caller.get(1, "event.from", [session, ["task"], token, 1])) as Events;
  expect(after.events).toEqual([
    { id: expect.any(String), timestamp: "0.0", class: "task", operation: "del", ref: String(task) },
  ] as unknown as Events["events"]);
  const bad = await caller.ask(1, "event.from", [session, ["vm"], "garbage", 1]);
  expect(verdict(bad)).toBe("EVENT_FROM_TOKEN_PARSE_FAILURE");
});
