import { expect, test } from "bun:test";
import { agentPid } from "./failed-fencing.ts";
import {
  anyArmed,
  inLeasedPool,
  type Loss,
  leased,
  lose,
  nobodyIsReset,
  ownLease,
  resetMs,
  restarted,
} from "./leases.ts";
import {
  FAST_PARAMETERS,
  inPool,
  killProgram,
  nothingRanTwice,
  onlyMaster,
  passOfAll,
  rejoined,
  STEP_MS,
  startSettled,
  twoVmsPerHost,
} from "./story.ts";
import { type Pool, uptimeMs } from "./world/pool.ts";
import { until } from "./world/wait.ts";

/** Three hosts without a BMC: what is dead, cut off or stopped has been reset by its own watchdog when its lease is over (test/README.md). */

const LEASE_S = 15;
const LEASE_MS = LEASE_S * 1_000;
/** Whatever was armed at the beginning has been disarmed since, or has fired. */
const RENEWED_MS = LEASE_MS + 3_000;
const BOUND_MS = 6 * 60_000;
const SERVICE = "/etc/init.d/ha-lizard";
/** More than the README has, where both cores are busy. */
const BUSY_MS = 10_000;
/** A slot may be found late there, too; whoever counts on it allows for two seconds. */
const LATE_MS = 1_000;
/** The watchdog's daemon looks every ten seconds where there is no lease. */
const NOTICED_MS = 5_000;

for (const [who, host, boundMs] of [
  ["a slave", 3, LEASE_MS + 5_000],
  ["the master", 1, LEASE_MS + 20_000],
] as const)
  test.concurrent(
    `${who} dies: its VMs run elsewhere when its lease is over, and soon after that`,
    () =>
      inLeasedPool(LEASE_S, async (pool) => {
        const loss = await lose(pool, host, () => pool.powerOff(host));
        const tookMs = await restarted(pool, loss, LEASE_S);
        expect(tookMs).toBeLessThan(boundMs + BUSY_MS);
        expect(pool.fires).toEqual([]);
      }),
    BOUND_MS,
  );

test.concurrent(
  "a host and its BMC die together: its VMs run elsewhere when its lease is over, and its agent ends, which tries still",
  () =>
    inLeasedPool(
      LEASE_S,
      async (pool) => {
        pool.controller.setState(3, "silent");
        const loss = await lose(pool, 3, () => pool.powerOff(3));
        await until("its agent", STEP_MS, () => agentPid(pool, 1, 3, "TESTBMC"));
        const tookMs = await restarted(pool, loss, LEASE_S);
        expect(await agentPid(pool, 1, 3, "TESTBMC")).toBeNull();
        expect([...new Set(pool.controller.asked)]).toEqual([3]);
        expect(tookMs).toBeLessThan(LEASE_MS + 5_000 + BUSY_MS);
      },
      { FENCE_METHOD: "TESTBMC,WATCHDOG", FENCE_TIMEOUT: "60" },
    ),
  BOUND_MS,
);

for (const [who, host] of [
  ["a slave", 3],
  ["the master", 1],
] as const)
  test.concurrent(
    `${who} is cut off: it is reset within the time of its lease, its VMs run elsewhere after that, and it comes back`,
    () =>
      inLeasedPool(LEASE_S, async (pool) => {
        const loss = await lose(pool, host, () => pool.isolate(host));
        await restarted(pool, loss, LEASE_S);
        await wasReset(pool, loss);
        await pool.heal();
        await rejoined(pool, host, STEP_MS);
        await leased(pool, LEASE_S);
      }),
    BOUND_MS,
  );

test.concurrent(
  "every process of a host is stopped, and its VMs run on: it is reset within the time of its lease, and they run elsewhere after that",
  () =>
    inLeasedPool(LEASE_S, async (pool) => {
      // Its boot takes a second here, and then its VMs would be started at home.
      pool.staysOff = true;
      const loss = await lose(pool, 3, () => pool.stopDom0(3));
      await restarted(pool, loss, LEASE_S);
      await wasReset(pool, loss);
      await pool.powerOn(3);
      await rejoined(pool, 3, STEP_MS);
      await leased(pool, LEASE_S);
    }),
  BOUND_MS,
);

