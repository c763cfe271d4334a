import { describe, expect, test } from "bun:test";
import { DisarmKeeper } from "../../../../src/app/daemons/disarm-keeper.ts";
import { type DisarmRecord, NO_DISARM } from "../../../../src/core/group/disarm.ts";
import { newGroup } from "../../../../src/core/group/group.ts";
import { newHearing } from "../../../../src/core/group/hearing.ts";
import { newVoting } from "../../../../src/core/group/voting.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { voter } from "../../core/group/votes.ts";

const RECORD: DisarmRecord = { word: 7, of: [{ host: null, leftMs: 60_000 }] };

/** What a monitor keeps, with the documents of its host. */
function keeper(documents: Map<string, unknown>, broken = false) {
  return new DisarmKeeper({
    load: async (name) =>
      documents.has(name) ? { kind: "found", value: documents.get(name) } : { kind: "none" },
    save: async (name, value) => {
      if (broken) throw new Error("the disk is full");
      documents.set(name, JSON.parse(JSON.stringify(value)));
    },
  });
}

function state(record: DisarmRecord, bootId = "boot") {
  const self = hostUuid("a");
  const { stored } = voter({ roll: "1a.1 abc" });
  const roll = stored.roll && { ...stored.roll, disarm: record };
  return newGroup(newHearing(self, bootId), newVoting(self, { ...stored, roll }, 0));
}

describe("DisarmKeeper: since when it counts", () => {
  const noted = (over: object = {}) =>
    new Map<string, unknown>([["disarm-count", { bootId: "boot", record: RECORD, sinceMs: 5_000, ...over }]]);
  const rows: readonly [string, Map<string, unknown>, number][] = [
    ["it has noted nothing", new Map(), 9_000],
    ["a monitor of this boot has noted it", noted(), 5_000],
    ["one of another boot has", noted({ bootId: "other" }), 9_000],
    ["of another roll", noted({ record: { ...RECORD, word: 6 } }), 9_000],
    ["in a time that has not come", noted({ sinceMs: 10_000 }), 9_000],
    ["it is no note", noted({ record: null }), 9_000],
  ];
  for (const [what, documents, expected] of rows)
    test(what, async () =>
      expect(await keeper(documents).tend(state(RECORD), 9_000)).toEqual({
        record: RECORD,
        sinceMs: expected,
      }),
    );

  test("it is noted for the next monitor", async () => {
    const documents = new Map<string, unknown>();
    await keeper(documents).tend(state(RECORD), 9_000);
    expect((await keeper(documents).tend(state(RECORD), 30_000)).sinceMs).toBe(9_000);
  });

  test("a disk that takes nothing is no hindrance", async () =>
    expect((await keeper(new Map(), true).tend(state(RECORD), 9_000)).sinceMs).toBe(9_000));

  test("where nothing rests nothing is noted", async () => {
    const documents = new Map<string, unknown>();
    expect((await keeper(documents).tend(state(NO_DISARM), 9_000)).record).toEqual(NO_DISARM);
    expect(documents.size).toBe(0);
  });
});
