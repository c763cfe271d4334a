import { describe, expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { ProbeQuestion } from "../../../src/ports/peers.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { Datagrams, type Weather } from "../../../src/simulation/ports/datagrams.ts";
import { allRunOnce, DESTRUCTIVE, happened, MINUTE, said } from "./stage.ts";

const PARAMS = { FENCE_METHOD: "ILO", MONITOR_DELAY: "15", XAPI_COUNT: "3", XAPI_DELAY: "5" };
const VMS = [
  { name: "web", on: 1 },
  { name: "db", on: 2 },
  { name: "app", on: 3 },
];

function start(heartbeats: boolean, pass: RunPass = runPass, hosts = 3): SimPool {
  return simulatePool({ hosts, vms: VMS, params: PARAMS, heartbeats, runPass: pass });
}

/** `12:direct` for each pair of hosts, as their monitors have published it. */
async function matrix(pool: SimPool): Promise<readonly string[]> {
  const { hosts, messengers } = pool.world;
  const numberOf = (uuid: string) => hosts.find((host) => host.uuid === uuid)?.number ?? 0;
  const seen = await Promise.all(
    hosts.map(async ({ number }) => {
      const hearing = await messengers?.reader(number).read();
      return (hearing?.peers ?? []).map(({ host, heard }) => `${number}${numberOf(host)}:${heard}`);
    }),
  );
  return seen.flat();
}

function cutBetween(pool: SimPool, a: number, b: number): void {
  pool.link(a, b, false);
  pool.link(b, a, false);
}

describe("one broken link", () => {
  test("between master and first successor: nobody is fenced, and nobody promotes himself", async () => {
    const pool = start(true);
    await pool.run(5 * MINUTE);
    cutBetween(pool, 1, 2);
    await pool.run(30 * MINUTE);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
    expect((await matrix(pool)).filter((pair) => pair.startsWith("12") || pair.startsWith("21"))).toEqual([
      "12:reported",
      "21:reported",
    ]);
    expect(said(pool, "h3 hears it: it lives").length).toBeGreaterThan(0);
  });
});

describe("a host that is heard is not asked", () => {
  /** Passes that note whom they ask what. */
  function noting(asked: ProbeQuestion[]): RunPass {
    return (ports, signal) => {
      const { prober } = ports;
      const probe: typeof prober.probe = (address, question, inner) => {
        asked.push(question);
        return prober.probe(address, question, inner);
      };
      return runPass({ ...ports, prober: { probe } }, signal);
    };
  }

  test("in a pool that is well nobody's XAPI is probed", async () => {
    const asked: ProbeQuestion[] = [];
    const pool = start(true, noting(asked));
    await pool.run(MINUTE);
    asked.length = 0;
    await pool.run(20 * MINUTE);
    expect(asked).toEqual([]);
    const before: ProbeQuestion[] = [];
    const deaf = start(false, noting(before));
    await deaf.run(20 * MINUTE);
    expect(before).toContain("life");
  });

  test("a xapi that its own host calls silent is asked whether it lives", async () => {
    const asked: ProbeQuestion[] = [];
    const pool = start(true, noting(asked));
    await pool.run(MINUTE);
    asked.length = 0;
    pool.xapi(3, "hang");
    await pool.run(3 * MINUTE);
    expect(asked.length).toBeGreaterThan(0);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
  });
});

test("a monitor that is silent while its XAPI answers is told after three minutes, and costs nothing", async () => {
  const pool = start(true);
  await pool.run(5 * MINUTE);
  pool.monitor(3).stop();
  await pool.run(2 * MINUTE);
  expect(said(pool, "its monitor is not heard")).toEqual([]);
  await pool.run(3 * MINUTE);
  expect(said(pool, "XAPI of h3 answers, but its monitor is not heard").length).toBeGreaterThan(0);
  expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
  pool.monitor(3).start(0);
  await pool.run(2 * MINUTE);
  expect((await matrix(pool)).every((pair) => pair.endsWith("direct"))).toBe(true);
});

test("a dead host is silent for all, and is replaced as ever", async () => {
  const pool = start(true);
  await pool.run(5 * MINUTE);
  pool.power(1, false);
  expect(await pool.until(() => allRunOnce(pool), 10 * MINUTE)).toBe(true);
  expect(happened(pool, "fence-begun")).not.toEqual([]);
  expect(pool.world.violations).toEqual([]);
});

describe("bad weather", () => {
  const storms: readonly [string, Weather][] = [
    ["a third of all datagrams is lost", { lost: 0.33, doubled: 0, late: 0, delayMs: 0 }],
    [
      "every second one is doubled, every third overtaken",
      { lost: 0, doubled: 0.5, late: 0.3, delayMs: 2_500 },
    ],
    ["all of it", { lost: 0.2, doubled: 0.3, late: 0.3, delayMs: 10_000 }],
  ];
  for (const [title, weather] of storms)
    test(`${title}: nobody is fenced, and it passes`, async () => {
      const pool = start(true, runPass, 5);
      const { messengers } = pool.world;
      if (!(messengers instanceof Datagrams)) throw new Error("no datagrams");
      messengers.weather = weather;
      await pool.run(20 * MINUTE);
      expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
      messengers.weather = null;
      await pool.run(15_000);
      expect((await matrix(pool)).every((pair) => pair.endsWith("direct"))).toBe(true);
    });
});
