import { describe, expect, test } from "bun:test";
import {
  answersAsMaster,
  type GroupReport,
  mayReplace,
  type OwnSight,
  ownState,
} from "../../../../src/core/group/own-state.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
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
  office: null,
  fetchAfterMs: 0,
  leaseMs: null,
  tie: null,
  disarm: [],
};

const slaveOf = (masterAddress: string) => ({ kind: "slave", masterAddress }) as const;
const SIGHT: OwnSight = {
  role: slaveOf("10.0.0.2"),
  startComplete: true,
  xapi: "answers",
  isHeld: false,
  isLeaving: false,
};

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

  test("a xapi that is held is held, whatever it answered some seconds ago", () => {
    for (const xapi of ["answers", "lost", "silent"] as const)
      expect(ownState({ ...SIGHT, xapi, isHeld: true }, REPORT).xapi).toBe("held");
  });

  test("the rest is what the last iteration has told", () =>
    expect(ownState(SIGHT, REPORT)).toMatchObject({
      enabled: true,
      haWished: null,
      leaving: false,
      changes: 7,
    }));

  test("a monitor that is being stopped says that its host leaves", () =>
    expect(ownState({ ...SIGHT, isLeaving: true }, REPORT).leaving).toBe(true));

  const offices: readonly [string, OwnSight["role"], string | null][] = [
    ["a master says which office its database has", { kind: "master" }, "7.b.2"],
    ["a slave says none, whatever its iterations have read", slaveOf("10.0.0.2"), null],
    ["nor does a host whose role cannot be read", { kind: "unknown", why: "x" }, null],
  ];
  for (const [title, role, said] of offices)
    test(title, () => expect(ownState({ ...SIGHT, role }, { ...REPORT, office: "7.b.2" }).office).toBe(said));
});

describe("answersAsMaster", () => {
  const master: OwnState = ownState({ ...SIGHT, role: { kind: "master" } }, REPORT);
  const rows: readonly [string, OwnState | null, boolean][] = [
    ["a master", master, true],
    ["its start is not over", { ...master, xapi: "starting" }, true],
    ["its xapi is silent", { ...master, xapi: "silent" }, false],
    ["it is in emergency mode", { ...master, xapi: "lost" }, false],
    ["its xapi is held", { ...master, xapi: "held" }, false],
    ["a slave", { ...master, role: "slave" }, false],
    ["one that was never heard", null, false],
  ];
  for (const [title, own, answers] of rows)
    test(`${title}: ${answers}`, () => expect(answersAsMaster(own)).toBe(answers));
});

describe("mayReplace: can a host take the place of a master", () => {
  const slave = ownState(SIGHT, REPORT);
  const master = ownState({ ...SIGHT, role: { kind: "master" } }, REPORT);
  const rows: readonly [string, OwnState, boolean][] = [
    ["a slave that is enabled", slave, true],
    ["a slave in maintenance", { ...slave, enabled: false }, false],
    ["a slave whose iterations do not know the pool", { ...slave, enabled: null }, false],
    ["an enabled slave whose xapi is silent: it starts again as master", { ...slave, xapi: "silent" }, true],
    ["an enabled slave in emergency mode, whose master is dead", { ...slave, xapi: "lost" }, true],
    ["a master, which is one already", master, true],
    ["a master in maintenance", { ...master, enabled: false }, true],
    ["a master whose iterations do not know the pool", { ...master, enabled: null }, true],
    ["a broken host that was enabled", { ...slave, role: "broken" }, true],
    ["a broken host of which that is not known", { ...slave, role: "broken", enabled: null }, false],
  ];
  for (const [title, own, expected] of rows)
    test(`${title}: ${expected}`, () => expect(mayReplace(own)).toBe(expected));
});
