import { expect, test } from "bun:test";
import { hostRows } from "../../../../src/core/members/host-rows.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import {
  beginPromotion,
  MARK_SETTLE_MS,
  RESYNC_SETTLE_MS,
  stepPromotion,
} from "../../../../src/core/takeover/promotion.ts";
import { START_MARK_KEY } from "../../../../src/core/takeover/start-mark.ts";
import { ALIVE, database, goodView, healthIn, host, hostView, master, memoryWith } from "../fixtures.ts";

const BACK_MS = 60_000;
const MEMBER = host(3);

/** How long a member that is back, with its start "9." in the database, is given to compare its VMs. */
function givenMs(mark: string | null, { enabled = true, maintained = false } = {}): number | undefined {
  const promotion = beginPromotion({
    oldMaster: host(1),
    nowMs: 0,
    awaited: [MEMBER],
    inMaintenance: maintained ? [MEMBER] : [],
    startTimes: { [MEMBER]: "1." },
  });
  const otherConfig = mark === null ? {} : { [START_MARK_KEY]: mark };
  const hosts = [hostView(host(2)), hostView(MEMBER, { enabled, xapiStartTime: "9.", otherConfig })];
  const { view, memory } = master(2).input(0, {
    database: { ok: true, value: database(hosts) },
    probes: { [MEMBER]: ALIVE(host(2)) },
  });
  const rows = hostRows(memory, view);
  const { settledAtMs: all } = stepPromotion(promotion, { nowMs: BACK_MS, rows, writtenOff: [] });
  const settledAtMs = all[MEMBER];
  return settledAtMs === undefined ? undefined : settledAtMs - BACK_MS;
}

test("stepPromotion: one that has told this start needs no more time, one that tells its starts is waited for", () => {
  expect(givenMs("9.")).toBe(0);
  expect(givenMs("1.")).toBe(MARK_SETTLE_MS);
});

test("stepPromotion: one that never tells (HA-Lizard 2.x) is given some seconds", () => {
  expect(givenMs(null)).toBe(RESYNC_SETTLE_MS);
});

test("stepPromotion: in maintenance the mark alone may be the old database's; disabled otherwise, it is not back", () => {
  expect(givenMs("9.", { enabled: false, maintained: true })).toBe(RESYNC_SETTLE_MS);
  expect(givenMs("9.", { enabled: true, maintained: true })).toBe(0);
  expect(givenMs("9.", { enabled: false })).toBe(undefined);
});

/** Who is awaited of the one member, which was written off while it was silent. */
function awaited(now: "alive" | "failed", writtenOff: readonly HostUuid[]): readonly HostUuid[] {
  const input = { oldMaster: host(1), nowMs: 0, awaited: [MEMBER], inMaintenance: [] };
  const { view } = master(2).input(0, {});
  const look = (state: "alive" | "failed") =>
    hostRows(memoryWith({ lastGood: goodView(), health: { [MEMBER]: healthIn(state) } }), view);
  const begun = beginPromotion({ ...input, startTimes: { [MEMBER]: "1." } });
  const without = stepPromotion(begun, { nowMs: BACK_MS, rows: look("failed"), writtenOff: [MEMBER] });
  expect(without.awaited).toEqual([]);
  return stepPromotion(without, { nowMs: BACK_MS, rows: look(now), writtenOff }).awaited;
}

test("stepPromotion: who was written off and lives after all is awaited again", () => {
  expect(awaited("alive", [])).toEqual([MEMBER]);
  expect(awaited("failed", [])).toEqual([]);
  expect(awaited("alive", [MEMBER])).toEqual([]);
});

test("stepPromotion: the old master has a way back of its own, and is not awaited", () => {
  const old = host(1);
  const rows = hostRows(
    memoryWith({ lastGood: goodView(), health: { h1: healthIn("alive"), h3: healthIn("alive") } }),
    master(2).input(0, {}).view,
  );
  const input = { oldMaster: old, nowMs: 0, awaited: [], inMaintenance: [] };
  const begun = beginPromotion({ ...input, startTimes: { h1: "1.", h3: "1." } });
  const look = { nowMs: BACK_MS, rows, writtenOff: [] };
  expect(stepPromotion(begun, look).awaited).toEqual([MEMBER]);
  expect(stepPromotion({ ...begun, oldMaster: null }, look).awaited).toEqual([old, MEMBER]);
});
