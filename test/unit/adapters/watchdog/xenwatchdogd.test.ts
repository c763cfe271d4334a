import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { lacks } from "../machine.ts";
import { HANG, isAlive, never, until } from "../scratch.ts";
import { arm, clock, idsOf, pidOf, processesOf, startByHand, stateOf, useDom0, W } from "./stage.ts";

const { folder, dom0 } = useDom0("watchdog");
type Dom0 = ReturnType<typeof dom0>;
const VERSIONS = ["4.13", "4.19"] as const;
const soon = () => AbortSignal.timeout(400);

describe.skipIf(lacks("perl"))("createWatchdogSlots", () => {
  test.each(VERSIONS)("arm (Xen %s): a slot is armed, by a process that is stopped", async (version) => {
    const { xen, monitor } = dom0(version);
    const slots = monitor();
    const begunMs = clock.uptimeMs();
    const slot = await arm(slots);
    expect(slot.timeoutMs).toBe(W);
    expect(stateOf(pidOf(slot))).toBe("T");
    // It fires by its time, counted from what is called its arming; clocks here tell ten milliseconds.
    const [firesMs = 0] = xen.slots();
    expect(slot.armedMs + W - firesMs).toBeWithin(-10, 8_000);
    expect(slot.armedMs).toBeGreaterThanOrEqual(begunMs);
    expect(await slots.armed(never())).toEqual([slot]);
  });

  test.each(VERSIONS)("arm, disarm (Xen %s): two in turn, the oldest first", async (version) => {
    const { root, xen, monitor } = dom0(version);
    const slots = monitor();
    let older = await arm(slots);
    for (let turn = 0; turn < 3; turn++) {
      const newer = await arm(slots);
      expect(await slots.armed(never())).toEqual([older, newer]);
      expect(await slots.disarm(older, never())).toBe(true);
      expect(await idsOf(slots)).toEqual([newer.id]);
      expect(xen.slots().length).toBe(1);
      older = newer;
    }
    expect(await slots.disarm(older, never())).toBe(true);
    // Who asks again, because an answer was lost, is told the same.
    expect(await slots.disarm(older, never())).toBe(true);
    expect(xen.slots()).toEqual([]);
    expect(await until(() => processesOf(root).length === 0)).toBe(true);
  });

  test.concurrent.each(VERSIONS)("arm (Xen %s): without a disarm it fires in time", async (version) => {
    const { xen, monitor } = dom0(version);
    const { armedMs, timeoutMs } = await arm(monitor(), 2_000);
    expect(await until(() => xen.firedMs() !== null)).toBe(true);
    expect((xen.firedMs() ?? 0) - armedMs - timeoutMs).toBeLessThan(1_000);
  });

  test("arm: both slots in use by others, by this program, or one by each: refused with the cure", async () => {
    const others = dom0();
    const byHand = await startByHand(others.root, "60", "30");
    await arm(others.monitor());
    const why = async ({ monitor }: Dom0) => {
      const armed = await monitor().arm(W, never());
      return armed.kind === "refused" ? armed.why : "armed";
    };
    expect(await why(others)).toContain(
      "the other slot is in use by something else: stop xen-watchdog.service",
    );
    expect(isAlive(byHand)).toBe(true);
    const alone = dom0();
    await startByHand(alone.root, "60", "30");
    await startByHand(alone.root, "60", "30");
    expect(await why(alone)).toContain(
      "both slots of Xen's watchdog are in use by something else: stop xen-",
    );
    const own = dom0();
    await arm(own.monitor());
    await arm(own.monitor());
    expect(await why(own)).toEndWith("both slots are in use by this program");
  });

  test("arm: a program that is missing, cannot be run, fails, or hangs is refused, and says why", async () => {
    const { paths, monitor } = dom0();
    const slots = monitor();
    const program = paths.xenWatchdog.slice(folder.path.length + 1);
    const refused = (why: string) => ({ kind: "refused" as const, why: expect.stringContaining(why) });
    folder.script(program, "echo no such hypercall >&2; exit 1");
    expect(await slots.arm(W, never())).toEqual(refused("60 59 failed: no such hypercall"));
    folder.script(program, HANG);
    expect(await slots.arm(W, soon())).toEqual(refused("it did not end in time"));
    folder.write(program, "#!/bin/sh\n", 0o644);
    expect(await slots.arm(W, never())).toEqual(refused("permission denied"));
    rmSync(paths.xenWatchdog);
    expect(await slots.arm(W, never())).toEqual(
      refused("xenwatchdogd is missing: install the package xen-dom0-tools"),
    );
    expect(await slots.armed(never())).toEqual([]);
  });

  test("arm: whole seconds, two at least", async () => {
    const { xen, monitor } = dom0();
    for (const timeoutMs of [1_000, 2_500, Number.NaN, Number.POSITIVE_INFINITY, -2_000])
      expect(await monitor().arm(timeoutMs, never())).toMatchObject({ kind: "refused" });
    expect(xen.slots()).toEqual([]);
  });

  test("disarm: a stray SIGTERM to a stopped process does nothing; the slot then fires rather than get five minutes", async () => {
    const { xen, monitor } = dom0();
    const slot = await arm(monitor());
    const before = xen.slots();
    process.kill(pidOf(slot), "SIGTERM");
    expect(await idsOf(monitor())).toEqual([slot.id]);
    expect(await monitor().disarm(slot, never())).toBe(false);
    expect(stateOf(pidOf(slot))).toBe("T");
    expect(xen.slots()).toEqual(before);
  });

  test("disarm: a version that pets is disarmed in spite of a stray SIGTERM", async () => {
    const { xen, monitor } = dom0("4.19");
    const slot = await arm(monitor());
    process.kill(pidOf(slot), "SIGTERM");
    expect(await monitor().disarm(slot, never())).toBe(true);
    expect(xen.slots()).toEqual([]);
  });

  test("disarm: a process that does not end in time may still hold its slot; it is found, and disarmed later", async () => {
    const { xen, monitor } = dom0();
    const slots = monitor();
    const slot = await arm(slots);
    xen.shut("before-disarming");
    expect(await slots.disarm(slot, soon())).toBe(false);
    expect(xen.slots().length).toBe(1);
    expect(isAlive(pidOf(slot))).toBe(true);
    // Neither armed in its sleep nor ended: nobody can tell.
    expect(await slots.armed(soon())).toBe("unknown");
    xen.open("before-disarming");
    expect(await until(() => xen.slots().length === 0)).toBe(true);
    expect(await slots.disarm(slot, never())).toBe(true);
    expect(await slots.armed(never())).toEqual([]);
  });

  test.concurrent("disarm: one whose process somebody has killed is not disarmed, and fires", async () => {
    const { xen, monitor } = dom0();
    const slots = monitor();
    const slot = await arm(slots, 2_000);
    process.kill(pidOf(slot), "SIGKILL");
    expect(await slots.disarm(slot, never())).toBe(false);
    expect(await slots.armed(never())).toEqual([]);
    expect(await until(() => xen.firedMs() !== null)).toBe(true);
  });

  test("disarm: a pid that was given to another process is not touched, whatever that one is", async () => {
    const { root, xen, monitor } = dom0();
    const slots = monitor();
    const slot = await arm(slots);
    const [, start = ""] = slot.id.split(".");
    expect(await slots.disarm({ id: `${pidOf(slot)}.${Number(start) + 1}` }, never())).toBe(false);
    const byHand = await startByHand(root, "60", "86399");
    for (const id of [
      `${byHand}.${startOf(byHand)}`,
      `${process.pid}.${startOf(process.pid)}`,
      "1.0",
      "",
      "-1.7",
    ])
      expect(await slots.disarm({ id }, never())).toBe(false);
    expect([stateOf(pidOf(slot)), stateOf(byHand)]).toEqual(["T", "S"]);
    expect(xen.slots().length).toBe(2);
  });

  test("armed, abandon: an administrator's own xenwatchdogd is nobody's business, and neither is another root's", async () => {
    const { root, monitor } = dom0();
    const byHand = await startByHand(root, "60", "86399");
    const other = await arm(dom0().monitor());
    expect(await monitor().armed(never())).toEqual([]);
    const slot = await arm(monitor());
    expect(await idsOf(monitor())).toEqual([slot.id]);
    await monitor().abandon(never());
    expect([stateOf(byHand), stateOf(pidOf(other)), stateOf(pidOf(slot))]).toEqual(["S", "T", null]);
  });

  test.each(VERSIONS)(
    "abandon (Xen %s): the processes are gone, and their slots run out",
    async (version) => {
      const { root, xen, monitor } = dom0(version);
      const slots = monitor();
      await arm(slots, 2_000);
      await arm(slots, 2_000);
      const before = xen.slots();
      await slots.abandon(never());
      expect(processesOf(root)).toEqual([]);
      expect(await slots.armed(never())).toEqual([]);
      if (xen.firedMs() === null) expect(xen.slots()).toEqual(before);
      expect(await until(() => xen.firedMs() !== null)).toBe(true);
    },
  );

  test("isTakenByXapi: while its file stands no slot is armed or disarmed", async () => {
    const { paths, xen, monitor } = dom0();
    const slots = monitor();
    const slot = await arm(slots);
    expect(await slots.isTakenByXapi()).toBe(false);
    mkdirSync(dirname(paths.xhaWatchdog), { recursive: true });
    writeFileSync(paths.xhaWatchdog, "1\n");
    expect(await slots.isTakenByXapi()).toBe(true);
    expect(await slots.arm(W, never())).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("XAPI"),
    });
    expect(await slots.disarm(slot, never())).toBe(false);
    expect(await idsOf(slots)).toEqual([slot.id]);
    expect(xen.slots().length).toBe(1);
    await slots.abandon(never());
    expect(await slots.armed(never())).toEqual([]);
    expect(xen.slots().length).toBe(1);
  });

  test("all of them end with the caller's signal", async () => {
    const { xen, monitor } = dom0();
    const slots = monitor();
    const over = AbortSignal.abort();
    expect(await slots.armed(over)).toBe("unknown");
    expect(await slots.arm(W, over)).toMatchObject({ kind: "refused" });
    expect(await slots.disarm({ id: "1.1" }, over)).toBe(false);
    await slots.abandon(over);
    expect(xen.slots()).toEqual([]);
  });
});

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
