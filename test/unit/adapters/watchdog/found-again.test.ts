import { describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SLOT_MARK } from "../../../../src/adapters/watchdog/slot-process.ts";
import { noteStart } from "../../../../src/adapters/watchdog/start-note.ts";
import type { WatchdogSlot } from "../../../../src/ports/watchdog-slots.ts";
import type { Gate } from "../../../tools/watchdog/false-xen.ts";
import { lacks } from "../machine.ts";
import { never, processesWith, startProgram, timed, until, useScratch } from "../scratch.ts";
import {
  arm,
  clock,
  idsOf,
  isAsleep,
  pidOf,
  processesOf,
  startByHand,
  stateOf,
  useDom0,
  W,
} from "./stage.ts";

const { dom0 } = useDom0("found-again");
const scratch = useScratch("monitors");

/** Text of a program: arms and disarms in turn from now on. */
const IN_TURN = `
  process.stdout.write("up\\n");
  for (;;) {
    const all = await slots.armed(never);
    const next = await slots.arm(${W}, never);
    if (all !== "unknown" && all[0] !== undefined) await slots.disarm(all[0], never);
  }`;

/** A monitor in a process of its own that arms a slot, says so, and lives on. */
function startMonitor(root: string, then = "") {
  return startProgram(
    scratch,
    `monitor-${crypto.randomUUID()}`,
    `
    import { pathsFrom } from "$src/adapters/files/paths.ts";
    import { createSystemClock } from "$src/adapters/processes/clock-system.ts";
    import { createWatchdogSlots } from "$src/adapters/watchdog/xenwatchdogd.ts";
    const slots = createWatchdogSlots({
      paths: pathsFrom({ HA_LIZARD_ROOT: ${JSON.stringify(root)} }),
      clock: createSystemClock(),
      environment: { PATH: process.env.PATH },
    });
    const never = new AbortController().signal;
    const armed = await slots.arm(${W}, never);
    ${then}
    process.stdout.write(JSON.stringify(armed) + "\\n");
    setInterval(() => {}, 1_000);`,
  );
}

async function kill(monitor: Bun.Subprocess): Promise<void> {
  monitor.kill("SIGKILL");
  await monitor.exited;
}

async function slotFrom(monitor: ReturnType<typeof startMonitor>): Promise<WatchdogSlot> {
  const { value } = await monitor.stdout.getReader().read();
  return (JSON.parse(new TextDecoder().decode(value)) as { slot: WatchdogSlot }).slot;
}

