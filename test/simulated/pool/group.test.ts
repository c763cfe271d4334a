import { describe, expect, test } from "bun:test";
import type { GroupSight } from "../../../src/core/model/group-sight.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { MINUTE, restedPool, SECOND } from "./stage.ts";

/** `h2 leads 123` or `h3 hears h2 123`: who leads by the words of each host with power, and who counts. */
async function groups(pool: SimPool): Promise<readonly string[]> {
  const { hosts, messengers } = pool.world;
  const nameOf = (uuid: string | null) => `h${hosts.find((host) => host.uuid === uuid)?.number ?? 0}`;
  const said = hosts
    .filter(({ power }) => power)
    .map(async ({ number }) => {
      const group = (await messengers?.reader(number).read())?.group;
      return group === undefined ? `h${number} says nothing` : `h${number} ${show(group, nameOf)}`;
    });
  return await Promise.all(said);
}

function show(group: GroupSight, nameOf: (uuid: string | null) => string): string {
  const { lead, leader, roll } = group;
  const whom = lead === "hears" ? `hears ${nameOf(leader)}` : lead;
  if (roll === null) return `${whom}, no roll`;
  const hosts = roll.hosts.map((host) => nameOf(host).slice(1)).join("");
  const notes = [
    roll.settled ? "" : "unsettled",
    roll.ha ? "" : "HA off",
    roll.master === roll.hosts[0] ? "" : `master ${nameOf(roll.master)}`,
  ];
  return [`${whom} ${hosts}`, ...notes.filter((note) => note !== "")].join(", ");
}

describe("a group", () => {
  test("the XAPI master founds it when all hosts are heard, and takes them in", async () => {
    const pool = await restedPool(3);
    expect(await groups(pool)).toEqual(["h1 leads 123", "h2 hears h1 123", "h3 hears h1 123"]);
  });

  test("the master of a pool of one leads itself", async () => {
    expect(await groups(await restedPool(1))).toEqual(["h1 leads 1"]);
  });

  test("whom it does not hear it waits for, and says so", async () => {
    const pool = await restedPool(3, { ha: "false" });
    pool.power(3, false);
    await pool.run(MINUTE);
    pool.ha("true");
    await pool.run(2 * MINUTE);
    expect(await groups(pool)).toEqual(["h1 none, no roll", "h2 none, no roll"]);
  });

  test("when the leader dies the others elect one of them within 15 s", async () => {
    const pool = await restedPool(3);
    pool.power(1, false);
    await pool.run(15 * SECOND);
    expect(await groups(pool)).toEqual(["h2 leads 123", "h3 hears h2 123"]);
  });

  test("with HA off it goes on, and knows it", async () => {
    const pool = await restedPool(3);
    pool.ha("false");
    await pool.run(MINUTE);
    expect(await groups(pool)).toEqual([
      "h1 leads 123, HA off",
      "h2 hears h1 123, HA off",
      "h3 hears h1 123, HA off",
    ]);
  });
});
