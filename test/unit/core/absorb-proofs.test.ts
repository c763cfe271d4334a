import { describe, expect, test } from "bun:test";
import { absorb } from "../../../src/core/absorb.ts";
import type { IncidentPhase } from "../../../src/core/memory/incident.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import { type Action, actionKey, type Result } from "../../../src/core/model/action.ts";
import { host, incidentIn, memoryWith, SETTINGS, said } from "./fixtures.ts";
import { startShop, startVm } from "./starts.ts";

const NOW_MS = 100_000;
const DONE: Result = { kind: "done" };
const LATE: Result = { kind: "failed", detail: "no end within 20 s" };
const rests = [host(3)];
const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
const promote: Action = { kind: "promote-self", rests, route: null };
const start = startVm(rests);
const startBoth = startShop(rests);

/** What is said of the end of an action, and the memory after it. */
function end(action: Action, result: Result, over: Partial<Memory> = {}, nowMs = NOW_MS) {
  const context = { nowMs, settings: SETTINGS, isSlave: false, halted: new Map(), supply: null };
  const { memory, reasons } = absorb(memoryWith(over), { action, result }, context);
  return { memory, reasons, says: said(reasons).join(), incident: memory.incidents["h3"] };
}

describe("absorb, a proof that was taken again", () => {
  const over: Result = {
    kind: "unproved",
    host: host(3),
    isOver: true,
    why: "its device says that it is on",
  };
  const doubted: Result = { kind: "unproved", host: host(3), isOver: false, why: "no answer" };
  const proved = (phase: IncidentPhase) => ({
    incidents: incidentIn(phase, { proved: true, offSinceMs: 5 }),
  });

  const phases: readonly [IncidentPhase, IncidentPhase, string][] = [
    ["fenced", "open", "proof-over h3"],
    ["declared", "switched-on", "proof-over h3"],
    ["open", "open", ""],
    ["fencing", "fencing", ""],
    ["answered", "answered", ""],
    ["switched-on", "switched-on", ""],
    ["returned", "returned", ""],
  ];
  for (const [phase, next, says] of phases)
    test(`absorb: the device of a host says on whose incident is ${phase}: ${says === "" ? "no news" : next}`, () => {
      const after = end(start, over, proved(phase));
      expect([after.incident?.phase, after.says]).toEqual([next, says]);
      const switchedOnAtMs = phase === "declared" ? NOW_MS : null;
      expect(after.incident).toMatchObject({ proved: says === "", offSinceMs: 5, switchedOnAtMs });
    });

  test("absorb: two starts find the same proof over: it is told once, and neither waits", () => {
    const first = end(start, over, proved("declared"));
    const second = end(startBoth, over, first.memory);
    expect([first.says, second.says]).toEqual(["proof-over h3", ""]);
    expect([second.memory.retries, second.memory.down, second.memory.restarts]).toEqual([{}, {}, {}]);
    expect(second.memory.incidents).toEqual(first.memory.incidents);
  });

  test("absorb: a proof is over whose incident is over as well: nobody's", () => {
    const { memory, says } = end(start, over);
    expect([memory.incidents, says]).toEqual([{}, ""]);
  });

  for (const action of [start, startBoth, declare, promote])
    test(`absorb: ${action.kind} on a proof that is doubted waits ten seconds, and the incident stays`, () => {
      const { memory, reasons } = end(action, doubted, proved("fenced"));
      expect(memory.retries[actionKey(action)]).toEqual({ failures: 0, notBeforeMs: NOW_MS + 10_000 });
      expect(memory.incidents).toEqual(proved("fenced").incidents);
      expect(reasons).toEqual([{ kind: "proof-doubted", host: "h3", why: "no answer" }]);
    });

  test("absorb: a doubt is no failure, and forgets none", () => {
    const retries = { [actionKey(declare)]: { failures: 3, notBeforeMs: 5 } };
    const { memory } = end(declare, doubted, { ...proved("fenced"), retries });
    expect(memory.retries[actionKey(declare)]).toEqual({ failures: 3, notBeforeMs: NOW_MS + 10_000 });
  });

  test("absorb: a doubt is told once in five minutes, whatever it holds up; that of another host on its own", () => {
    const first = end(declare, doubted, proved("fenced")).memory;
    const told = (nowMs: number, result = doubted, action: Action = start) =>
      end(action, result, first, nowMs).says;
    expect(told(NOW_MS)).toBe("");
    expect(told(NOW_MS + 299_999, doubted, declare)).toBe("");
    expect(told(NOW_MS + 300_000)).toBe("proof-doubted h3 no answer");
    expect(told(NOW_MS, { ...doubted, host: host(2) })).toBe("proof-doubted h2 no answer");
  });
});

describe("absorb, a host that is switched on", () => {
  const switchOn: Action = { kind: "switch-on-host", host: host(3) };
  const off = { incidents: incidentIn("declared", { proved: true, offSinceMs: 5 }) };

  test("absorb: it boots, nothing proves any more that it is off, and that is told", () => {
    const { incident, says } = end(switchOn, DONE, off);
    expect(says).toBe("host-switched-on h3");
    expect(incident).toEqual({
      ...off.incidents["h3"],
      ...{ phase: "switched-on", proved: false, switchedOnAtMs: NOW_MS },
    } as typeof incident);
  });

  test("absorb: a device that fails is told, and tried again; the host is off as before", () => {
    const { memory, says } = end(switchOn, LATE, off);
    expect([says, memory.incidents]).toEqual(["action-failed no end within 20 s", off.incidents]);
    expect(memory.retries["switch-on-host:h3"]).toEqual({ failures: 1, notBeforeMs: NOW_MS + 15_000 });
  });

  test("absorb: what has failed again since is not on by that", () => {
    for (const phase of ["open", "fencing", "answered", "returned"] as const)
      expect(end(switchOn, DONE, { incidents: incidentIn(phase) }).memory.incidents).toEqual(
        incidentIn(phase),
      );
    expect(end(switchOn, DONE).memory.incidents).toEqual({});
  });
});
