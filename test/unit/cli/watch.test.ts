import { describe, expect, test } from "bun:test";
import type { LiveScreen, ScreenEvent } from "../../../src/ports/live-screen.ts";
import { sleep } from "../../../src/simulation/clock.ts";
import { setXapi } from "../../../src/simulation/control.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { haCfg } from "./run.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "a2", on: 1 },
    { name: "b1", on: 2 },
    { name: "c1", on: 3 },
  ],
  params: {
    FENCE_METHOD: "IPMI",
    XAPI_COUNT: "2",
    XAPI_DELAY: "5",
    MONITOR_DELAY: "15",
    FENCE_MIN_HOSTS: "2",
  },
  heartbeats: true,
} as const;

/** Plays a person: gives these events one after the other, `null` being a second in which nothing happens; then q. */
function person(
  pool: SimPool,
  does: readonly (ScreenEvent | null | (() => void))[],
  size = { columns: 80, rows: 24 },
) {
  const pages: (readonly string[])[] = [];
  const left = [...does];
  let closed = 0;
  const liveScreen: LiveScreen = {
    isUsable: true,
    open: () => ({
      size: () => size,
      draw: (lines) => {
        pages.push(lines);
      },
      next: async (ms) => {
        const next = left.shift();
        if (next === undefined) return { kind: "key", key: "q" };
        if (typeof next === "function") next();
        if (next !== null && typeof next !== "function") return next;
        await sleep(pool.clock, ms);
        return { kind: "time" };
      },
      close: () => {
        closed += 1;
      },
    }),
  };
  return { liveScreen, pages, closed: () => closed };
}

async function runningPool(): Promise<SimPool> {
  const pool = poolWithHa(POOL);
  await pool.run(60_000);
  return pool;
}

const seconds = (count: number): readonly null[] => Array.from({ length: count }, () => null);

const isWithin = (page: readonly string[], columns: number, rows: number) =>
  page.length === rows && page.every((line) => Bun.stringWidth(line) <= columns);

describe("ha-cfg watch", () => {
  test("80 x 24: hosts beside each other with their VMs, who hears whom, the mandate", async () => {
    const pool = await runningPool();
    const at = person(pool, []);
    const { code, err, out } = await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
    expect([code, err, out, at.closed()]).toEqual([0, "", "", 1]);
    const [page = []] = at.pages;
    expect(page.join("\n")).toBe(`HA-Lizard 3.0.0  simulated  2026-11-23 12:01:00 UTC
HA on; fencing IPMI, stop
Leader: this host, since 52 s; may act for 2 s
Votes: h1, h2, h3
VMs: 4 managed, 4 running, 0 waiting to be started
Pool database read

h1 *                       h2                         h3
master, leads              slave                      slave
alive                      alive                      alive
this host                  heard                      heard
                           hears all                  hears all
VMs 2                      VMs 1                      VMs 1
 a1                         b1                         c1
 a2

What is waited for, and what holds
- h2 is the successor of this master.





q ends`);
  });

  test("a host dies: seen in the next second, with what is waited for and until when", async () => {
    const pool = await runningPool();
    const at = person(pool, [() => pool.power(3, false), ...seconds(20)]);
    await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
    const pages = at.pages.map((page) => page.join("\n"));
    // The hosts miss it after some seconds, and XAPI is read every five.
    expect(pages.slice(0, 8).some((page) => page.includes("silent "))).toBe(true);
    const counts = pages.flatMap(
      (page) => /h3: in (\d+) s at most: It has failed unless/.exec(page)?.[1] ?? [],
    );
    expect(counts.length).toBeGreaterThan(3);
    expect(new Set(counts).size).toBeGreaterThan(3);
    expect(pages.at(-1)).toContain("FAILED");
    expect(pages.at(-1)).toContain("misses h3");
    expect(at.pages.every((page) => isWithin(page, 80, 24))).toBe(true);
  });

  test("XAPI hangs: the page goes on every second, from memory, and says so", async () => {
    const pool = await runningPool();
    const at = person(pool, [() => setXapi(pool.world, pool.world.host(1), "hang"), ...seconds(12)]);
    await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
    expect(at.pages.length).toBe(14);
    const last = at.pages.at(-1)?.join("\n") ?? "";
    expect(last).toContain("! XAPI does not answer (no answer in time): from memory");
    const clocks = new Set(at.pages.map(([first]) => first));
    expect(clocks.size).toBe(at.pages.length);
  });

  for (const [columns, rows] of [
    [200, 60],
    [60, 20],
    [40, 12],
    [20, 6],
    [5, 2],
    [1, 1],
  ] as const)
    test(`${columns} x ${rows}: nothing is wider or higher than the screen`, async () => {
      const pool = await runningPool();
      pool.power(3, false);
      await pool.run(12_000);
      const right = { kind: "key", key: "right" } as const;
      const at = person(pool, [right, right, { kind: "resized" }, { kind: "key", key: "left" }], {
        columns,
        rows,
      });
      const { code } = await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
      expect(code).toBe(0);
      expect(at.pages.filter((page) => !isWithin(page, columns, rows))).toEqual([]);
    });

  test("more hosts than fit: arrows show the others", async () => {
    const pool = poolWithHa({ ...POOL, hosts: 8, vms: [] });
    await pool.run(60_000);
    const at = person(pool, [{ kind: "key", key: "right" }]);
    await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
    const [first = [], second = []] = at.pages;
    expect(first.at(-1)).toBe("q ends; hosts 1 to 5 of 8: left, right");
    expect(second.at(-1)).toBe("q ends; hosts 6 to 8 of 8: left, right");
    expect([first[7]?.split(/ +/), second[7]?.split(/ +/)]).toEqual([
      ["h1", "*", "h2", "h3", "h4", "h5"],
      ["h6", "h7", "h8"],
    ]);
  });

  test("more VMs than fit are counted", async () => {
    const vms = Array.from({ length: 40 }, (_, at) => ({ name: `vm${at}`, on: 1 }));
    const pool = poolWithHa({ ...POOL, vms });
    await pool.run(60_000);
    const at = person(pool, []);
    await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
    expect(at.pages[0]?.join("\n")).toMatch(/^ \d+ more$/m);
  });

  test("a signal ends it, too, with the exit code of one, and the terminal is given back", async () => {
    const pool = await runningPool();
    const at = person(pool, [{ kind: "signal", number: 15 }]);
    const { code } = await haCfgOn(pool, 1, ["watch"], { liveScreen: at.liveScreen });
    expect([code, at.closed()]).toEqual([143, 1]);
  });

  test("no terminal: refused, with what does it there", async () => {
    const run = await haCfg(["watch"]);
    expect([run.code, run.out, run.err]).toEqual([
      2,
      "",
      "Cannot watch: this is no terminal to draw on; use ha-cfg status\n",
    ]);
    expect(run.world.calls).toEqual([]);
  });
});
