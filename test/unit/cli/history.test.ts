import { describe, expect, test } from "bun:test";
import { renderIncident } from "../../../src/cli/screens/history.ts";
import type { PoolEvent } from "../../../src/core/model/pool-event.ts";
import type { RecordFiles } from "../../../src/ports/record.ts";
import { incidentsOf } from "../../../src/record/incidents.ts";
import type { SeenEvent } from "../../../src/record/pool-incident.ts";
import { toldFailover } from "../record/told-failover.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";

const eventsBy = async (number: number): Promise<readonly PoolEvent[]> =>
  (await toldFailover()).flatMap(({ host, head }) => (host === number ? head.events : []));

const own = (events: readonly unknown[]): RecordFiles => ({
  list: async () => [],
  open: async () => ({ ok: false, why: "" }),
  events: async () => events,
});

/** The pool after h3 has died: h1 is this host, h2 answers, h3 is not up. */
async function after(over: Partial<FakeWorld> = {}): Promise<Partial<FakeWorld>> {
  const second = await eventsBy(2);
  const hosts = [
    hostView(1, { uuid: HOST, name: "h1" }),
    hostView(2, { name: "h2" }),
    hostView(3, { name: "h3", live: false }),
  ];
  return { hosts, records: own(await eventsBy(1)), historyOf: () => second, ...over };
}

/** Seconds stay, the rest of a time is the story's own. */
const history = async (args: readonly string[], over: Partial<FakeWorld> = {}) =>
  haCfg(["history", ...args], await after(over));

describe("ha-cfg history", () => {
  test("a line for each incident, and who is missing in it", async () => {
    const { code, out, err } = await history([]);
    expect([code, err]).toEqual([0, "Without the record of h3: it is not up, by XAPI.\n"]);
    expect(out).toBe(`INCIDENT (UTC)   LASTED  WHAT
20261123-120606  13 s    h3 failed and was proved off (TESTBMC); 2 VMs started

ha-cfg history INCIDENT shows one of them; last is the newest.
`);
  });

  test("one incident: what died, how it was proved, who decided with which votes, and each VM", async () => {
    const { code, out } = await history(["last"]);
    expect(code).toBe(0);
    expect(out).toBe(`h3 failed and was proved off (TESTBMC); 2 VMs started
  2026-11-23 12:06:06 UTC, 0 s ago; lasted 13 s

h3
  silent since   12:06:06
  failed         12:06:16
  fence begun    12:06:16 by h1 (leader), 2 of 3 votes: h1, h2; silent: h3
  off            12:06:19, proved by its fence device (TESTBMC)
  declared dead  12:06:19
  back           not in this record

VM   FROM  TO  BY  ASKED     RUNS      DOWN
vm3  h3    h1  h1  12:06:19  12:06:19  13 s
vm6  h3    h2  h1  12:06:19  12:06:19  13 s
  vm6 was down longest: 10 s for its host to count as failed, 3.0 s for the
  proof that its host is off, 0.1 s for XAPI to know that its host is dead, 0.3
  s for its start to end.

What was said
  12:06:06  h1  h3 does not answer: retrying.
  12:06:16  h1  h3 is down: no response to any of the retries.
  12:06:19  h1  h3 was fenced: its agent confirms that it is off.
  12:06:19  h1  h3 was declared dead: its VMs can be started elsewhere.
  12:06:19  h1  vm3 was halted and has been started.
  12:06:19  h1  vm6 was halted and has been started.
`);
    expect((await history(["20261123-120606"])).out).toBe(out);
  });

  test("for programs", async () => {
    const shown = JSON.parse((await history(["--json"])).out);
    expect([shown.schema, shown.missing]).toEqual([1, [{ host: "h3", why: "it is not up, by XAPI" }]]);
    expect(shown.incidents[0].hosts[0]).toMatchObject({ name: "h3", proved: true, proof: "TESTBMC" });
  });

  test("a host that refuses is named, and what it says wrongly is passed over", async () => {
    const fault = { kind: "api", code: "XENAPI_MISSING_PLUGIN", params: ["ha-lizard-plugin"] } as const;
    const refused = await history([], { otherHost: () => ({ ok: false, fault }) });
    expect([refused.code, refused.err]).toEqual([0, expect.stringContaining("Without the record of h2: ")]);
    const odd = [{ kind: "health", at: "yesterday", of: "h3", state: "failed" }, { kind: "later" }, 7, null];
    expect((await history(["last"], { historyOf: () => odd })).out).toBe((await history(["last"])).out);
  });

  test("without XAPI: the record of this host alone", async () => {
    const { code, out, err } = await history([], { readFault: { kind: "timeout" } });
    expect([code, out.split("\n")[1]]).toEqual([0, expect.stringContaining("h3 failed")]);
    expect(err).toContain("Without the record of all other hosts: XAPI does not answer here.\n");
  });

  test("nothing has happened; no such incident: 2", async () => {
    expect((await history([], { records: own([]), historyOf: () => [] })).out).toBe(
      "Nothing has happened in the last 30 days, by these records.\n",
    );
    const { code, err } = await history(["yesterday"]);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("Cannot show yesterday: there is no such incident; see ha-cfg history\n"),
    ]);
  });
});

describe("renderIncident", () => {
  const at = (s: number): string => new Date(Date.parse("2026-11-30T19:43:00Z") + s * 1_000).toISOString();
  const shown = (...events: readonly object[]): string => {
    const [incident] = incidentsOf(events as readonly SeenEvent[]);
    return incident === undefined ? "" : renderIncident(incident, Date.parse(at(60)));
  };

  test("a host of which only XAPI was silent was not lost", () => {
    const xapi = { kind: "health", of: "h3", seenBy: "h1" };
    expect(
      shown({ ...xapi, at: at(0), state: "xapi-down" }, { ...xapi, at: at(9), state: "alive" }),
    ).toContain("\nALIVE, XAPI SILENT  FROM      UNTIL\nh3                  19:43:00  19:43:09\n");
  });

  const rows: readonly [string, string | null, object, string][] = [
    ["a majority", "h1", {}, "h1 (leader), 2 of 3 votes: h1, h2; silent: h3"],
    ["another leader", "h2", {}, "h1 (leader: h2), 2 of 3 votes: h1, h2; silent: h3"],
    ["no leader", null, {}, "h1 (no leader known), 2 of 3 votes: h1, h2; silent: h3"],
    [
      "a tie",
      "h1",
      { counts: ["h1", "h3"], heard: ["h1"], tie: "tie-breaker" },
      "h1 (leader), 1 of 2 votes: h1; silent: h3; a tie, decided by the tie-breaker",
    ],
    [
      "a tie of old",
      "h1",
      { counts: ["h1", "h3"], heard: ["h1"], tie: "heuristic-ips" },
      "h1 (leader), 1 of 2 votes: h1; silent: h3; a tie, decided by the heuristic IPs",
    ],
  ];
  for (const [what, leader, over, text] of rows)
    test(`votes: ${what}`, () => {
      const votes = { leader, counts: ["h1", "h2", "h3"], heard: ["h1", "h2"], ...over };
      const fence = { kind: "begun", what: "fence-host", of: "h3", from: null, votes, seenBy: "h1" };
      const failed = { kind: "health", at: at(0), of: "h3", state: "failed", seenBy: "h1" };
      expect(shown(failed, { ...fence, at: at(1) })).toContain(`19:43:01 by ${text}\n`);
    });
});
