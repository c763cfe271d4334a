import { expect, test } from "bun:test";
import { absorbAll } from "../../../src/core/absorb-all.ts";
import {
  database,
  fenceOf,
  haltedVm,
  host,
  incidentIn,
  memoryWith,
  SETTINGS,
  said,
  three,
} from "./fixtures.ts";
import { startVm } from "./starts.ts";

const input = {
  nowMs: 100_000,
  settings: SETTINGS,
  self: { role: { kind: "master" } } as const,
};

test("absorbAll: each end is learnt from by the memory that the one before has left", () => {
  const start = startVm();
  const seen = database(three(), { halted: [haltedVm(start.vm, { order: 7 })] });
  const view = { database: { ok: true, value: seen } } as const;
  const outcomes = [
    { action: fenceOf(host(3)), result: { kind: "done" } },
    { action: start, result: { kind: "done" } },
  ] as const;
  const memory = memoryWith({ incidents: incidentIn("fencing") });
  const learnt = absorbAll(memory, outcomes, { ...input, view });
  expect(learnt.memory.incidents["h3"]?.phase).toBe("fenced");
  expect(learnt.memory.restarts[start.vm]?.startedAtMs).toEqual([100_000]);
  expect(said(learnt.reasons)).toEqual(["host-fenced h3", "vm-started"]);
});

test("absorbAll: nothing ended, nothing learnt; nothing seen, and the end counts all the same", () => {
  const memory = memoryWith({ incidents: incidentIn("fencing") });
  expect(absorbAll(memory, [], { ...input, view: null })).toEqual({ memory, reasons: [] });
  const outcome = { action: fenceOf(host(3)), result: { kind: "done" } } as const;
  const { incidents } = absorbAll(memory, [outcome], { ...input, view: null }).memory;
  expect(incidents["h3"]?.phase).toBe("fenced");
});
