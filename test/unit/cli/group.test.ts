import { describe, expect, test } from "bun:test";
import { countingSaid, leaderSaid, leaseSaid } from "../../../src/cli/screens/group-words.ts";
import type { GroupStatus } from "../../../src/cli/status/status-report.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;
const OPTIONS = { hosts: 3, vms: [{ name: "web", on: 1 }] } as const;

async function rowsOf(pool: SimPool, host: number): Promise<readonly string[]> {
  const { out } = await haCfgOn(pool, host, ["status"]);
  return out
    .split("\n")
    .filter((line) => /^(Leader|Votes) /.test(line))
    .map((line) => line.replace(/[0-9]+ s/, "some s"));
}

async function findingsOf(pool: SimPool, host: number): Promise<readonly string[]> {
  const { out } = await haCfgOn(pool, host, ["doctor", "--json"]);
  const { findings } = JSON.parse(out) as { readonly findings: readonly Record<string, string | null>[] };
  return findings
    .filter(({ check }) => check === "group")
    .map(({ verdict, text, cure }) =>
      `${verdict}: ${text}${cure === null ? "" : ` (${cure})`}`.replace(/[0-9]+ s/, "some s"),
    );
}

test("a pool at rest: every host knows who leads, and whose votes count", async () => {
  const pool = poolWithHa({ ...OPTIONS });
  await pool.run(30 * SECOND);
  expect(await rowsOf(pool, 1)).toEqual([
    "Leader          this host, since some s",
    "Votes           h1, h2, h3",
  ]);
  expect(await rowsOf(pool, 3)).toEqual(["Leader          h1, since some s", "Votes           h1, h2, h3"]);
  expect(await findingsOf(pool, 3)).toEqual(["ok: the leader of the pool: h1, since some s"]);
  const { group } = JSON.parse((await haCfgOn(pool, 2, ["status", "--json"])).out);
  expect(group).toMatchObject({
    lead: "hears",
    leader: { name: "h1" },
    mayAct: false,
    counts: ["h1", "h2", "h3"],
    heard: ["h1", "h2", "h3"],
    leftOut: [],
    master: { name: "h1" },
    isSettled: true,
    ha: true,
    disarmed: [],
    awaited: [],
    leases: [],
    ownLease: null,
    tie: null,
    trouble: null,
  });
});

test("without a majority nobody leads, and it is said how many are missing", async () => {
  const pool = poolWithHa({ ...OPTIONS });
  await pool.run(30 * SECOND);
  pool.power(2, false);
  pool.power(3, false);
  await pool.run(30 * SECOND);
  expect(await rowsOf(pool, 1)).toEqual([
    "Leader          nobody, since some s: 1 of 3 voting hosts are heard",
    "Votes           h1, h2, h3",
  ]);
  expect(await findingsOf(pool, 1)).toEqual([
    "bad: the leader of the pool: nobody, since some s: 1 of 3 voting hosts are heard (bring the hosts back that do not answer, and see the network between them)",
  ]);
});

test("a group that is not founded yet: whom the master waits for", async () => {
  const pool = poolWithHa({ ...OPTIONS, group: false });
  pool.power(3, false);
  await pool.run(30 * SECOND);
  expect(await rowsOf(pool, 1)).toEqual([
    "Leader          nobody yet: not heard, or not following this master: h3",
  ]);
  expect(await rowsOf(pool, 2)).toEqual(["Leader          nobody: this host is in no group yet"]);
  expect(await findingsOf(pool, 1)).toEqual([
    "bad: the leader of the pool: nobody yet: not heard, or not following this master: h3 (see the service ha-lizard there, or begin without them: ha-cfg ha-enable --without HOST)",
  ]);
});

const AT_REST: GroupStatus = {
  lead: "leads",
  leader: { uuid: "u1", name: "h1" },
  sinceS: 5,
  mayAct: true,
  counts: ["h1", "h2"],
  heard: ["h1", "h2"],
  leftOut: [],
  master: { uuid: "u1", name: "h1" },
  isSettled: true,
  ha: true,
  disarmed: [],
  awaited: [],
  leases: [],
  ownLease: null,
  tie: {
    ...{ breaker: "none", decides: true, by: "master", holder: { uuid: "u1", name: "h1" }, place: null },
    ...{ need: "none", trouble: null, troubleS: null, tested: null },
  },
  trouble: null,
};

describe("who leads, in words", () => {
  const rows: readonly [Partial<GroupStatus> | null, string][] = [
    [{}, "good: this host, since 5 s"],
    [{ lead: "hears" }, "good: h1, since 5 s"],
    [{ lead: "told", leader: null }, "warning: not heard from here; other hosts hear one"],
    [{ lead: "stands" }, "warning: an election is under way"],
    [{ lead: "unsaid" }, "warning: not known yet: the monitor has just begun"],
    [{ trouble: "the disk does not answer" }, "bad: this host has no vote: the disk does not answer"],
    [null, "warning: not known: the monitor has published nothing just now"],
  ];
  for (const [over, expected] of rows)
    test(expected, () => {
      const { tone, text } = leaderSaid(over === null ? null : { ...AT_REST, ...over }, true);
      expect(`${tone}: ${text}`).toBe(expected);
    });

  test("with HA off nobody needs a leader", () =>
    expect(leaderSaid({ ...AT_REST, lead: "none", counts: [] }, false).tone).toBe("quiet"));
});

describe("whose votes count, in words", () => {
  const rows: readonly [Partial<GroupStatus>, string | null][] = [
    [{}, "h1, h2 (h1 twice)"],
    [{ counts: ["h1", "h2", "h3"], tie: null }, "h1, h2, h3"],
    [{ leftOut: ["h3"] }, "h1, h2 (h1 twice); without h3"],
    [{ isSettled: false }, "h1, h2 (h1 twice); not all of them know it yet"],
    [{ counts: [], tie: null }, null],
  ];
  for (const [over, expected] of rows)
    test(String(expected), () => expect(countingSaid({ ...AT_REST, ...over })?.text ?? null).toBe(expected));
});

describe("leases, in words", () => {
  const own = { leaseS: 30, armed: 1, answeredS: 0.4, firesInS: 25, trouble: null };
  const rows: readonly [Partial<GroupStatus>, string | null][] = [
    [{}, null],
    [{ ownLease: own }, "good: this host: 30 s, answered 0.4 s ago"],
    [{ ownLease: { ...own, answeredS: 19 } }, "bad: this host: 30 s, answered 19 s ago"],
    [{ ownLease: { ...own, leaseS: null } }, "plain: being armed, or ended"],
    [
      { ownLease: { ...own, leaseS: null, armed: 0, trouble: "xenwatchdogd is missing" } },
      "bad: none of this host: xenwatchdogd is missing",
    ],
    [
      { ownLease: own, leases: [{ host: "h2", leaseS: 30, endsInS: 31 }] },
      "good: this host: 30 s, answered 0.4 s ago; h2 (expires in 31 s unless it is heard)",
    ],
    [
      { leases: [{ host: "h2", leaseS: 30, endsInS: 31 }] },
      "warning: none of this host; h2 (expires in 31 s unless it is heard)",
    ],
  ];
  for (const [over, expected] of rows)
    test(String(expected), () => {
      const said = leaseSaid({ ...AT_REST, ...over });
      expect(said === null ? null : `${said.tone}: ${said.text}`).toBe(expected);
    });
});
