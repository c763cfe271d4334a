import { describe, expect, test } from "bun:test";
import { LeaseEnd } from "../../../../src/app/daemons/lease-end.ts";
import { LeaseKeeper } from "../../../../src/app/daemons/lease-keeper.ts";
import type { GroupState } from "../../../../src/core/group/group.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { WatchdogSlot, WatchdogSlots } from "../../../../src/ports/watchdog-slots.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { groupState } from "../../core/group/states.ts";
import type { Voter } from "../../core/group/votes.ts";

const LEASE_MS = 20_000;
const B = hostUuid("b");
const LEADS: Voter = { term: "5a", roll: "5a.1 abc" };

/** A watchdog that does what it is told, and a host that leads, whose numbers of a second ago are acknowledged. */
function stage(over: Partial<WatchdogSlots> & { readonly armed0?: readonly WatchdogSlot[] } = {}) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const world = {
    slots: [...(over.armed0 ?? [])],
    orders: [] as string[],
    isTaken: false,
    hurries: 0,
    isEmptied: false,
    endAskedMs: null as number | null,
    /** b has a lease, c is silent. */
    isOneSilent: false,
    isOneLeaving: false,
  };
  const at = () => Math.round(clock.nowMs() / 1_000);
  const slots: WatchdogSlots = {
    armed: async () => world.slots,
    arm: async (timeoutMs) => {
      const slot = { id: `s${world.orders.length}`, armedMs: clock.nowMs(), timeoutMs };
      world.orders.push(`${at()} arm ${timeoutMs}`);
      world.slots.push(slot);
      return { kind: "armed", slot };
    },
    disarm: async ({ id }) => {
      world.orders.push(`${at()} disarm ${id}`);
      world.slots = world.slots.filter((slot) => slot.id !== id);
      return true;
    },
    isTakenByXapi: async () => world.isTaken,
    abandon: async () => void world.orders.push(`${at()} abandon`),
    ...over,
  };
  const leaseEnd = new LeaseEnd();
  const logger = { log: (_: string, __: string, text: string) => void log.push(`${at()} ${text}`) };
  const self = { isEmptied: async () => world.isEmptied };
  const store = { load: async () => ({ kind: "found", value: { atMs: world.endAskedMs } }) as const };
  const ports = { clock: portClock(clock, () => 0), logger, slots, leaseEnd, self, store };
  const keeper = new LeaseKeeper(ports, new AbortController().signal, () => {
    world.hurries += 1;
  });
  /** What is said in each of so many seconds; its numbers are acknowledged after one, unless `isDeaf`. */
  const run = async (seconds: number, wishMs: number | null | "unknown" = LEASE_MS, isDeaf = false) => {
    const said: (number | null)[] = [];
    for (let second = 0; second < seconds; second++) {
      await clock.run(1_000);
      const nowMs = clock.nowMs();
      const base = groupState(
        { ...LEADS, answers: {} },
        { b: { leaving: world.isOneLeaving }, c: world.isOneSilent ? { age: 9, silent: 9 } : {} },
      );
      const { roll } = base.voting.stored;
      const leased = roll?.hosts.map((one) => (one.host === B ? { ...one, leaseMs: LEASE_MS } : one)) ?? [];
      const stored = { ...base.voting.stored, roll: roll && { ...roll, hosts: leased } };
      const answers = new Map(
        [...base.hearing.peers.keys()].map((host) => [
          host,
          { numberMs: nowMs - 500, roll: base.voting.stored.roll?.id ?? null },
        ]),
      );
      const state: GroupState = {
        ...base,
        voting: { ...base.voting, stored, startedMs: -60_000, answers },
        leases: { ...base.leases, ownAckedMs: isDeaf ? null : nowMs - 500 },
      };
      void keeper.tend(nowMs);
      await clock.run(1);
      said.push(keeper.step(state, wishMs === "unknown" ? undefined : wishMs, clock.nowMs()));
      await clock.run(1);
    }
    return said;
  };
  return { clock, keeper, world, log, leaseEnd, run };
}

