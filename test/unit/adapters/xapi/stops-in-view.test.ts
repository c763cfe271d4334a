import { expect, test } from "bun:test";
import { vmUuid } from "../../../../src/core/model/ids.ts";
import { renderStop, STOP_KEY, stopOf } from "../../../../src/core/model/stop.ts";
import { never, value } from "./fixtures.ts";
import {
  addRunning,
  createPool,
  DOM0_1,
  granted,
  HOST_1,
  HOST_2,
  open,
  PLAIN,
  POOL,
  type RecordedPool,
} from "./recorded-pool.ts";

function halt(pool: RecordedPool, ref: string, over: Record<string, unknown> = {}): void {
  pool.tables.vms[ref] = {
    ...pool.tables.vms[ref],
    power_state: "Halted",
    resident_on: "OpaqueRef:NULL",
    ...over,
  };
  pool.tables.host[HOST_1] = { ...pool.tables.host[HOST_1], resident_VMs: [DOM0_1] };
}

const read = async (opened: ReturnType<typeof open>) => granted(await opened.xapi.read(PLAIN, never()));

test("read: of a VM that is halted, on which host it was seen last, in the next pass, too", async () => {
  const pool = createPool();
  const [ref = ""] = addRunning(pool, 1);
  const uuid = String(pool.tables.vms[ref]?.["uuid"]);
  const first = open(pool);
  await read(first);
  await first.xapi.close();
  halt(pool, ref);
  const view = await read(open(pool, first.store));
  const ranOn = (of: typeof view) => of.halted.find((vm) => vm.uuid === uuid)?.ranOn;
  expect(ranOn(view)).toBe(view.hosts[0]?.uuid ?? null);
  expect(ranOn(await read(open(pool)))).toBeNull();
  pool.tables.pool[POOL] = { ...pool.tables.pool[POOL], master: HOST_2 };
  expect(ranOn(await read(open(pool, first.store)))).toBeNull();
});

test("read: in which boot of its host a halted VM was resident there, whatever boot the host is read with since", async () => {
  const pool = createPool();
  const [ref = ""] = addRunning(pool, 1);
  const uuid = String(pool.tables.vms[ref]?.["uuid"]);
  const { store } = open(pool);
  const boot = (boot_time: string) => {
    pool.tables.host[HOST_1] = { ...pool.tables.host[HOST_1], other_config: { boot_time } };
  };
  const ranInBoot = async () =>
    (await read(open(pool, store))).halted.find((vm) => vm.uuid === uuid)?.ranInBoot;
  boot("1000.");
  await ranInBoot();
  boot("2000.");
  await ranInBoot();
  const running = pool.tables.vms[ref];
  const residents = pool.tables.host[HOST_1];
  halt(pool, ref);
  expect(await ranInBoot()).toBe("1000.");
  pool.tables.vms[ref] = running ?? {};
  pool.tables.host[HOST_1] = residents ?? {};
  await ranInBoot();
  halt(pool, ref);
  expect(await ranInBoot()).toBe("2000.");
});

test.each([
  ["restart", true, undefined, true],
  ["restart", false, undefined, false],
  ["restart", false, true, false],
  ["restart", false, false, "unknown"],
  ["best-effort", false, undefined, "unknown"],
  ["", false, undefined, "unknown"],
] as const)(
  "read: ha_always_run with priority %p is %p, pool reboots guests %p: %p",
  async (priority, always, reboots, expected) => {
    const pool = createPool();
    const [ref = ""] = addRunning(pool, 1);
    halt(pool, ref, { ha_restart_priority: priority, ha_always_run: always });
    if (reboots !== undefined)
      pool.tables.pool[POOL] = { ...pool.tables.pool[POOL], ha_reboot_vm_on_internal_shutdown: reboots };
    const uuid = String(pool.tables.vms[ref]?.["uuid"]);
    expect((await read(open(pool))).halted.find((vm) => vm.uuid === uuid)?.alwaysRun).toBe(expected);
  },
);

test("keepStop: is in the VM's own key, and gone when it runs; the next read shows either", async () => {
  const pool = createPool();
  const [ref = ""] = addRunning(pool, 1);
  const uuid = vmUuid(String(pool.tables.vms[ref]?.["uuid"]));
  const stop = { who: "client-hard", atMs: 1_795_842_000_000, host: null } as const;
  const handlers = {
    ...pool.handlers,
    "VM.add_to_other_config": () => value(""),
    "VM.remove_from_other_config": () => value(""),
  };
  const opened = open({ ...pool, handlers });
  const hasStop = async () => (await read(opened)).hosts[0]?.residents[0]?.hasStop;
  expect(await hasStop()).toBeUndefined();
  expect(await opened.xapi.keepStop(uuid, stop, never())).toMatchObject({ ok: true });
  const written = opened.calls.find(({ method }) => method === "VM.add_to_other_config")?.params ?? [];
  expect(written.slice(1)).toEqual([ref, STOP_KEY, renderStop(uuid, stop)]);
  expect(stopOf(uuid, { [STOP_KEY]: String(written[3]) })).toEqual(stop);
  expect(await hasStop()).toBe(true);
  expect(await opened.xapi.keepStop(uuid, null, never())).toMatchObject({ ok: true });
  expect(opened.methods()).toContain("VM.remove_from_other_config");
  expect(await hasStop()).toBeUndefined();
});
