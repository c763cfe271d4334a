import { describe, expect, test } from "bun:test";
import { recoverHosts } from "../../../../src/core/fencing/recover-hosts.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import {
  DEAD,
  goodView,
  healthIn,
  host,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
  said,
  short,
} from "../fixtures.ts";

describe("recoverHosts, brakes", () => {
  const hosts = [host(1), host(2), host(3), host(4), host(5)];
  const lastGood = goodView({ hosts: hosts.map((uuid) => knownHost(uuid)), members: hosts });
  const NOW_MS = 1_000_000;
  /** h1 leads a pool of five; h4 and h5 failed a second ago unless the test says otherwise. */
  const step = (over: Partial<Memory> = {}, situation: Situation = {}) => {
    const failed = healthIn("failed", { sinceMs: NOW_MS - 1_000 });
    const memory = memoryWith({ lastGood, health: { h4: failed, h5: failed }, ...over });
    const round = masterRound(memory, {
      nowMs: NOW_MS,
      probes: { h4: DEAD, h5: DEAD },
      group: { roll: { hosts } },
      ...situation,
    });
    const {
      actions,
      reasons,
      memory: after,
    } = recoverHosts(memory, [host(4), host(5)], round, { mayFence: true, fenceOnly: false });
    return [short(actions).join(), said(reasons).join(), after.fencingStoppedSinceMs] as const;
  };
  const lone = {
    health: { h4: healthIn("failed", { sinceMs: 0 }), h5: healthIn("failed", { sinceMs: NOW_MS }) },
  };

  test("two of five fail together: one after the other is fenced", () => {
    expect(step()).toEqual(["fence-host h4", "fence-waits h5", null]);
    expect(step({}, { inFlight: ["fence-host:h4"] })).toEqual(["", "fence-waits h5", null]);
    const first = incidentIn("fenced", { uuid: host(4), openedAtMs: NOW_MS });
    expect(step({ incidents: first })).toEqual(["declare-host-dead h4,fence-host h5", "", null]);
  });
  test("whoever was tried least has the next turn", () =>
    expect(step({ retries: { "fence-host:h4": { failures: 1, notBeforeMs: NOW_MS - 5 } } })).toEqual([
      "fence-host h5",
      "fence-waits h4",
      null,
    ]));
  test("a fence that has failed and waits holds up no other one", () =>
    expect(step({ retries: { "fence-host:h4": { failures: 1, notBeforeMs: NOW_MS + 5 } } })).toEqual([
      "fence-host h5",
      "",
      null,
    ]));
  test("one after the other has failed: both are fenced", () =>
    expect(step(lone)).toEqual(["fence-host h4,fence-host h5", "", null]));

  const many = { fencedAtMs: { h1: [NOW_MS - 60_000], h2: [NOW_MS - 50_000], h3: [NOW_MS - 40_000] } };
  test("two of five were fenced: a further one, and no more before it is known whether that was the last one", () => {
    const two = { h1: [NOW_MS - 60_000], h2: [NOW_MS - 50_000] };
    expect(step({ fencedAtMs: two, ...lone })).toEqual(["fence-host h4", "fence-waits h5", null]);
  });
  const refused = "fence-refused h4 too-many-fenced,fence-refused h5 too-many-fenced";
  test("more than half of the pool was fenced within ten minutes: nobody further, until a person says so", () => {
    expect(step({ ...many, ...lone })).toEqual(["", refused, NOW_MS]);
    expect(step({ fencingStoppedSinceMs: 5, ...lone })).toEqual(["", refused, 5]);
    const resumed = { fencingResumedAtMs: NOW_MS - 10 };
    expect(step({ ...many, ...lone }, resumed)).toEqual(["fence-host h4,fence-host h5", "", null]);
  });
  test("an administrator's word about one host is taken all the same", () => {
    const group = { roll: { hosts }, confirmedOff: [host(4)] };
    expect(step({ ...many, ...lone }, { group })[1]).toBe(
      "host-confirmed-off h4,fence-refused h5 too-many-fenced",
    );
  });
});