describe("LeaseKeeper", () => {
  test("nothing is armed where nothing is wished", async () => {
    const { run, world, keeper } = stage();
    expect(new Set(await run(5, null))).toEqual(new Set([null]));
    expect([world.orders, keeper.published(null)]).toEqual([[], null]);
  });

  test("both slots are armed, then it is said, then the older one is disarmed; and so on, four times in its time", async () => {
    const { run, world } = stage();
    const said = await run(16);
    expect(said.slice(0, 2)).toEqual([null, null]);
    expect(new Set(said.slice(4))).toEqual(new Set([LEASE_MS]));
    expect(world.orders).toEqual([
      "1 arm 20000",
      "2 arm 20000",
      "3 disarm s0",
      "7 arm 20000",
      "8 disarm s1",
      "12 arm 20000",
      "13 disarm s3",
    ]);
  });

  test("what an earlier monitor has armed is said from the first moment on", async () => {
    const { run } = stage({ armed0: [{ id: "old", armedMs: 0, timeoutMs: LEASE_MS }] });
    expect(await run(2)).toEqual([LEASE_MS, LEASE_MS]);
  });

  test("as long as it is not known what is wished nothing changes", async () => {
    const { run, world } = stage({ armed0: [{ id: "old", armedMs: 0, timeoutMs: LEASE_MS }] });
    expect(await run(3, "unknown")).toEqual([LEASE_MS, LEASE_MS, LEASE_MS]);
    expect(world.orders).toEqual([]);
  });

  test("as long as it is not known what is armed nothing is armed", async () => {
    const { run, world } = stage({ armed: async () => "unknown" });
    expect(await run(7)).toEqual(Array(7).fill(null));
    expect(world.orders).toEqual([]);
  });

  test("a refusal is told once, and tried again after a minute", async () => {
    const { run, log, keeper } = stage({
      arm: async () => ({ kind: "refused", why: "xenwatchdogd is missing" }),
    });
    await run(130);
    expect(log).toEqual(["1 Cannot arm Xen's watchdog: xenwatchdogd is missing."]);
    expect(keeper.published(null)).toMatchObject({
      leaseMs: null,
      armed: 0,
      trouble: "xenwatchdogd is missing",
    });
  });

  test("one that takes too long is a refusal", async () => {
    const { run, log } = stage({ arm: () => new Promise(() => undefined) });
    await run(13);
    expect(log).toEqual(["11 Cannot arm Xen's watchdog: it did not end within 10 s."]);
  });

  test("XAPI's own HA takes the slots: they are not touched any more, and nothing is said", async () => {
    const { run, world, log } = stage();
    await run(8);
    const before = world.orders.length;
    world.isTaken = true;
    const said = await run(12);
    expect(said.slice(-6)).toEqual(Array(6).fill(null));
    expect(world.orders.slice(before).every((order) => order.endsWith("abandon"))).toBe(true);
    expect(log).toHaveLength(1);
  });

  test("XAPI's own HA is seen within a second, also where nothing is armed", async () => {
    const { run, world, keeper } = stage();
    await run(3, null);
    world.isTaken = true;
    await run(1, null);
    expect(keeper.isXapiHaOn).toBe(true);
    world.isTaken = false;
    await run(1, null);
    expect(keeper.isXapiHaOn).toBe(false);
  });

  test("it ends when that is wanted and the others know it", async () => {
    const { run, leaseEnd, world, log } = stage();
    await run(8);
    let isOver = false;
    void leaseEnd.want().then(() => {
      isOver = true;
    });
    await run(4);
    expect([isOver, world.slots]).toEqual([true, []]);
    expect(log).toEqual([]);
  });

  test("where nobody answers it is told after some seconds what is waited for", async () => {
    const { run, leaseEnd, log } = stage();
    await run(8);
    void leaseEnd.want();
    await run(8, LEASE_MS, true);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain("waits for the end of this host's lease");
  });

  test("it ends when the service script asks for it, and goes on when that is taken back", async () => {
    const { run, clock, world } = stage();
    await run(8);
    world.endAskedMs = clock.nowMs();
    await run(4);
    expect(world.slots).toEqual([]);
    // Until the monitor is stopped nothing is armed again.
    const ended = world.orders.length;
    await run(6);
    expect(world.orders.length).toBe(ended);
    world.endAskedMs = null;
    await run(6);
    expect(world.slots.length).toBeGreaterThan(0);
  });

  test("it does not end, and that is published, where another one with a lease would be left without a majority", async () => {
    const { run, clock, keeper, world } = stage();
    await run(8);
    world.isOneSilent = true;
    world.endAskedMs = clock.nowMs();
    await run(4);
    expect([world.slots.length > 0, keeper.published(null)?.strands]).toEqual([true, true]);
    world.isOneSilent = false;
    await run(1);
    expect(keeper.published(null)?.strands).toBe(false);
    await run(4);
    expect(world.slots).toEqual([]);
  });

  test("a host that leaves stays until others that are no majority without it have ended their lease, and know it", async () => {
    const { run, leaseEnd, world } = stage();
    await run(8);
    world.isOneSilent = true;
    let isOver = false;
    void leaseEnd.want().then(() => {
      isOver = true;
    });
    await run(10);
    expect([isOver, world.slots]).toEqual([false, []]);
    world.isOneSilent = false;
    await run(2);
    expect(isOver).toBe(false);
    await run(2);
    expect(isOver).toBe(true);
  });

  test("others that do not end theirs, as those of an earlier version, are waited for for twenty seconds", async () => {
    const { run, leaseEnd, world } = stage();
    await run(8);
    world.isOneSilent = true;
    let isOver = false;
    void leaseEnd.want().then(() => {
      isOver = true;
    });
    await run(19);
    expect(isOver).toBe(false);
    await run(3);
    expect(isOver).toBe(true);
  });

  test("it ends while another host leaves without which this one has no majority, and begins again when that stays", async () => {
    const { run, world } = stage();
    await run(8);
    world.isOneSilent = true;
    world.isOneLeaving = true;
    expect((await run(4)).at(-1)).toBeNull();
    expect(world.slots).toEqual([]);
    world.isOneLeaving = false;
    expect((await run(6)).at(-1)).toBe(LEASE_MS);
  });

  test("what was asked of the monitor before does not concern one that has started since", async () => {
    const { run, world } = stage();
    world.endAskedMs = -1;
    expect((await run(8)).at(-1)).toBe(LEASE_MS);
    expect(world.slots.length).toBeGreaterThan(0);
  });

  test("a host that is shut down and runs nothing any more needs nobody's word", async () => {
    const { run, leaseEnd, world } = stage();
    await run(8, LEASE_MS, true);
    void leaseEnd.want();
    world.isEmptied = true;
    await run(7, LEASE_MS, true);
    expect(world.slots).toEqual([]);
  });

  test("where nothing is armed it has ended at once, whatever is known of the pool", async () => {
    const { keeper, leaseEnd, clock } = stage();
    void keeper.tend(0);
    await clock.run(10);
    const over = leaseEnd.want();
    void keeper.tend(10);
    await over;
  });

  test("nothing is said while the slots are being disarmed on which it would rest", async () => {
    const disarmed: string[] = [];
    const { run, clock, world } = stage({
      disarm: async ({ id }) => {
        await new Promise<void>((resolve) => {
          clock.schedule(2_500, resolve);
        });
        disarmed.push(id);
        world.slots = world.slots.filter((slot) => slot.id !== id);
        return true;
      },
    });
    // Both are armed, and nothing is acknowledged; then it is wished for no more, for one second.
    await run(3, LEASE_MS, true);
    await run(1, null, true);
    // By now both are being disarmed, one after the other. An acknowledgement comes.
    const said = await run(1);
    expect([said, disarmed]).toEqual([[null], []]);
  });

  test("a slot that was armed late is found and disarmed, though nothing is said yet", async () => {
    const { run, clock, world } = stage({
      arm: (timeoutMs) =>
        new Promise((resolve) => {
          clock.schedule(12_000, () => {
            const slot = { id: "late", armedMs: clock.nowMs(), timeoutMs };
            world.slots.push(slot);
            resolve({ kind: "armed", slot });
          });
        }),
    });
    await run(24);
    expect(world.slots).toEqual([]);
  });
});
