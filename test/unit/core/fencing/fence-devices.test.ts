import { describe, expect, test } from "bun:test";
import type { Action } from "../../../../src/core/model/action.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { ALIVE, type Brain, DEAD, database, FLAG, host, master, SETTINGS, three } from "../fixtures.ts";

const DAY_S = 86_400;
const ok = (value: DatabaseView) => ({ ok: true, value }) as const;
const calm = { h2: ALIVE(), h3: ALIVE() };

function settled(): DatabaseView {
  const marks = ["master", "healthy", "healthy"];
  return database(three().map((view, index) => ({ ...view, otherConfig: { [FLAG]: marks[index] ?? "" } })));
}

/** A master of a quiet pool that has looked at the devices at 300 s and found this. */
function looked(wrong: Readonly<Record<string, string>> = {}): Brain {
  const brain = master();
  brain.look(0, { database: ok(settled()), probes: calm });
  const action = checkAt(brain, 300);
  if (action === null) throw new Error("no look at the devices");
  brain.finish(action, { kind: "checked", wrong }, 302);
  return brain;
}

function checkAt(
  brain: Brain,
  atS: number,
  probes: Parameters<Brain["look"]>[1]["probes"] = calm,
): Action | null {
  const { actions } = brain.look(atS, { database: ok(settled()), probes });
  return actions.find(({ kind }) => kind === "check-fence-devices") ?? null;
}

describe("watchFenceDevices", () => {
  test("not in the first five minutes after a boot, then every host, and which of them is up", () => {
    const brain = master();
    expect(checkAt(brain, 0)).toBe(null);
    expect(checkAt(brain, 299)).toBe(null);
    expect(checkAt(brain, 300)).toEqual({
      kind: "check-fence-devices",
      method: SETTINGS.FENCE_METHOD,
      hosts: [1, 2, 3].map((number) => ({ host: host(number), live: true })),
    });
  });

  test("once a day when all is well", () => {
    const brain = looked();
    expect(checkAt(brain, 302 + DAY_S - 1)).toBe(null);
    expect(checkAt(brain, 302 + DAY_S)).not.toBe(null);
  });

  test("a silent device is a condition as long as it lasts, asked again after an hour, and its return is told", () => {
    const brain = looked({ [host(3)]: "IPMI: no answer" });
    const { reasons } = brain.look(310, { database: ok(settled()), probes: calm });
    expect(reasons).toContainEqual({ kind: "fence-device-wrong", host: "h3", why: "IPMI: no answer" });
    expect(checkAt(brain, 302 + 3_599)).toBe(null);
    const again = checkAt(brain, 302 + 3_600);
    if (again === null) throw new Error("not asked again");
    const told = brain.finish(again, { kind: "checked", wrong: {} }, 3_910);
    expect(told).toEqual(["fence-device-back"]);
    const after = brain.look(3_920, { database: ok(settled()), probes: calm });
    expect(after.reasons.map(({ kind }) => kind)).not.toContain("fence-device-wrong");
  });

  test("another FENCE_METHOD is looked at anew; POOL and FENCE_ENABLED=0 have no devices", () => {
    const brain = looked();
    brain.settings = { ...SETTINGS, FENCE_METHOD: "REDFISH,POOL" };
    expect(checkAt(brain, 400)).toMatchObject({ method: "REDFISH,POOL" });
    brain.settings = { ...SETTINGS, FENCE_METHOD: "POOL" };
    expect(checkAt(brain, 2 * DAY_S)).toBe(null);
    brain.settings = { ...SETTINGS, FENCE_ENABLED: false };
    expect(checkAt(brain, 3 * DAY_S)).toBe(null);
  });

  test("not while a host is being recovered", () => {
    const brain = looked();
    const h3dead = { h2: ALIVE(), h3: DEAD };
    for (const atS of [DAY_S, DAY_S + 10, DAY_S + 20])
      brain.look(atS, { database: ok(settled()), probes: h3dead });
    expect(checkAt(brain, DAY_S + 400, h3dead)).toBe(null);
  });
});
