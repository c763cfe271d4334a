import { describe, expect, test } from "bun:test";
import type { Witness } from "../../../../src/core/model/action.ts";
import type { HostRuns } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { describeHold, whereabouts } from "../../../../src/core/restart/who-runs.ts";
import { host, runsThere, vm } from "../fixtures.ts";

const WEB = vm("web");
const witness = (number: number, over: Partial<Witness> = {}): Witness => ({
  ...{ host: host(number), isUnsettled: false, isExcused: false },
  ...over,
});
const NO = runsThere(host(1));
const YES = runsThere(host(1), [vm("db"), WEB]);
const own = (over: Partial<HostRuns["own"]>): HostRuns => ({ ...NO, own: { ...NO.own, ...over } });

/** What h1, the master, finds out about web when h2 and h3 have answered so. */
function found(h2: HostRuns | null, h3: HostRuns | null, over: readonly Witness[] = []) {
  const given: readonly (readonly [HostUuid, HostRuns | null])[] = [
    [host(2), h2],
    [host(3), h3],
  ];
  const answers = new Map(given.flatMap(([uuid, said]) => (said === null ? [] : [[uuid, said] as const])));
  const witnesses = over.length > 0 ? over : [witness(2), witness(3)];
  return describeHold(whereabouts(WEB, witnesses, answers, host(1)), (uuid) => uuid) ?? "it may be started";
}

describe("whereabouts", () => {
  const rows: readonly [string, HostRuns | null, HostRuns | null, string][] = [
    ["everybody says no", NO, NO, "it may be started"],
    ["one says yes", NO, YES, "it runs on h3, although the pool database says otherwise"],
    ["two say yes", YES, YES, "it runs on h2 and h3, although the pool database says otherwise"],
    [
      "a yes counts whatever others do not say",
      null,
      YES,
      "it runs on h3, although the pool database says otherwise",
    ],
    [
      "no answer is never a no",
      NO,
      null,
      "h3 has not answered whether it runs it (if that host is off: ha-cfg confirm-off h3)",
    ],
    [
      "a host that cannot list its domains",
      { ...NO, runs: "unknown" },
      NO,
      "h2 cannot tell whether it runs it, because its domains cannot be listed",
    ],
    [
      "the no of a host that follows another master",
      own({ master: host(3) }),
      NO,
      "h2 follows another master, which may be starting it there",
    ],
    [
      "the no of a host that follows nobody",
      own({ role: "broken", master: null }),
      NO,
      "h2 follows another master, which may be starting it there",
    ],
    ["the no of a host whose xapi is held", own({ master: null, xapi: "held" }), NO, "it may be started"],
    ["the no of a host whose xapi is silent", own({ xapi: "silent" }), NO, "it may be started"],
  ];
  for (const [title, h2, h3, expected] of rows)
    test(`whereabouts: ${title}: ${expected}`, () => expect(found(h2, h3)).toBe(expected));

  test("whereabouts: the silence of a host that is excused means nothing, and its yes is one", () => {
    const excused = [witness(2), witness(3, { isExcused: true })];
    expect([found(NO, null, excused), found(NO, YES, excused)]).toEqual([
      "it may be started",
      "it runs on h3, although the pool database says otherwise",
    ]);
  });

  test("whereabouts: the no of a host that has only just come back does not count, its yes does", () => {
    const unsettled = [witness(2, { isUnsettled: true }), witness(3)];
    expect(found(NO, NO, unsettled)).toStartWith("h2 has only just come back to this master");
    expect(found(YES, NO, unsettled)).toBe("it runs on h2, although the pool database says otherwise");
  });

  test("whereabouts: nobody is asked whose master is not known", () => {
    const answers = new Map([[host(2), NO]]);
    expect(whereabouts(WEB, [witness(2)], answers, null)).toEqual({
      kind: "not-known",
      host: host(2),
      why: "follows-another",
    });
  });
});
