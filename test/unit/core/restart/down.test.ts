import { describe, expect, test } from "bun:test";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { MasterRound } from "../../../../src/core/memory/step.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { reportDown } from "../../../../src/core/restart/down.ts";
import { stopVerdicts } from "../../../../src/core/restart/stops.ts";
import { database, FLAG, haltedVm, master, ranIn, SETTINGS, three, vm } from "../fixtures.ts";

const MINUTE_S = 60;

function roundAt(atS: number, over: Partial<DatabaseView>, settings = SETTINGS): MasterRound {
  const read = database(three(), over);
  const round = master().input(atS, { database: { ok: true, value: read } });
  return { ...round, settings, database: read };
}
const look = (
  memory: Memory,
  atS: number,
  over: Partial<DatabaseView>,
  settings = SETTINGS,
  why: (key: string) => string | null = (key) => `because of ${key}`,
) => {
  const round = roundAt(atS, over, settings);
  return reportDown(memory, round, stopVerdicts(memory, round), why);
};
const start = emptyMemory("boot");
const halted = [haltedVm("web")];

describe("reportDown", () => {
  test("a VM that is down is told after five minutes, with its reason, and not before", () => {
    const first = look(start, 0, { halted });
    expect(first.reasons).toEqual([]);
    expect(look(first.memory, 5 * MINUTE_S - 1, { halted }).reasons).toEqual([]);
    const late = look(first.memory, 5 * MINUTE_S, { halted });
    expect(late.reasons).toEqual([
      { kind: "vm-down", vm: "web", uuid: vm("web"), why: `because of ${vm("web")}` },
    ]);
  });

  test("one that ran in between begins anew", () => {
    const first = look(start, 0, { halted });
    const up = look(first.memory, 4 * MINUTE_S, { halted: [] });
    expect(up.memory.down).toEqual({});
    const again = look(up.memory, 5 * MINUTE_S, { halted });
    expect(look(again.memory, 9 * MINUTE_S, { halted }).reasons).toEqual([]);
  });

  test("one that is not managed, never ran here, or belongs to another pool is not told", () => {
    const strangers = [
      haltedVm("never", { otherConfig: {} }),
      haltedVm("elsewhere", { otherConfig: ranIn("elsewhere", "pool-2") }),
    ];
    expect(look(start, 0, { halted: strangers }).memory.down).toEqual({});
    const flagged = { ...SETTINGS, GLOBAL_VM_HA: false };
    const unset = look(start, 0, { halted }, flagged);
    expect(unset.memory.down).toEqual({});
    const wanted = haltedVm("web", { otherConfig: { ...ranIn("web"), [FLAG]: "true" } });
    expect(Object.keys(look(start, 0, { halted: [wanted] }, flagged).memory.down)).toEqual([vm("web")]);
  });

  test("with OP_MODE=1 appliances are told, not their VMs, and none that is disabled", () => {
    const appliance = { uuid: "a1" as never, name: "shop", busy: false, haltedVms: [vm("web")] };
    const whole = { uuid: "a2" as never, name: "mail", busy: false, haltedVms: [] };
    const settings = { ...SETTINGS, OP_MODE: 1 as const };
    const over = { halted, appliances: [appliance, whole] };
    const first = look(start, 0, over, settings);
    expect(Object.keys(first.memory.down)).toEqual(["a1"]);
    expect(look(first.memory, 5 * MINUTE_S, over, settings).reasons).toMatchObject([
      { vm: "shop", uuid: null },
    ]);
    const disabled = { ...settings, DISABLED_VAPPS: ["a1"] };
    expect(look(start, 0, over, disabled).memory.down).toEqual({});
  });

  test("storage that was not read when a start failed is what is attached in the next round", () => {
    const supply = { hosts: [], freeBytes: 0, storage: null };
    const memory: Memory = {
      ...start,
      down: { [vm("web")]: { sinceMs: 0, failure: { why: "no SR", supply } } },
    };
    const next = look(memory, 60, { halted, storage: ["pbd-1"] });
    expect(next.memory.down[vm("web")]?.failure?.supply.storage).toEqual(["pbd-1"]);
    const later = look(next.memory, 120, { halted, storage: ["pbd-1", "pbd-2"] });
    expect(later.memory.down[vm("web")]?.failure?.supply.storage).toEqual(["pbd-1"]);
  });

  /** What is told when a pass sees these reasons, each at a time in seconds. */
  function toldOf(seen: readonly (readonly [number, string | null])[]): readonly (string | null)[] {
    let memory = start;
    return seen.map(([atS, why]) => {
      const step = look(memory, atS, { halted }, SETTINGS, () => why);
      memory = step.memory;
      const [reason] = step.reasons;
      return reason?.kind === "vm-down" ? reason.why : null;
    });
  }

  test("a reason that began in this second is not the one of five minutes: it is told when it has lasted for one", () => {
    expect(
      toldOf([
        [0, "held"],
        [299, "held"],
        [300, "asked"],
        [359, "asked"],
        [360, "asked"],
      ]),
    ).toEqual([...[null, null, null, null, "asked"]]);
  });

  test("what was told holds until something else has lasted, or there was nothing to tell for a minute", () => {
    const seen = [
      ...([
        [0, "A"],
        [300, "A"],
        [310, "B"],
        [320, null],
        [330, "A"],
        [389, null],
        [390, null],
      ] as const),
    ];
    expect(toldOf(seen)).toEqual([null, "A", "A", "A", "A", "A", null]);
  });

  test("a moment without a word does not begin a reason anew", () => {
    expect(
      toldOf([
        [0, null],
        [290, "asked"],
        [320, null],
        [350, "asked"],
      ]),
    ).toEqual([null, null, null, "asked"]);
  });

  test("where no reason lasts, that of the moment is told after two minutes of them, and then it holds", () => {
    const seen = [
      ...([
        [0, null],
        [300, "A"],
        [350, "B"],
        [419, "C"],
        [420, "D"],
        [421, "A"],
      ] as const),
    ];
    expect(toldOf(seen)).toEqual([null, null, null, null, "D", "D"]);
    // Not in the second in which the first of them began, however long the VM was down.
    expect(
      toldOf([
        [0, null],
        [900, "asked"],
      ]),
    ).toEqual([null, null]);
  });
});
