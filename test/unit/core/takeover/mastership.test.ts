import { describe, expect, test } from "bun:test";
import { openIncident } from "../../../../src/core/fencing/incident.ts";
import { rememberView } from "../../../../src/core/members/remember.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PeerProbe, PoolView } from "../../../../src/core/model/pool-view.ts";
import { judgeMastership, type Mastership } from "../../../../src/core/takeover/mastership.ts";
import { ALIVE, address, DEAD, database, host, hostView, MASTER, master, SETTINGS } from "../fixtures.ts";

interface Situation {
  readonly members?: readonly HostUuid[];
  readonly heuristics?: PoolView["heuristics"];
  /** The master that this host has replaced. */
  readonly replaced?: HostUuid;
  /** A host that this one has declared dead. */
  readonly declared?: HostUuid;
  /** This host has not seen the pool whole since its boot. */
  readonly wasAway?: boolean;
}

function judge(probes: Record<string, PeerProbe>, situation: Situation = {}): Mastership {
  const { members = [host(1), host(2), host(3)], replaced, declared } = situation;
  const read = database(members.map((uuid) => hostView(uuid)));
  const heuristics = situation.heuristics ?? "not-asked";
  const round = master().input(0, { probes, database: { ok: true, value: read }, heuristics });
  const lastGood = rememberView(round.memory, read, { view: round.view, fieldName: SETTINGS.XC_FIELD_NAME });
  const incident = declared && { ...openIncident(declared, 0), phase: "declared" as const };
  const memory: Memory = {
    ...round.memory,
    lastGood,
    sawPoolSinceBoot: situation.wasAway !== true,
    promoted: replaced === undefined ? null : { oldMaster: replaced, epoch: 1 },
    incidents: incident === undefined ? {} : { [incident.host]: incident },
  };
  return judgeMastership(memory, { ...round, database: read });
}
const pair = [host(1), host(2)];

describe("judgeMastership", () => {
  test("all follow me: undisputed", () =>
    expect(judge({ h2: ALIVE(), h3: ALIVE() }).kind).toBe("undisputed"));
  test("one of two follows, the other is silent: undisputed", () =>
    expect(judge({ h2: ALIVE(), h3: DEAD }).kind).toBe("undisputed"));
  test("nobody answers: unproven, a promotion elsewhere cannot be seen", () =>
    expect(judge({ h2: DEAD, h3: DEAD })).toEqual({ kind: "unproven", followers: 0, members: 3 }));
  test("a pool of one has nobody to ask", () =>
    expect(judge({}, { members: [host(1)] }).kind).toBe("undisputed"));
  test("two hosts, the other silent: unproven, unless the heuristic IPs break the tie", () => {
    expect(judge({ h2: DEAD }, { members: pair }).kind).toBe("unproven");
    expect(judge({ h2: DEAD }, { members: pair, heuristics: "all-answered" }).kind).toBe("undisputed");
  });
  test("a member follows another and nobody follows me: rival", () =>
    expect(judge({ h2: MASTER, h3: ALIVE(host(2)) })).toEqual({
      kind: "rival",
      host: host(2),
      address: address(host(2)),
    }));
  test("two hosts, the other is master: rival for the one without a record of a take-over", () =>
    expect(judge({ h2: MASTER }, { members: pair }).kind).toBe("rival"));
  test("two hosts, the other is the master I replaced: it is called back", () =>
    expect(judge({ h2: MASTER }, { members: pair, replaced: host(2) })).toEqual({
      kind: "calls-back",
      members: [host(2)],
    }));
  test("just promoted, everyone still follows the old master: they are called back called back", () =>
    expect(judge({ h2: DEAD, h3: ALIVE(host(2)) }, { replaced: host(2) })).toEqual({
      kind: "calls-back",
      members: [host(3)],
    }));
  test("another living master: stand down, whatever the majority says", () => {
    expect(judge({ h2: ALIVE(), h3: MASTER })).toEqual({
      kind: "rival",
      host: host(3),
      address: address(host(3)),
    });
  });
  test("a member follows someone whom I cannot see: rival, though I have never been away", () => {
    const probes = { h2: DEAD, h3: ALIVE(host(2)) };
    expect(judge(probes)).toEqual({ kind: "rival", host: host(3), address: address(host(2)) });
    expect(judge({ h2: ALIVE(), h3: ALIVE(host(9)) }).kind).toBe("rival");
  });
  test("a member follows a host that I have fenced and declared dead: it has slept, and is called back", () => {
    const probes = { h2: DEAD, h3: ALIVE(host(2)) };
    expect(judge(probes, { declared: host(2) })).toEqual({ kind: "calls-back", members: [host(3)] });
  });
  test("a member follows a host that itself follows me: it is called back, also by one who was away", () => {
    const probes = { h2: ALIVE(), h3: ALIVE(host(2)) };
    expect(judge(probes, { wasAway: true })).toEqual({ kind: "calls-back", members: [host(3)] });
  });
  test("away, followed by one of four, and the other two follow that one: they are called, and are the majority", () => {
    const members = [host(1), host(2), host(3), host(4)];
    const probes = { h2: ALIVE(), h3: ALIVE(host(2)), h4: ALIVE(host(2)) };
    expect(judge(probes, { members, wasAway: true })).toEqual({
      kind: "calls-back",
      members: [host(3), host(4)],
    });
  });
  test("a third host claims to be master after I replaced another one: rival", () =>
    expect(judge({ h2: DEAD, h3: MASTER }, { replaced: host(2) }).kind).toBe("rival"));
});
