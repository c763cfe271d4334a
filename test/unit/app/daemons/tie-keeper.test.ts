import { describe, expect, test } from "bun:test";
import { TieKeeper } from "../../../../src/app/daemons/tie-keeper.ts";
import type { GroupState } from "../../../../src/core/group/group.ts";
import type { TieBreaker } from "../../../../src/ports/tie-breaker.ts";
import { portClock, sleep, VirtualClock } from "../../../../src/simulation/clock.ts";
import { groupState } from "../../core/group/states.ts";
import { A, B, NOW_MS, type Voter } from "../../core/group/votes.ts";

const NAME = "5.a.1.ff.ssh.01";
const TIE = { kind: "ssh", place: "ha@nas:claims", tag: "ssh.01" } as const;
/** It lacks only the claim; and one that needs none. */
const LACKS: Voter = { term: "5a", roll: "5a.1 ab", tie: NAME, promised: null };
const CALM: Voter = {};

/** The keeper of host a, ticked by hand; the clock stands at the time of the voters. */
async function stage() {
  const clock = new VirtualClock();
  await clock.run(NOW_MS);
  const asked: string[] = [];
  const log: string[] = [];
  const world = { wrong: null as string | null, testMs: 500, aborts: 0, holder: A as string };
  const place: TieBreaker = {
    claim: async (_name, host) => {
      asked.push("claim");
      await sleep(clock, 100);
      return world.holder === host ? { kind: "own" } : { kind: "other", holder: world.holder };
    },
    holder: async () => {
      asked.push("look");
      return { kind: "held", holder: world.holder };
    },
    remove: async () => null,
    test: async (signal) => {
      asked.push("test");
      signal.addEventListener("abort", () => {
        world.aborts += 1;
      });
      await sleep(clock, world.testMs);
      return world.wrong;
    },
  };
  const stop = new AbortController();
  let state: GroupState = groupState(CALM, {});
  const keeper = new TieKeeper(
    {
      clock: portClock(clock, () => 0),
      ties: { at: () => place },
      alarm: { raise: ({ severity, subject }) => void log.push(`alarm ${severity}: ${subject}`) },
      logger: { log: (severity, _from, text) => void log.push(`${severity}: ${text}`) },
    },
    stop.signal,
    (taken) => {
      state = taken(state);
    },
  );
  /** So many seconds pass, with a tick at the beginning of each, as that voter. */
  const run = async (seconds: number, given: Voter, over: Partial<Report> = {}): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      state = { ...groupState(given, {}), ties: state.ties };
      state = keeper.tick(state, { tie: TIE, haWished: true, ...over }, clock.nowMs());
      await clock.run(1_000);
    }
  };
  return { clock, asked, log, world, keeper, run };
}

type Report = NonNullable<Parameters<TieKeeper["tick"]>[1]>;

describe("TieKeeper: the test of the place", () => {
  test("a minute after it was named, and then not before a day has passed", async () => {
    const { asked, keeper, run, log } = await stage();
    await run(60, CALM);
    expect([asked, keeper.tested()]).toEqual([[], null]);
    await run(3_600, CALM);
    expect(asked).toEqual(["test"]);
    expect(keeper.tested()).toEqual({
      place: "ha@nas:claims",
      atMs: NOW_MS + 60_500,
      wrong: null,
      sinceMs: NOW_MS + 60_500,
    });
    expect(log).toEqual([]);
  });

  test("after a failure every hour; one alert for it, another reason in the log only, and a word at its end", async () => {
    const { asked, run, log, world } = await stage();
    world.wrong = "ha@nas:claims: no route";
    await run(2 * 3_600 - 60, CALM);
    const END = "While that lasts this host cannot go on with half of the pool alone.";
    const said = [
      `error: The tie-breaker ha@nas:claims fails the test of this host: no route. ${END}`,
      "alarm error: The tie-breaker fails its test",
    ];
    expect([asked.length, log]).toEqual([2, said]);
    world.wrong = "the disk is full";
    await run(3_600, CALM);
    said.push(`error: The tie-breaker ha@nas:claims fails the test of this host: the disk is full. ${END}`);
    expect(log).toEqual(said);
    world.wrong = null;
    await run(2 * 3_600, CALM);
    expect(log.slice(3)).toEqual([
      "info: The tie-breaker ha@nas:claims works: this host has tested it.",
      "alarm info: The tie-breaker works",
    ]);
    expect(asked.length).toBe(4);
  });

  test("not with HA off, and not where no place is named", async () => {
    const { asked, run } = await stage();
    await run(120, CALM, { haWished: false });
    await run(120, CALM, { tie: null });
    expect(asked).toEqual([]);
  });

  test("a claim breaks it off, and it is made when nothing is lacking any more", async () => {
    const { asked, run, world, keeper, log } = await stage();
    world.testMs = 30_000;
    await run(62, CALM);
    expect([asked, world.aborts]).toEqual([["test"], 0]);
    world.holder = B;
    await run(1, LACKS);
    expect([asked, world.aborts]).toEqual([["test", "claim"], 1]);
    await run(61, CALM);
    expect(asked).toEqual(["test", "claim", "test"]);
    expect(keeper.tested()).toBeNull();
    await run(30, CALM);
    expect([keeper.tested()?.wrong, log]).toEqual([null, []]);
  });

  test("a host that lacks a claim tests nothing: it asks for that one", async () => {
    const { asked, run, world } = await stage();
    world.holder = B;
    await run(90, LACKS);
    expect(asked).not.toContain("test");
  });

  test("one that never ends has failed after a minute; another place is another test", async () => {
    const { run, world, keeper, log } = await stage();
    world.testMs = 1_000_000;
    await run(125, CALM);
    expect(keeper.tested()?.wrong).toBe("no answer within 60 s");
    expect(log.length).toBe(2);
    await run(1, CALM, { tie: { ...TIE, tag: "ssh.02" } });
    expect(keeper.tested()).toBeNull();
  });
});

describe("TieKeeper: a claim that is gone", () => {
  test("is an alert where this host leads by it, with who has it now", async () => {
    const { run, world, log } = await stage();
    const claimed = { ...LACKS, held: [NAME] };
    await run(1, claimed);
    expect(log).toEqual([]);
    world.holder = B;
    await run(6, claimed);
    expect(log.slice(0, 2)).toEqual([
      "critical: The claim of the tie by which this host led is gone from ha@nas:claims, where another host has it now. Until this host leads again it starts no VM and fences no host.",
      "alarm critical: The claim of the tie by which this host led is gone",
    ]);
  });

  test("is nothing where it does not live by it", async () => {
    const { run, world, log } = await stage();
    world.holder = B;
    await run(6, LACKS);
    expect(log).toEqual([]);
  });
});
