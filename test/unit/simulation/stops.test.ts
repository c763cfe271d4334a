import { expect, test } from "bun:test";
import { crashVm, setPower, shutDownVm } from "../../../src/simulation/control.ts";
import {
  revertVm,
  setRestartPriority,
  shutDownHost,
  snapshotVm,
  stopVm,
} from "../../../src/simulation/stops.ts";
import type { SimVm, World } from "../../../src/simulation/world.ts";
import { Caller } from "./caller.ts";

const POOL = { hosts: 2, vms: [{ name: "web", on: 2 }] } as const;

type Messages = Readonly<Record<string, { readonly name: string; readonly body: string }>>;

interface Seen {
  /** Operations that stood in the record while the VM ran. */
  readonly operations: readonly string[];
  readonly alwaysRun: unknown;
  readonly messages: readonly string[];
  readonly state: unknown;
}

async function play(stop: (world: World, vm: SimVm, caller: Caller) => unknown): Promise<Seen> {
  const caller = new Caller(POOL);
  const { world } = caller;
  const vm = world.vmNamed("web");
  const record = () => world.host(1).database.must("VM", vm.ref);
  setRestartPriority(world, vm, "restart");
  const operations = new Set<string>();
  world.host(1).database.onChange = () => {
    const { current_operations, power_state } = record();
    if (power_state === "Running")
      for (const name of Object.values(current_operations as Record<string, string>)) operations.add(name);
    world.changed();
  };
  await stop(world, vm, caller);
  await caller.clock.run(30_000);
  const session = await caller.login(1);
  const params = [session, "VM", vm.uuid, "19700101T00:00:00Z"];
  const messages = (await caller.get(1, "message.get", params)) as Messages;
  return {
    operations: [...operations],
    alwaysRun: record()["ha_always_run"],
    messages: Object.values(messages).map(({ name, body }) => `${name} ${body.split(") ")[1]}`),
    state: record()["power_state"],
  };
}

/** As recorded of a real pool (adapters/xapi/README.md, "What was meant"). */
test.each([
  ["a client, clean", (w: World, vm: SimVm) => stopVm(w, vm, "clean"), "clean_shutdown", "shutdown"],
  ["a client, hard", (w: World, vm: SimVm) => stopVm(w, vm, "hard"), "hard_shutdown", "shutdown forcibly"],
  ["Dom0's shutdown", (w: World) => shutDownHost(w, w.host(2), true), "hard_shutdown", "shutdown forcibly"],
  [
    "a revert",
    (w: World, vm: SimVm) => {
      snapshotVm(w, vm);
      revertVm(w, vm);
    },
    "hard_shutdown",
    "shutdown forcibly",
  ],
] as const)(
  "%s: the operation first, then ha_always_run false, Halted, and a message",
  async (_, stop, operation, body) => {
    expect(await play(stop)).toEqual({
      operations: [operation],
      alwaysRun: false,
      messages: [`VM_SHUTDOWN ${body}`],
      state: "Halted",
    });
  },
);

test.each([
  ["the guest itself", (w: World, vm: SimVm) => shutDownVm(w, vm)],
  ["a crash", (w: World, vm: SimVm) => crashVm(w, vm)],
  [
    "declare_dead",
    async (w: World, _: SimVm, caller: Caller) => {
      setPower(w, w.host(2), false);
      const session = await caller.login(1);
      await caller.get(1, "host.declare_dead", [session, caller.ref(2)]);
    },
  ],
] as const)("%s: nothing but Halted", async (_, stop) => {
  expect(await play(stop)).toEqual({ operations: [], alwaysRun: true, messages: [], state: "Halted" });
});

test("ha_always_run: a start sets it where the priority is restart, and leaves a message", async () => {
  const caller = new Caller({ hosts: 2, vms: [{ name: "web" }] });
  const vm = caller.world.vmNamed("web");
  setRestartPriority(caller.world, vm, "restart");
  const session = await caller.login(1);
  await caller.get(1, "VM.start", [session, vm.ref, false, false]);
  expect(caller.world.host(1).database.must("VM", vm.ref)["ha_always_run"]).toBe(true);
  const since = [session, "VM", vm.uuid];
  const all = (await caller.get(1, "message.get", [...since, "2000-01-01T00:00:00Z"])) as Messages;
  expect(Object.values(all).map(({ name }) => name)).toEqual(["VM_STARTED"]);
  expect(await caller.get(1, "message.get", [...since, "20990101T00:00:00Z"])).toEqual({});
});
