import { describe, expect, test } from "bun:test";
import { DEAD, haltedVm, SETTINGS, said, short, UNKNOWN } from "../fixtures.ts";
import { calm, failH3, kinds, ok, restedMaster, settled } from "../master-fixtures.ts";
import { NOBODY_LEADS } from "../sight.ts";

describe("decideMaster, cut off or not", () => {
  test("both slaves silent: this master may be the isolated one; it fences nobody and starts nothing", () => {
    const brain = restedMaster();
    brain.group = NOBODY_LEADS;
    const dead = { h2: DEAD, h3: DEAD };
    const view = settled({ halted: [haltedVm("a")] });
    const decisions = [10, 20, 30, 40].map((atS) => brain.look(atS, { database: ok(view), probes: dead }));
    expect(
      decisions
        .flatMap(({ actions }) => short(actions))
        .filter((action) => /fence|start|reboot/.test(action)),
    ).toEqual([]);
    expect(kinds(decisions.at(-1)?.reasons ?? [])).toContain("isolated");
  });

  test("FENCE_REBOOT_LONE_HOST: one reboot per incident, then out of HA until the pool is healthy", () => {
    const brain = restedMaster();
    brain.settings = { ...SETTINGS, FENCE_REBOOT_LONE_HOST: true };
    brain.group = NOBODY_LEADS;
    const dead = { h2: DEAD, h3: DEAD };
    const reboots = [10, 20, 30, 40, 50].map(
      (atS) => brain.look(atS, { database: ok(settled()), probes: dead }).actions,
    );
    expect(reboots.map((actions) => kinds(actions).includes("reboot-self"))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    brain.self = { ...brain.self, bootId: "boot-2" };
    for (const atS of [5, 15, 25, 35]) {
      expect(kinds(brain.look(atS, { database: ok(settled()), probes: dead }).actions)).not.toContain(
        "reboot-self",
      );
    }
    expect(brain.memory.isolation?.rebooted).toBe(true);
    brain.group = {};
    brain.look(45, { database: ok(settled()), probes: calm });
    // A moment of health does not buy another reboot; a minute of it is the end of the incident.
    expect(brain.memory.isolation).toMatchObject({ rebooted: true, wellSinceMs: 45_000 });
    brain.look(105, { database: ok(settled()), probes: calm });
    expect(brain.memory.isolation).toBeNull();
  });

  test("both slaves silent, and this master leads all the same: a majority follows it, so it goes on", () => {
    const brain = restedMaster();
    brain.settings = { ...SETTINGS, FENCE_REBOOT_LONE_HOST: true };
    const dead = { h2: DEAD, h3: DEAD };
    const [last] = [10, 20, 30]
      .map((atS) => brain.look(atS, { database: ok(settled()), probes: dead }))
      .reverse();
    expect(short(last?.actions ?? []).filter((action) => /fence|reboot/.test(action))).toEqual([
      "fence-host h2",
    ]);
    expect(said(last?.reasons ?? [])).toContain("fence-waits h3");
    expect(kinds(last?.reasons ?? [])).not.toContain("isolated");
  });

  test("a probe that learnt nothing makes nobody silent: without a mandate nobody is fenced, and nobody reboots", () => {
    const brain = restedMaster();
    brain.settings = { ...SETTINGS, FENCE_REBOOT_LONE_HOST: true };
    failH3(brain);
    brain.memory = { ...brain.memory, incidents: {}, retries: {} };
    const probes = { h2: UNKNOWN, h3: DEAD };
    const decision = brain.look(40, { database: ok(settled()), probes, group: NOBODY_LEADS });
    const acts = kinds(decision.actions).filter((kind) => kind === "fence-host" || kind === "reboot-self");
    expect(acts).toEqual([]);
    expect(decision.reasons).toContainEqual({ kind: "fence-refused", host: "h3", why: "no-quorum" });
  });
});
