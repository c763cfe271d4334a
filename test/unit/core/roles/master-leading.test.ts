import { describe, expect, test } from "bun:test";
import type { PoolView } from "../../../../src/core/model/pool-view.ts";
import { DEAD, haltedVm, host, short } from "../fixtures.ts";
import { calm, h3dead, kinds, ok, restedMaster, settled } from "../master-fixtures.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

describe("a master that was away, and whom nobody follows yet", () => {
  const TIE = [host(1), host(2)];
  const NOT_ANSWERED = { heuristics: "not-all-answered" } as const;
  const ANSWERED = { heuristics: "all-answered" } as const;
  type Seen = Pick<PoolView, "heuristics">;
  const rows: readonly [string, number, SightOver, Partial<Seen>, boolean][] = [
    ["it has led for two minutes, and is the master that the group names", 120, {}, {}, true],
    ["for less", 119.999, {}, {}, false],
    ["for less, though this host has been up for longer", 130, { sinceMs: 10_001 }, {}, false],
    ["another host is named", 600, { roll: { master: host(2) } }, {}, false],
    ["its mandate is over", 600, { mandateUntilMs: 599_999 }, {}, false],
    ["another host leads", 600, isLedBy(host(2)), {}, false],
    ["it is in no group", 600, { ...NOBODY_LEADS, roll: null }, {}, false],
    ["a tie that nobody else decides", 120, { roll: { hosts: TIE } }, {}, true],
    ["a tie that the heuristic IPs decide", 600, { roll: { hosts: TIE } }, ANSWERED, false],
    ["a tie that they decide against it", 600, { roll: { hosts: TIE } }, NOT_ANSWERED, false],
    ["no tie, and they were asked for", 600, {}, ANSWERED, true],
  ];
  for (const [title, atS, group, over, sees] of rows) {
    test(`${title}: ${sees ? "takes part again" : "stays away"}`, () => {
      const brain = restedMaster();
      brain.self = { ...brain.self, bootId: "boot-2" };
      brain.look(atS, { database: ok(settled()), probes: { h2: DEAD, h3: DEAD }, group, ...over });
      expect(brain.memory.sawPoolSinceBoot).toBe(sees);
    });
  }

  test("its monitor says nothing: stays away", () => {
    const brain = restedMaster();
    brain.self = { ...brain.self, bootId: "boot-2" };
    brain.look(600, { database: ok(settled()), probes: { h2: DEAD, h3: DEAD }, hearing: "unknown" });
    expect(brain.memory.sawPoolSinceBoot).toBe(false);
  });
});

describe("a master that does not lead", () => {
  const view = settled({ halted: [haltedVm("a")] });
  const acts = (group: SightOver) => {
    const brain = restedMaster();
    brain.group = group;
    const at = [
      [8, calm],
      [10, h3dead],
      [20, h3dead],
      [30, h3dead],
    ] as const;
    const seen = at.map(([atS, probes]) => brain.look(atS, { database: ok(view), probes }));
    return {
      acts: seen
        .flatMap(({ actions }) => short(actions))
        .filter((action) => /fence|start|declare/.test(action)),
      says: kinds(seen.at(-1)?.reasons ?? []),
    };
  };
  test("starts nothing, and fences nobody, whoever leads", () => {
    for (const group of [isLedBy(host(2)), NOBODY_LEADS, { mandateUntilMs: 7_999 }])
      expect(acts(group).acts).toEqual([]);
    expect(acts({}).acts).toEqual(expect.arrayContaining(["start-vm a", "fence-host h3"]));
  });
  test("starts nothing, and fences nobody, as a leader either, as long as the group names another master", () => {
    const { acts: did } = acts({ roll: { master: host(2) } });
    expect(did).toEqual([]);
  });
  test("says that it does not lead, when that has lasted", () => {
    const brain = restedMaster();
    brain.group = isLedBy(host(2));
    const says = [8, 67, 68].map((atS) =>
      kinds(brain.look(atS, { database: ok(view), probes: calm }).reasons).includes("not-leading"),
    );
    expect(says).toEqual([false, false, true]);
  });
});
