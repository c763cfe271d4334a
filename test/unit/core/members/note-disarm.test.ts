import { describe, expect, test } from "bun:test";
import { noteDisarm } from "../../../../src/core/members/note-disarm.ts";
import type { DisarmSight } from "../../../../src/core/model/group-sight.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { goodView, host, masterRound, memoryWith } from "../fixtures.ts";
import { NOBODY_LEADS, type SightOver } from "../sight.ts";

const POOL: DisarmSight = { host: null, leftMs: 119_000 };
const SECOND: DisarmSight = { host: host(2), leftMs: 60_000 };

/** What is said of it, and what is remembered. */
function note(
  before: readonly (HostUuid | null)[],
  disarms: readonly DisarmSight[],
  over: SightOver = {},
): string {
  const memory = memoryWith({ lastGood: goodView(), disarmed: before });
  const group = over.roll === null ? over : { ...over, roll: { disarms, ...over.roll } };
  const { memory: after, reasons } = noteDisarm(memory, masterRound(memory, { group }).view);
  const told = reasons.map((reason) => {
    if (reason.kind !== "disarmed" && reason.kind !== "armed") return reason.kind;
    const span = reason.kind === "disarmed" ? ` ${reason.minutes}` : "";
    return `${reason.kind} ${reason.host ?? "pool"}${span}${reason.mine ? "" : " (log)"}`;
  });
  return [told.join(", ") || "nothing", after.disarmed.map((one) => one ?? "pool").join(" ") || "-"].join(
    "; ",
  );
}

describe("noteDisarm", () => {
  const rows: readonly [string, string, string][] = [
    ["nothing rests", note([], []), "nothing; -"],
    ["the pool begins to rest", note([], [POOL]), "disarmed pool 2; pool"],
    ["it goes on", note([null], [POOL]), "nothing; pool"],
    ["a host as well", note([null], [POOL, SECOND]), "disarmed h2 1; pool h2"],
    ["it ends", note([null], []), "armed pool; -"],
    ["one ends and another begins", note([null], [SECOND]), "armed pool, disarmed h2 1; h2"],
    ["who does not lead only logs it", note([], [POOL], NOBODY_LEADS), "disarmed pool 2 (log); pool"],
    ["HA off has ended it", note([null], [], { roll: { ha: false } }), "nothing; -"],
    ["a host that is in no group knows nothing new", note([null], [], { roll: null }), "nothing; pool"],
  ];
  for (const [what, seen, expected] of rows) test(`${what}: ${expected}`, () => expect(seen).toBe(expected));
});
