import { describe, expect, test } from "bun:test";
import { rememberedMemory } from "../../../src/app/pass/remembered.ts";
import { openIncident } from "../../../src/core/fencing/incident.ts";
import type { Incident } from "../../../src/core/memory/incident.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { diskStore } from "../../../src/simulation/ports/disk.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;
const RESUMED = "Fencing continues on this host. What follows is in the log, and in ha-cfg status.\n";
const QUESTION = "Do you know why so many hosts have failed, and may fencing continue? (yes/no) ";
const UNFENCED = "Failed, and not fenced so far: h3, h4. Fencing continues with them.\n";

/** Four hosts that hear each other, led by h1. */
async function ledByFirst(): Promise<SimPool> {
  const pool = poolWithHa({ hosts: 4, vms: [], watches: true, params: { FENCE_METHOD: "IPMI" } });
  await pool.run(60 * SECOND);
  return pool;
}

/** What a host remembers: it fences nobody further, and these are its incidents. */
async function remembersStop(pool: SimPool, phases: Readonly<Record<number, Incident["phase"]>>, host = 1) {
  const { documents } = pool.disk(host);
  const memory = await rememberedMemory(diskStore(pool.disk(host), { sleep: async () => undefined }));
  const incidents = Object.entries(phases).map(([number, phase]) => {
    const { uuid } = pool.world.host(Number(number));
    return [uuid, { ...openIncident(hostUuid(uuid), 0), phase }];
  });
  documents.save("recent-memory", {
    ...memory,
    incidents: Object.fromEntries(incidents),
    fencingStoppedSinceMs: 50 * SECOND,
  });
}

const OF_FOUR = { 2: "fenced", 4: "open", 3: "fencing" } as const;

async function stopped(): Promise<SimPool> {
  const pool = await ledByFirst();
  await remembersStop(pool, OF_FOUR);
  return pool;
}

const word = (pool: SimPool, host = 1): unknown =>
  JSON.parse(pool.disk(host).documents.get("fencing-resumed") ?? "null");

const uptimeMs = (pool: SimPool, host: number): number =>
  pool.clock.nowMs() - pool.world.host(host).bootedAtMs;

