import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { holdStarts } from "../../../../src/core/takeover/hold-starts.ts";
import type { Mastership } from "../../../../src/core/takeover/mastership.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { ALIVE, host, masterRound, memoryWith, type Situation } from "../fixtures.ts";
import { isLedBy } from "../sight.ts";

const probes = { h2: ALIVE(), h3: ALIVE() };
const promotion = beginPromotion({
  oldMaster: host(3),
  nowMs: 0,
  awaited: [],
  inMaintenance: [],
  startTimes: {},
});
const promoted = { oldMaster: host(3), epoch: 1 };
const unproven = { kind: "unproven", followers: 0, members: 3 } as const;
const NOT = "silently: this host does not lead the group";
const gathering = { wholeSinceMs: null };

/** Where a round of a master whose pool is at rest differs. */
type Case = Situation & { readonly memory?: Partial<Memory>; readonly mastership?: Mastership };

function hold({ memory: over, mastership = { kind: "undisputed" }, ...situation }: Case): string {
  const memory = memoryWith(over);
  const found = holdStarts(memory, { ...masterRound(memory, { probes, ...situation }), mastership });
  return found === null
    ? "starts"
    : `${found.reasons.map(({ kind }) => kind).join(" ") || "silently"}: ${found.why}`;
}

describe("holdStarts", () => {
  test("nothing speaks against starts in a pool at rest", () => expect(hold({})).toBe("starts"));

  const rows: readonly [string, Case, string][] = [
    [
      "a take-over is open",
      { memory: { promotion } },
      "silently: the take-over by this master is not complete",
    ],
    [
      "SLAVE_HA=0 after a promotion",
      { memory: { promoted }, settings: { SLAVE_HA: false } },
      "silently: SLAVE_HA=0",
    ],
    ["SLAVE_HA=1 after a promotion", { memory: { promoted } }, "starts"],
    [
      "members follow somebody else",
      { mastership: { kind: "calls-back", members: [host(2)] } },
      "waits-for-members: these members have neither come back nor been fenced: h2 (if that host is off: ha-cfg confirm-off h2)",
    ],
    [
      "several follow somebody else",
      { mastership: { kind: "calls-back", members: [host(2), host(3)] } },
      "waits-for-members: these members have neither come back nor been fenced: h2, h3 (for each that is off: ha-cfg confirm-off)",
    ],
    ["too few follow, and a majority has chosen this host", { mastership: unproven }, "starts"],
    ["another host leads", { group: isLedBy(host(2)) }, NOT],
    ["its mandate is over", { group: { mandateUntilMs: 999_999 } }, "silently: this host does not lead"],
    ["its monitor says nothing", { hearing: "unknown" }, NOT],
    [
      "it leads, and the group names another master",
      { group: { roll: { master: host(2) } } },
      "silently: the group has named another host as master",
    ],
    ["a take-over is open, and another host leads", { memory: { promotion }, group: isLedBy(host(2)) }, NOT],
    [
      "a member is missing",
      { memory: { gathering }, probes: { h2: ALIVE() } },
      "waits-for-members: these members have neither come back nor been fenced: h3",
    ],
    [
      "all have only just come back",
      { memory: { gathering } },
      "silently: the members have only just come back",
    ],
  ];
  for (const [title, situation, expected] of rows)
    test(`${title}: ${expected}`, () => expect(hold(situation)).toStartWith(expected));
});
