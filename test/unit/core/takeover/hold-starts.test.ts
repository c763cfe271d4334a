import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionPhase } from "../../../../src/core/memory/promotion.ts";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import { whyNoStarts } from "../../../../src/core/takeover/hold-starts.ts";
import { ALIVE, database, host, masterRound, memoryWith, type Situation, three } from "../fixtures.ts";
import { isLedBy } from "../sight.ts";

const probes = { h2: ALIVE(), h3: ALIVE() };
const taking = (phase: PromotionPhase) => ({ promotion: { oldMaster: host(3), sinceMs: 0, phase } });
const promoted = { oldMaster: host(3) };
const NOT = "this host does not lead the group";
const RIGHTING = "the pool database has not been corrected yet";

/** Where a round of a master whose pool is at rest differs. */
type Case = Situation & { readonly memory?: Partial<Memory> };

function why({ memory: over, ...situation }: Case): string {
  const memory = memoryWith(over);
  return whyNoStarts(memory, masterRound(memory, { probes, ...situation })) ?? "starts";
}

/** A database in which the master has not written by which roll it was named, or by an older one. */
function withOffice(office: string | undefined) {
  const read = database(three());
  const { [OFFICE_KEY]: _, ...others } = read.pool.otherConfig;
  const otherConfig = office === undefined ? others : { ...others, [OFFICE_KEY]: office };
  return { ...read, pool: { ...read.pool, otherConfig } };
}

describe("whyNoStarts", () => {
  const rows: readonly [string, Case, string][] = [
    ["in a pool at rest", {}, "starts"],
    ["its take-over waits to be named", { memory: taking("proved") }, RIGHTING],
    ["XAPI is becoming master", { memory: taking("promoting") }, RIGHTING],
    ["its pool database is being corrected", { memory: taking("righting") }, RIGHTING],
    ["members are still coming back", { memory: taking("righted") }, "starts"],
    [
      "its database has no office",
      { database: withOffice(undefined) },
      "this master has not written its office",
    ],
    [
      "its database has an older office",
      { database: withOffice("1.h3.1") },
      "this master has not written its office",
    ],
    ["SLAVE_HA=0 after a promotion", { memory: { promoted }, settings: { SLAVE_HA: false } }, "SLAVE_HA=0"],
    ["SLAVE_HA=1 after a promotion", { memory: { promoted } }, "starts"],
    [
      "SLAVE_HA=0 while the members come back",
      { memory: taking("righted"), settings: { SLAVE_HA: false } },
      "SLAVE_HA=0",
    ],
    [
      "SLAVE_HA=0, and no host was replaced",
      {
        memory: { promotion: { oldMaster: null, sinceMs: 0, phase: "righted" } },
        settings: { SLAVE_HA: false },
      },
      "starts",
    ],
    ["another host leads", { group: isLedBy(host(2)) }, NOT],
    ["its mandate is over", { group: { mandateUntilMs: 999_999 } }, NOT],
    ["its monitor says nothing", { hearing: "unknown" }, NOT],
    [
      "it leads, and the group names another master",
      { group: { roll: { master: host(2) } } },
      "this master has not written its office",
    ],
    [
      "a take-over is open, and another host leads",
      { memory: taking("righting"), group: isLedBy(host(2)) },
      NOT,
    ],
  ];
  for (const [title, situation, expected] of rows)
    test(`${title}: ${expected}`, () => expect(why(situation)).toStartWith(expected));
});