/** Once, and in time. */
async function wasReset(pool: Pool, loss: Loss): Promise<void> {
  expect(pool.fires.map(({ host }) => host)).toEqual([loss.host]);
  expect(resetMs(pool, loss) - loss.lostMs).toBeLessThanOrEqual(LEASE_MS + LATE_MS);
}

test.concurrent(
  "kill -9 of the monitor, or of the watchdog's daemon as well, costs no host its life",
  () =>
    inLeasedPool(LEASE_S, async (pool) => {
      for (const host of pool.hostNumbers()) await pool.on(host, SERVICE, "start", "-w");
      for (const host of [3, 1]) {
        const from = (await pool.messages(host)).length;
        await pool.on(host, "sh", "-c", "kill -9 $(cat /run/ha-lizard.pid)");
        const killedMs = uptimeMs();
        await pool.untilLogged(host, /The monitor is not running: restarting the service/, STEP_MS, from);
        expect(uptimeMs() - killedMs).toBeLessThan(NOTICED_MS);
        await nobodyIsReset(pool, RENEWED_MS);
      }
      expect(await killProgram(pool, 2)).toBeGreaterThan(1);
      await nobodyIsReset(pool, 2_000);
      await pool.on(2, SERVICE, "start", "-w");
      await nobodyIsReset(pool, RENEWED_MS);
      await leased(pool, LEASE_S);
    }),
  BOUND_MS,
);

test.concurrent(
  "service ha-lizard stop -w on a slave: its lease ends first, no slot stays armed, and no host is reset; it starts again",
  () =>
    inLeasedPool(LEASE_S, async (pool) => {
      await pool.on(3, SERVICE, "start", "-w");
      await pool.on(3, SERVICE, "stop", "-w");
      expect(pool.slots(3)).toEqual([]);
      await nobodyIsReset(pool, 2 * LEASE_MS, () => (pool.slots(3).length > 0 ? "armed again" : null));
      expect((await pool.tryOn(3, SERVICE, "status", "-w")).code).toBe(3);
      // Two of three are left, and one would be no majority.
      const second = await pool.tryOn(2, SERVICE, "stop", "-w");
      expect([second.code, second.stderr]).toEqual([1, expect.stringContaining("would be no majority")]);
      await pool.on(2, SERVICE, "status");
      await pool.on(3, SERVICE, "start", "-w");
      await leased(pool, LEASE_S);
      // At once.
      await pool.on(3, SERVICE, "stop");
      await pool.on(3, SERVICE, "start");
      await leased(pool, LEASE_S);
    }),
  BOUND_MS,
);

/** A stop is refused after two thirds of it; the rest is time to make it whole again, where both cores are busy. */
const LONG_S = 36;

test.concurrent(
  "service ha-lizard stop -w on a host that is cut off is refused with the reason, and stops nothing",
  () =>
    inLeasedPool(LONG_S, async (pool) => {
      await pool.on(3, SERVICE, "start", "-w");
      const daemons = () => pool.on(3, "sh", "-c", "cat /run/ha-lizard.pid /run/ha-lizard-watchdog.pid");
      const before = await daemons();
      await pool.isolate(3);
      const said = await pool.tryOn(3, SERVICE, "stop", "-w");
      expect(said.code).toBe(1);
      const [, limit] =
        /Waiting for the end of this host's lease \(FENCE_METHOD=WATCHDOG\), (\d+) s at most\./.exec(
          said.stdout,
        ) ?? [];
      expect(said.stdout).toContain(`Still waiting: 10 of ${limit} s.`);
      expect(said.stderr).toContain(`a majority of the pool has not noted its end within ${limit} s`);
      await pool.on(3, SERVICE, "status", "-w");
      expect(await daemons()).toBe(before);
      await pool.heal();
      await pool.on(3, SERVICE, "start", "-w");
      await leased(pool, LONG_S);
      await nobodyIsReset(pool, LONG_S * 1_000);
      expect(await daemons()).toBe(before);
    }),
  BOUND_MS,
);

