import { expect, test } from "bun:test";
import { emptyMemory, onlyReturned, parseMemory } from "../../../../src/core/memory/memory.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { database, host, hostView, incidentIn, memoryWith } from "../fixtures.ts";
import { takeOver } from "./remembered.ts";

const promotion = takeOver({ sinceMs: 1_000 });
const written = (changes: object): unknown =>
  JSON.parse(JSON.stringify({ ...emptyMemory("boot"), promotion: { ...promotion, ...changes } }));

test("parseMemory: what was written is read again", () => {
  expect(parseMemory(written({}))).toEqual({ ...emptyMemory("boot"), promotion });
});

test("parseMemory: a take-over that is damaged is no memory", () => {
  expect(parseMemory(written({ sinceMs: "soon" }))).toBeNull();
  expect(parseMemory(written({ phase: undefined }))).toBeNull();
});

test("parseMemory: whose lists of domains agree is read again, and anything else there is none", () => {
  const agreed = { h2: { atMs: 5, bootId: "boot-2" }, h3: null };
  const read = (said: unknown) => parseMemory({ ...emptyMemory("boot"), agreed: said });
  expect(read(agreed)?.agreed).toEqual(agreed);
  expect([read({ h2: 5 }), read({ h2: { atMs: 5 } }), read([])]).toEqual([null, null, null]);
});

test("parseMemory: since when fencing has stopped is read again, and anything else there is no memory", () => {
  const read = (said: unknown) => parseMemory({ ...emptyMemory("boot"), fencingStoppedSinceMs: said });
  expect([read(5)?.fencingStoppedSinceMs, read(null)?.fencingStoppedSinceMs]).toEqual([5, null]);
  expect([read("5"), read(true)]).toEqual([null, null]);
});

test("onlyReturned: a host that came back, unless it was seen enabled since; nothing of one that is not over", () => {
  const memory = memoryWith({ incidents: incidentIn("returned") });
  const seen = (enabled: boolean) => database([hostView(host(3), { enabled })]);
  const kept = (read: DatabaseView | null) => Object.keys(onlyReturned(memory, read));
  expect([kept(null), kept(database([])), kept(seen(false)), kept(seen(true))]).toEqual([
    ["h3"],
    ["h3"],
    ["h3"],
    [],
  ]);
  expect(onlyReturned(memoryWith({ incidents: incidentIn("fenced") }), null)).toEqual({});
});