describe.skipIf(lacks("perl"))("createWatchdogSlots, after kill -9 of the one that armed", () => {
  test("armed: a slot is found again, armed since it was found; it can be disarmed", async () => {
    const { root, xen, monitor } = dom0();
    const first = startMonitor(root);
    const slot = await slotFrom(first);
    await kill(first);
    expect(stateOf(pidOf(slot))).toBe("T");
    const slots = monitor();
    const [found, ...others] = (await slots.armed(never())) as readonly WatchdogSlot[];
    expect(others).toEqual([]);
    expect(found).toMatchObject({ id: slot.id, timeoutMs: W });
    // By a clock of another process, and those tell ten milliseconds.
    expect((found?.armedMs ?? 0) - slot.armedMs).toBeWithin(-20, 20_000);
    expect(await slots.armed(never())).toEqual(found === undefined ? [] : [found]);
    expect(await slots.disarm(slot, never())).toBe(true);
    expect(xen.slots()).toEqual([]);
  });

  const GATES: readonly [string, Gate][] = [
    ["before it has forked", "before-forking"],
    ["before it has armed its slot", "before-arming"],
  ];
  for (const version of ["4.13", "4.19"] as const)
    for (const [when, gate] of GATES)
      test(`armed (Xen ${version}): a process left ${when} is waited for, stopped, and counts`, async () => {
        const { root, xen, monitor } = dom0(version);
        xen.shut(gate);
        const first = startMonitor(root);
        const waiting = () => processesOf(root).find((pid) => stateOf(pid) === "S" && !isAsleep(pid));
        expect(await until(() => waiting() !== undefined)).toBe(true);
        await kill(first);
        const slots = monitor();
        // Nobody can tell yet what becomes of it.
        expect(await slots.armed(AbortSignal.timeout(200))).toBe("unknown");
        expect(xen.slots()).toEqual([]);
        const armed = slots.armed(never());
        xen.open(gate);
        const found = await armed;
        expect(found).toHaveLength(1);
        const [slot] = found as readonly WatchdogSlot[];
        expect(stateOf(pidOf(slot ?? { id: "" }))).toBe("T");
        // It fires by its time, counted from what is called its arming; clocks here tell ten milliseconds.
        expect((slot?.armedMs ?? 0) + W - (xen.slots()[0] ?? 0)).toBeGreaterThanOrEqual(-10);
        expect(await slots.disarm(slot ?? { id: "" }, never())).toBe(true);
        expect(xen.slots()).toEqual([]);
      });

  test.each(["4.13", "4.19"] as const)(
    "armed (Xen %s): one that is armed and was never stopped is stopped, and counts from then on",
    async (version) => {
      const { root, xen, monitor } = dom0(version);
      xen.shut("before-arming");
      const first = startMonitor(root);
      expect(await until(() => processesOf(root).some((pid) => stateOf(pid) === "S"))).toBe(true);
      await kill(first);
      xen.open("before-arming");
      expect(await until(() => xen.slots().length === 1)).toBe(true);
      expect(processesOf(root).map(stateOf)).toEqual(["S"]);
      const beforeMs = clock.uptimeMs();
      const [slot] = (await monitor().armed(never())) as readonly WatchdogSlot[];
      expect(slot?.armedMs).toBeGreaterThanOrEqual(beforeMs);
      expect(processesOf(root).map(stateOf)).toEqual(["T"]);
    },
  );

  test("armed: whenever the one that arms and disarms is killed, what is told is what is armed", async () => {
    for (const version of ["4.13", "4.19"] as const) {
      const { root, xen, monitor } = dom0(version);
      for (let turn = 0; turn < 8; turn++) {
        const first = startMonitor(root, IN_TURN);
        await first.stdout.getReader().read();
        await Bun.sleep(turn * 9);
        await kill(first);
        const armed = await idsOf(monitor());
        expect(armed).toHaveLength(xen.slots().length);
      }
    }
  }, 30_000);

  test("armed: a start that was cut off before there was a process to be seen is waited for", async () => {
    const { root, paths, monitor } = dom0();
    await noteStart(paths, "token-of-the-start", clock);
    const armed = idsOf(monitor());
    expect(await monitor().armed(AbortSignal.timeout(100))).toBe("unknown");
    const late = await startByHand(
      root,
      { [SLOT_MARK]: `token-of-the-start ${paths.xenWatchdog}` },
      "60",
      "86399",
    );
    expect((await armed).map((id) => pidOf({ id }))).toEqual([late]);
    expect(existsSync(paths.watchdogStart)).toBe(false);
  });

  test.concurrent("armed: a start of which nothing comes is waited for two seconds, and a damaged note not at all", async () => {
    const { paths, monitor } = dom0();
    await noteStart(paths, "token-of-the-start", clock);
    const { value, ms } = await timed(monitor().armed(never()));
    expect(value).toEqual([]);
    expect(ms).toBeWithin(1_500, 3_000);
    expect(existsSync(paths.watchdogStart)).toBe(false);
    writeFileSync(paths.watchdogStart, "{");
    expect(await monitor().armed(never())).toEqual([]);
  });

  test("arm: a note that cannot be written is no reason not to arm", async () => {
    const { paths, monitor } = dom0();
    mkdirSync(paths.watchdogStart, { recursive: true });
    const slot = await arm(monitor());
    expect(await idsOf(monitor())).toEqual([slot.id]);
  });

  test("armed: one that ends without a slot is none", async () => {
    const { root, xen, monitor } = dom0();
    await arm(monitor());
    const second = await arm(monitor());
    xen.shut("before-arming");
    const third = startMonitor(root);
    expect(await until(() => processesOf(root).some((pid) => stateOf(pid) === "S"))).toBe(true);
    await kill(third);
    const armed = idsOf(monitor());
    xen.open("before-arming");
    expect(await armed).toHaveLength(2);
    expect(await armed).toContain(second.id);
  });

  test("armed: one that somebody has let go on is stopped again, and counts from then on", async () => {
    const { monitor } = dom0("4.19");
    const slots = monitor();
    const slot = await arm(slots);
    process.kill(pidOf(slot), "SIGCONT");
    expect(await until(() => stateOf(pidOf(slot)) === "S")).toBe(true);
    expect(await until(() => clock.uptimeMs() > slot.armedMs)).toBe(true);
    const beforeMs = clock.uptimeMs();
    const [again] = (await slots.armed(never())) as readonly WatchdogSlot[];
    expect(again?.id).toBe(slot.id);
    expect(again?.armedMs).toBeGreaterThanOrEqual(beforeMs);
    expect(stateOf(pidOf(slot))).toBe("T");
  });

  test("armed: one that somebody has stopped before it was armed goes on, and is stopped when it is", async () => {
    const { root, xen, monitor } = dom0();
    xen.shut("before-arming");
    const first = startMonitor(root);
    expect(await until(() => processesOf(root).some((pid) => stateOf(pid) === "S"))).toBe(true);
    await kill(first);
    const [pid = 0] = await soleProcess(root);
    process.kill(pid, "SIGSTOP");
    expect(await until(() => stateOf(pid) === "T")).toBe(true);
    xen.open("before-arming");
    expect(await idsOf(monitor())).toHaveLength(1);
    expect(xen.slots()).toHaveLength(1);
    expect(stateOf(pid)).toBe("T");
  });

  test("disarm: killed between its two signals, the slot is still armed, found, and disarmed later", async () => {
    const { xen, monitor } = dom0();
    const slot = await arm(monitor());
    process.kill(pidOf(slot), "SIGUSR1");
    expect(await idsOf(monitor())).toEqual([slot.id]);
    expect(xen.slots()).toHaveLength(1);
    expect(await monitor().disarm(slot, never())).toBe(true);
    expect(xen.slots()).toEqual([]);
  });

  test.concurrent("arm: the process is called by a name that the last signals of a shutdown spare", async () => {
    const { paths, monitor } = dom0();
    // No script, which has its interpreter's name: it sleeps, and does not go into the background.
    mkdirSync(dirname(paths.xenWatchdog), { recursive: true });
    copyFileSync(Bun.which("sleep") ?? "/bin/sleep", paths.xenWatchdog);
    const armed = monitor().arm(W, AbortSignal.timeout(1_500));
    const found = () => processesWith(paths.xenWatchdog);
    expect(await until(() => found().length === 1)).toBe(true);
    expect(readFileSync(`/proc/${found()[0]}/cmdline`, "utf8")).toBe(
      "@ha-lizard/xenwatchdogd\x0060\x0086399\0",
    );
    expect(await armed).toMatchObject({ kind: "refused" });
    expect(await until(() => found().length === 0)).toBe(true);
  });
});

/** After the one that has forked it has ended. */
async function soleProcess(root: string): Promise<readonly number[]> {
  expect(await until(() => processesOf(root).length === 1)).toBe(true);
  return processesOf(root);
}
