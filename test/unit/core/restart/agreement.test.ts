import { describe, expect, test } from "bun:test";
import { fingerprintPlacement } from "../../../../src/core/members/on-disk.ts";
import type { HostRuns, OwnState } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { seeAgreement } from "../../../../src/core/restart/agreement.ts";
import { database, host, hostView, masterRound, memoryWith, POOL, runsThere, vm } from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";

const NOW_MS = 1_000_000;
const HELD: OwnState = { ...OWN, xapi: "held" };
const resident = (name: string) => ({ uuid: vm(name), homePool: POOL });
/** The database has web on h3, mail on h2, and db on the master itself. */
const READ = database([
  hostView(host(1), { residents: [resident("db")] }),
  hostView(host(2), { residents: [resident("mail")] }),
  hostView(host(3), { residents: [resident("web")] }),
]);
const SAID = { atMs: 7, bootId: "boot-3" };

/** h3, whose xapi is held, has said this; null: it has not answered. */
function agreed(over: Partial<HostRuns> | null, { own = HELD, isOnDisk = true } = {}) {
  const answer: HostRuns = { own: HELD, runs: [vm("web")], ...SAID, ...over };
  const memory = memoryWith({
    placementOnDisk: isOnDisk ? fingerprintPlacement(READ) : "older",
    agreed: { h2: { atMs: 1, bootId: "boot-2" } },
  });
  const round = masterRound(memory, {
    database: READ,
    hearing: hearing(peer(2), peer(3, { own })),
    runs: new Map(over === null ? [] : [[host(3), answer]]),
  });
  return seeAgreement(memory, round);
}

describe("seeAgreement: may a held xapi start", () => {
  const rows: readonly [string, ReturnType<typeof agreed>, boolean][] = [
    ["all that it runs is there in the database", agreed({}), true],
    ["what it runs is there, or nowhere", agreed({ runs: [vm("web"), vm("halted")] }), true],
    ["it runs less than the database has there", agreed({ runs: [] }), true],
    ["one of its VMs is elsewhere in the database", agreed({ runs: [vm("web"), vm("mail")] }), false],
    ["one is on the master in the database", agreed({ runs: [vm("db")] }), false],
    ["it has not answered", agreed(null), false],
    ["it cannot list its domains", agreed({ runs: "unknown" }), false],
    ["its xapi was not held any more when it answered", agreed({ own: { ...HELD, xapi: "serving" } }), false],
    ["it follows another master", agreed({ own: { ...HELD, master: host(2) } }), false],
    ["it follows nobody", agreed({ own: { ...HELD, master: null } }), false],
    ["that is not on this master's disk", agreed({}, { isOnDisk: false }), false],
    ["it was asked through XAPI, which does not say when", agreed({ atMs: null, bootId: null }), false],
    ["it has not said in which boot", agreed({ bootId: null }), false],
  ];
  for (const [title, step, may] of rows)
    test(`${title}: ${may ? "yes, with the time at which it had listed them" : "no"}`, () =>
      expect(step.memory.agreed).toEqual({ h3: may ? SAID : null }));

  describe("what a failover has left behind there", () => {
    const leftover = (vms: readonly string[], runsOn2: HostRuns["runs"] | null) => {
      const memory = memoryWith({
        placementOnDisk: fingerprintPlacement(READ),
        declaredDead: { h3: { vms: vms.map(vm), restartedAtMs: null } },
      });
      const answers: [HostUuid, HostRuns][] = [
        [host(3), { own: HELD, runs: [vm("web"), vm("mail")], ...SAID }],
      ];
      if (runsOn2 !== null) answers.push([host(2), runsThere(host(1), runsOn2)]);
      const round = masterRound(memory, {
        database: READ,
        hearing: hearing(peer(2), peer(3, { own: HELD })),
        runs: new Map(answers),
      });
      return seeAgreement(memory, round).memory.agreed["h3"];
    };
    const rows: readonly [string, ReturnType<typeof leftover>, boolean][] = [
      ["the VM runs where the database has it: the copy may end", leftover(["mail"], [vm("mail")]), true],
      ["the VM does not run there: this is no copy", leftover(["mail"], []), false],
      ["that host has not answered", leftover(["mail"], null), false],
      ["that host cannot list its domains", leftover(["mail"], "unknown"), false],
      ["it is another VM than those of the failover", leftover(["web"], [vm("mail")]), false],
      ["there was no failover", leftover([], [vm("mail")]), false],
    ];
    for (const [title, found, may] of rows)
      test(`${title}: ${may ? "yes" : "no"}`, () => expect(found).toEqual(may ? SAID : null));
  });

  test("one whose xapi is not held does not wait for it", () =>
    expect(agreed({}, { own: OWN }).memory.agreed).toEqual({}));

  test("when a xapi was last seen held is remembered, for what it had been told before is over", () => {
    expect(agreed(null).memory.heldAtMs).toEqual({ h3: NOW_MS });
    const memory = memoryWith({ heldAtMs: { h3: 5, h2: 6 } });
    const round = (over: Partial<OwnState>) =>
      masterRound(memory, { database: READ, hearing: hearing(peer(3, { own: { ...OWN, ...over } })) });
    expect(seeAgreement(memory, round({})).memory.heldAtMs).toEqual({ h3: 5, h2: 6 });
    expect(seeAgreement(memory, round(HELD)).memory.heldAtMs).toEqual({ h3: NOW_MS, h2: 6 });
  });

  test("nothing is done, and nothing is said", () => {
    const { actions, reasons } = agreed({});
    expect([actions, reasons]).toEqual([[], []]);
  });
});
