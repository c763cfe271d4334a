import { describe, expect, test } from "bun:test";
import type { DeviceState } from "../../../src/ports/fencer.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;

/** Two hosts, whose master has died together with its fence device. */
async function masterDied(method = "IPMI"): Promise<SimPool> {
  const pool = poolWithHa({
    ...{ hosts: 2, vms: [{ name: "web", on: 1 }], watches: true },
    params: { FENCE_METHOD: method, FENCE_MIN_HOSTS: "2" },
  });
  await pool.run(60 * SECOND);
  pool.bmc(1, "dead");
  pool.power(1, false);
  await pool.run(120 * SECOND);
  return pool;
}

describe("ha-cfg confirm-off", () => {
  test("a dead master of two: the other host leads, takes over, and starts its VM", async () => {
    const pool = await masterDied();
    const { code, out, err } = await haCfgOn(pool, 2, ["confirm-off", "h1", "--yes"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      "h1 is now treated as off, and this host leads the others. What follows is in the log, and in ha-cfg status.\n",
    );
    await pool.run(120 * SECOND);
    expect(pool.running("web")).toEqual([2]);
  });

  test("two of four are dead: one word is not enough, and it says whose is missing", async () => {
    const pool = poolWithHa({
      ...{ hosts: 4, vms: [{ name: "web", on: 1 }], watches: true },
      params: { FENCE_METHOD: "IPMI", FENCE_MIN_HOSTS: "2" },
    });
    await pool.run(60 * SECOND);
    for (const dead of [1, 2]) {
      pool.bmc(dead, "dead");
      pool.power(dead, false);
    }
    await pool.run(120 * SECOND);
    const first = await haCfgOn(pool, 3, ["confirm-off", "h1", "--yes"]);
    expect([first.code, first.err]).toEqual([
      1,
      "Warning: h1 counts as off for ten minutes on this host, and this host does not lead the others: it does not hear h2 either. If they are off, too: ha-cfg confirm-off, for each of them; see ha-cfg status for who is heard.\n",
    ]);
    expect((await haCfgOn(pool, 3, ["confirm-off", "h2", "--yes"])).code).toBe(0);
  });

  describe("on a terminal it asks for the name, and looks again after that", () => {
    const QUESTION =
      "If h1 still runs, its VMs will run twice, and their disks will be damaged.\nHave you made sure that it has no power?\n";
    const refused = (why: string) => `Cannot confirm that h1 is off: ${why}.\n`;
    // [what, what is typed, what happens meanwhile, exit status, what is said at the end]
    const rows: readonly [string, string | null, (pool: SimPool) => Promise<void>, number, string][] = [
      ["the name is typed", "h1", async () => undefined, 0, ""],
      ["another name is typed", "h2", async () => undefined, 1, "Nothing was changed.\n"],
      ["nothing is typed", null, async () => undefined, 1, "Nothing was changed.\n"],
      [
        "the host has booted meanwhile",
        "h1",
        async (pool) => {
          pool.power(1, true);
          await pool.run(150 * SECOND);
        },
        1,
        refused("its monitor is heard"),
      ],
      [
        "it has got power meanwhile behind a broken link, and its device is back",
        "h1",
        async (pool) => {
          pool.partition([1], [2]);
          pool.bmc(1, "up");
          pool.power(1, true);
        },
        1,
        refused("its fence device (IPMI) says that it is on"),
      ],
    ];
    for (const [title, typed, meanwhile, code, last] of rows)
      test(`${title}: exit ${code}`, async () => {
        const pool = await masterDied();
        const run = await haCfgOn(pool, 2, ["confirm-off", "h1"], {
          terminal: true,
          types: async () => {
            await meanwhile(pool);
            return typed;
          },
        });
        expect([run.code, run.err]).toEqual([code, `${QUESTION}${last}`]);
        expect(pool.disk(2).documents.get("confirmed-off") !== undefined).toBe(code === 0);
      });
  });

  describe("what the devices of two methods say", () => {
    const silent = { kind: "unknown", why: "no answer" } as const;
    const rows: readonly [DeviceState, DeviceState, number][] = [
      [{ kind: "off" }, { kind: "on" }, 0],
      [{ kind: "on" }, { kind: "off" }, 0],
      [{ kind: "off" }, silent, 0],
      [silent, silent, 0],
      [silent, { kind: "on" }, 1],
      [{ kind: "on" }, { kind: "on" }, 1],
    ];
    for (const [ipmi, ilo, code] of rows)
      test(`one says ${ipmi.kind}, the other ${ilo.kind}: exit ${code}`, async () => {
        const pool = await masterDied("IPMI,ILO");
        const run = await haCfgOn(pool, 2, ["confirm-off", "h1", "--yes"], {
          device: (method) => (method === "IPMI" ? ipmi : ilo),
        });
        expect(run.code).toBe(code);
      });
  });

  test("without a terminal it wants --yes, and nothing is changed", async () => {
    const pool = await masterDied();
    const { code, err } = await haCfgOn(pool, 2, ["confirm-off", "h1"]);
    expect([code, err]).toEqual([
      2,
      "Cannot run confirm-off: it asks first, and standard input is no terminal; nothing was changed; give --yes\n",
    ]);
    expect(pool.disk(2).documents.get("confirmed-off")).toBeUndefined();
  });

  test("a host that lives is refused, by what says so; and so is this host", async () => {
    const pool = poolWithHa({ hosts: 3, vms: [], watches: true, params: { FENCE_METHOD: "IPMI" } });
    await pool.run(60 * SECOND);
    const said = async (on: number, host: string) => {
      const { code, err } = await haCfgOn(pool, on, ["confirm-off", host, "--yes"]);
      expect(code).toBe(1);
      return err;
    };
    expect(await said(1, "h3")).toBe("Cannot confirm that h3 is off: its monitor is heard.\n");
    expect(await said(1, "h1")).toBe("Cannot confirm that h1 is off: it is this host.\n");
    expect(await said(2, "h3")).toBe(
      "Cannot confirm that h3 is off: h1 leads the hosts of this pool, and takes the word; run this there.\n",
    );
    pool.monitor(3).stop();
    await pool.run(10 * SECOND);
    expect(await said(1, "h3")).toBe("Cannot confirm that h3 is off: its XAPI answers.\n");
    pool.xapi(3, "stop");
    expect(await said(1, "h3")).toBe("Cannot confirm that h3 is off: it answers ping.\n");
  });

  test("a fence device that says on is believed more", async () => {
    const pool = poolWithHa({ hosts: 3, vms: [], watches: true, params: { FENCE_METHOD: "IPMI" } });
    await pool.run(60 * SECOND);
    pool.partition([1, 2], [3]);
    await pool.run(8 * SECOND);
    const { code, err } = await haCfgOn(pool, 1, ["confirm-off", "h3", "--yes"]);
    expect([code, err]).toEqual([
      1,
      "Cannot confirm that h3 is off: its fence device (IPMI) says that it is on.\n",
    ]);
  });

  describe("on a host that the group has left out: it is refused, and those are named for which it is", () => {
    /** h2 was fenced and left out; then the master dies, together with its device, and h2 boots. */
    const returned = async (hosts: number, dieToo: readonly number[] = []): Promise<SimPool> => {
      const params = { FENCE_METHOD: "IPMI", FENCE_MIN_HOSTS: "2" };
      const pool = poolWithHa({ hosts, vms: [], watches: true, params });
      await pool.run(60 * SECOND);
      pool.power(2, false);
      await pool.run(120 * SECOND);
      for (const dead of [1, ...dieToo]) {
        pool.bmc(dead, "dead");
        pool.power(dead, false);
      }
      await pool.run(2 * SECOND);
      pool.power(2, true);
      await pool.run(120 * SECOND);
      return pool;
    };
    const refused = (about: string, which: string) =>
      `Cannot confirm that ${about} is off: this host does not count now; ${which}.\n`;
    test("of a pool of three", async () => {
      const pool = await returned(3);
      const { code, out, err } = await haCfgOn(pool, 2, ["confirm-off", "h1", "--yes"]);
      expect([code, out, err]).toEqual([1, "", refused("h1", "run this on h3")]);
      expect(pool.disk(2).documents.get("confirmed-off")).toBeUndefined();
    });

    test("of a pool of five, of which another one has died meanwhile", async () => {
      const pool = await returned(5, [5]);
      const { code, err } = await haCfgOn(pool, 2, ["confirm-off", "h1", "--yes"]);
      expect([code, err]).toEqual([1, refused("h1", "run this on h3 or h4")]);
    });

    test("before it is asked whether the host is off, for that would be for nothing", async () => {
      const { err } = await haCfgOn(await returned(3), 2, ["confirm-off", "h1"], { terminal: true });
      expect(err).toBe(refused("h1", "run this on h3"));
    });

    test("on the one that it names the word is taken, and the host that was left out counts again", async () => {
      const pool = await returned(3);
      expect((await haCfgOn(pool, 3, ["confirm-off", "h1", "--yes"])).code).toBe(0);
      await pool.run(120 * SECOND);
      const { err } = await haCfgOn(pool, 2, ["confirm-off", "h1", "--yes"]);
      expect(err).toBe(
        "Cannot confirm that h1 is off: h3 leads the hosts of this pool, and takes the word; run this there.\n",
      );
    });
  });

  test("the monitor of this host does not run: it says what to start", async () => {
    const pool = await masterDied();
    pool.monitor(2).stop();
    await pool.run(10 * SECOND);
    const { code, err } = await haCfgOn(pool, 2, ["confirm-off", "h1", "--yes"]);
    expect([code, err]).toEqual([
      1,
      "Cannot confirm that h1 is off: the monitor of this host says nothing, and acts on nothing; start it: service ha-lizard start -w.\n",
    ]);
  });

  test("a host that there is not is refused, and the others are named", async () => {
    const pool = await masterDied();
    const { code, err } = await haCfgOn(pool, 2, ["confirm-off", "h9", "--yes"]);
    expect([code, err]).toEqual([
      2,
      "Cannot confirm the power-off of h9: there is no such host; there are h1, h2\n",
    ]);
  });
});
