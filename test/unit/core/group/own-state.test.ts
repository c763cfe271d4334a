import { describe, expect, test } from "bun:test";
import { type GroupReport, type OwnSight, ownState } from "../../../../src/core/group/own-state.ts";
import { hostUuid, poolUuid } from "../../../../src/core/model/ids.ts";

const REPORT: GroupReport = {
  self: hostUuid("a"),
  pool: poolUuid("p"),
  port: 694,
  peers: [
    { host: hostUuid("b"), addresses: ["10.0.0.2", "192.0.2.2"] },
    { host: hostUuid("c"), addresses: [] },
  ],
  successor: null,
  maintenance: [],
  without: [],
  needsCompany: false,
  enabled: true,
  haWished: null,
  changes: 7,
  replaced: null,
  fetchAfterMs: 0,
};

const slaveOf = (masterAddress: string) => ({ kind: "slave", masterAddress }) as const;
const SIGHT: OwnSight = { role: slaveOf("10.0.0.2"), startComplete: true, xapi: "answers" };

describe("ownState", () => {
  const masters: readonly [string, OwnSight["role"], string | null][] = [
    ["a master follows itself", { kind: "master" }, "a"],
    ["a slave's master is named by its uuid", slaveOf("10.0.0.2"), "b"],
    ["whichever of its addresses pool.conf has", slaveOf("192.0.2.2"), "b"],
    ["an address of nobody that is known", slaveOf("10.9.9.9"), null],
    ["a broken host follows nobody", { kind: "broken" }, null],
    ["a role that cannot be read", { kind: "unknown", why: "x" }, null],
  ];
  for (const [title, role, master] of masters)
    test(title, () =>
      expect(ownState({ ...SIGHT, role }, REPORT)).toMatchObject({ role: role.kind, master }),
    );

  const states: readonly [OwnSight["xapi"], boolean, string][] = [
    ["answers", true, "serving"],
    ["answers", false, "starting"],
    ["lost", false, "lost"],
    ["silent", true, "silent"],
  ];
  for (const [xapi, startComplete, expected] of states)
    test(`xapi ${xapi}, start complete ${startComplete}: ${expected}`, () =>
      expect(ownState({ ...SIGHT, xapi, startComplete }, REPORT).xapi).toBe(expected as never));

  test("the rest is what the last iteration has told", () =>
    expect(ownState(SIGHT, REPORT)).toMatchObject({
      enabled: true,
      haWished: null,
      leaving: false,
      changes: 7,
    }));
});