test.concurrent(
  "the master of two is shut down: its monitor stays until the lease of the other one has ended, which is not reset",
  () =>
    inLeasedPool(
      LEASE_S,
      async (pool) => {
        // As systemd does it, whatever the script has answered.
        await pool.on(1, "sh", "-c", "kill -TERM $(cat /run/ha-lizard.pid)");
        const isOver = async () => (await pool.tryOn(1, SERVICE, "status")).code !== 0;
        await until("the end of the monitor", STEP_MS, isOver);
        expect(pool.slots(1)).toEqual([]);
        await pool.powerOff(1);
        await nobodyIsReset(pool, 2 * LEASE_MS, () => (pool.slots(2).length > 0 ? "armed" : null));
        await pool.powerOn(1);
        await pool.untilRunning(pool.vmNames, STEP_MS);
        await leased(pool, LEASE_S);
      },
      {},
      2,
    ),
  BOUND_MS,
);

const slotPids = async (pool: Pool, host: number): Promise<string[]> =>
  (await pool.on(host, "sh", "-c", "grep -lx xenwatchdogd /proc/[0-9]*/comm 2>/dev/null || true"))
    .split("\n")
    .filter((line) => line !== "");

test.concurrent(
  "service ha-lizard restart -w keeps the slots: one is armed at every moment, by the process that had it before",
  () =>
    inLeasedPool(LEASE_S, async (pool) => {
      for (const host of [1, 3]) {
        await pool.on(host, SERVICE, "start", "-w");
        const before = await slotPids(pool, host);
        const over = new AbortController();
        const armed = alwaysArmed(pool, host, over.signal);
        await pool.on(host, SERVICE, "restart", "-w");
        const after = await slotPids(pool, host);
        expect(after.some((pid) => before.includes(pid))).toBe(true);
        await nobodyIsReset(pool, RENEWED_MS);
        over.abort();
        expect(await armed).toBeGreaterThan(100);
      }
      await leased(pool, LEASE_S);
    }),
  BOUND_MS,
);

/** How many looks found a slot armed; rejects when one does not. */
async function alwaysArmed(pool: Pool, host: number, over: AbortSignal): Promise<number> {
  let looks = 0;
  for (; !over.aborted; looks++) {
    if (pool.slots(host).length === 0) throw new Error(`no slot of host ${host} is armed`);
    await Bun.sleep(10);
  }
  return looks;
}

test.concurrent(
  "ha-cfg ha-disable ends every lease, and no slot stays armed; ha-enable begins them again",
  () =>
    inLeasedPool(LEASE_S, async (pool) => {
      await pool.on(1, "ha-cfg", "ha-disable");
      await until("the end of every lease", STEP_MS, () => anyArmed(pool) === null);
      await nobodyIsReset(pool, RENEWED_MS, () => anyArmed(pool));
      for (const host of pool.hostNumbers()) expect((await ownLease(pool, host))?.leaseMs ?? null).toBeNull();
      await pool.on(1, "ha-cfg", "ha-enable", "--force");
      await leased(pool, LEASE_S);
    }),
  BOUND_MS,
);

test.concurrent(
  "the switch is away for longer than a lease without WATCHDOG: nobody is reset, and nothing is armed",
  () =>
    inPool(
      async (pool) => {
        await pool.partition([1], [2], [3]);
        await nobodyIsReset(pool, LEASE_MS + 5_000, () => anyArmed(pool));
        await pool.heal();
        await passOfAll(pool);
        await pool.untilRunning(pool.vmNames, STEP_MS);
        expect(await onlyMaster(pool, STEP_MS)).toBe(1);
        expect(pool.controller.asked).toEqual([]);
        await nothingRanTwice(pool);
      },
      () =>
        startSettled({
          ...{ hosts: 3, vms: twoVmsPerHost(3), ha: "true", watchdog: true },
          params: { ...FAST_PARAMETERS, FENCE_WATCHDOG_TIMEOUT: String(LEASE_S) },
        }),
    ),
  BOUND_MS,
);