describe("ha-cfg resume", () => {
  test("on the leader: names who is not fenced, and leaves the word, with its time", async () => {
    const pool = await stopped();
    const before = uptimeMs(pool, 1);
    const { code, out, err, logged, calls } = await haCfgOn(pool, 1, ["resume", "--yes"]);
    expect([code, out, err]).toEqual([0, `${UNFENCED}${RESUMED}`, ""]);
    const { atMs } = word(pool) as { atMs: number };
    expect(atMs).toBeGreaterThanOrEqual(before);
    expect(atMs).toBeLessThanOrEqual(uptimeMs(pool, 1));
    expect(logged).toEqual(["info ha-cfg: Fencing resumed, by alice as root without a terminal."]);
    expect(calls).toEqual(["wake"]);
  });

  test("nobody is left to be fenced", async () => {
    const pool = await ledByFirst();
    await remembersStop(pool, { 2: "fenced", 3: "declared", 4: "returned" });
    const { code, out } = await haCfgOn(pool, 1, ["resume", "--yes"]);
    expect([code, out]).toEqual([0, `No host that has failed waits for a fence now.\n${RESUMED}`]);
  });

  test("fencing has not stopped: there is nothing to do, and nothing to ask", async () => {
    const pool = await ledByFirst();
    const { code, out, err, logged, calls } = await haCfgOn(pool, 1, ["resume"]);
    expect([code, out, err]).toEqual([0, "Fencing has not stopped: nothing to resume.\n", ""]);
    expect([word(pool), logged, calls]).toEqual([null, [], []]);
  });

  test("--help says what to look at first, and does nothing", async () => {
    const pool = await stopped();
    const { code, out } = await haCfgOn(pool, 1, ["resume", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("Usage: ha-cfg resume [options]\n");
    expect(out).toContain("Find out why first");
    expect(word(pool)).toBeNull();
  });
});

describe("ha-cfg resume: on a terminal it asks, and looks again after that", () => {
  // [what is typed, what happens meanwhile, exit status, what is said on standard error]
  const rows: readonly [string, string | null, (pool: SimPool) => Promise<void>, number, string][] = [
    ["yes is typed", "yes", async () => undefined, 0, ""],
    ["no is typed", "no", async () => undefined, 1, "Nothing was changed.\n"],
    ["nothing is typed", null, async () => undefined, 1, "Nothing was changed.\n"],
    [
      "its monitor has stopped meanwhile",
      "yes",
      async (pool) => {
        pool.monitor(1).stop();
        await pool.run(10 * SECOND);
      },
      1,
      "Cannot resume fencing: the monitor of this host says nothing, and acts on nothing; start it: service ha-lizard start -w.\n",
    ],
  ];
  for (const [title, typed, meanwhile, code, err] of rows)
    test(`${title}: exit ${code}`, async () => {
      const pool = await stopped();
      const asked: string[] = [];
      const run = await haCfgOn(pool, 1, ["resume"], {
        terminal: true,
        types: async (prompt) => {
          asked.push(prompt);
          await meanwhile(pool);
          return typed;
        },
      });
      expect([run.code, run.out, run.err]).toEqual([code, `${UNFENCED}${code === 0 ? RESUMED : ""}`, err]);
      expect(asked).toEqual([QUESTION]);
      expect(word(pool) !== null).toBe(code === 0);
    });

  test("without a terminal it wants --yes, and nothing is changed", async () => {
    const pool = await stopped();
    const { code, err } = await haCfgOn(pool, 1, ["resume"]);
    expect([code, err]).toEqual([
      2,
      "Cannot run resume: it asks first, and standard input is no terminal; nothing was changed; give --yes\n",
    ]);
    expect(word(pool)).toBeNull();
  });
});

describe("ha-cfg resume: it is refused where nobody would fence", () => {
  const refused = async (pool: SimPool, host: number, why: string) => {
    const { code, out, err } = await haCfgOn(pool, host, ["resume", "--yes"]);
    expect([code, out, err]).toEqual([1, "", `Cannot resume fencing: ${why}.\n`]);
    expect(word(pool, host)).toBeNull();
  };

  test("another host leads, and is named", async () =>
    refused(await stopped(), 2, "h1 leads the hosts of this pool, and fences; run this there"));

  test("another host leads, by what the others say, though this one had stopped when it did", async () => {
    const pool = await ledByFirst();
    pool.link(1, 4, false);
    pool.link(4, 1, false);
    await pool.run(20 * SECOND);
    await remembersStop(pool, OF_FOUR, 4);
    await refused(
      pool,
      4,
      "other hosts hear a leader, which fences, and this one does not: see ha-cfg status on them",
    );
  });

  test("no host leads: most of them are dead", async () => {
    const pool = await ledByFirst();
    for (const dead of [1, 2, 3]) {
      pool.bmc(dead, "dead");
      pool.power(dead, false);
    }
    await pool.run(120 * SECOND);
    await refused(pool, 4, "no host leads the others now: see ha-cfg status");
  });

  test("the monitor of this host does not run: it says what to start", async () => {
    const pool = await stopped();
    pool.monitor(1).stop();
    await pool.run(10 * SECOND);
    await refused(
      pool,
      1,
      "the monitor of this host says nothing, and acts on nothing; start it: service ha-lizard start -w",
    );
  });

  test("what the leader remembers cannot be read: it does not say that fencing has not stopped", async () => {
    const pool = await ledByFirst();
    for (const name of ["memory", "recent-memory"] as const) pool.disk(1).documents.set(name, "{");
    await refused(pool, 1, "what this host remembers cannot be read");
  });

  test("this host takes no part in the group: it says why", async () => {
    const pool = await ledByFirst();
    // Its vote for another leader cannot be stored.
    pool.disk(2).flushMs = 600 * SECOND;
    pool.power(1, false);
    await pool.run(20 * SECOND);
    await refused(pool, 2, "this host takes no part in the group: the disk does not answer");
  });
});
