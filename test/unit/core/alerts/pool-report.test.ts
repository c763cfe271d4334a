import { describe, expect, test } from "bun:test";
import { type HostLine, reportPool, UNSEEN_POOL } from "../../../../src/core/alerts/pool-report.ts";
import { NO_ALERTS } from "../../../../src/core/memory/alert-memory.ts";
import type { HostHealth } from "../../../../src/core/memory/host-health.ts";
import { emptyMemory } from "../../../../src/core/memory/memory.ts";
import { vmUuid } from "../../../../src/core/model/ids.ts";
import { database, goodView, healthIn, host, hostView, knownHost, master, slave } from "../fixtures.ts";
import { remembered } from "../memory/remembered.ts";

const { self } = master();

describe("reportPool", () => {
  test("a host that has never seen the pool knows who it is, and no more", () =>
    expect(reportPool(emptyMemory("boot-1"), self, null, 5_000)).toEqual({
      ...UNSEEN_POOL,
      host: "h1",
      role: "master",
    }));

  test("pool, master and successor by their names, and what holds now", () => {
    const hosts = [1, 2, 3].map((number) => knownHost(host(number), { name: `xcp${number}` }));
    const alerts = { ...NO_ALERTS, active: { "ha-off": "HA is off." } };
    const memory = remembered({ lastGood: goodView({ hosts, haFlag: "off", atMs: 1_000 }), alerts });
    expect(reportPool(memory, slave(2).self, null, 5_000)).toMatchObject({
      pool: "lab",
      host: "xcp2",
      role: "slave",
      ageMs: 4_000,
      ha: "off",
      master: "xcp1",
      successor: "xcp2",
      conditions: ["HA is off."],
    });
  });

  test("the master is not its own successor", () => {
    const lastGood = goodView({ ranking: [host(1), host(3)] });
    expect(reportPool(remembered({ lastGood }), self, null, 0).successor).toBe("h3");
  });
  test("a pool without a successor, and a master that nobody knows", () => {
    const lastGood = goodView({ ranking: [], master: host(9) });
    expect(reportPool(remembered({ lastGood }), self, null, 0)).toMatchObject({
      successor: null,
      master: null,
    });
  });
  test("a view of the future is of now", () =>
    expect(reportPool(remembered({ lastGood: goodView({ atMs: 9_000 }) }), self, null, 5_000).ageMs).toBe(0));
});

describe("reportPool: the state of a host", () => {
  const stateOfH2 = (health: HostHealth | null, enabled = true): HostLine["state"] | undefined => {
    const lastGood = goodView({ hosts: [knownHost(host(1)), knownHost(host(2), { enabled })] });
    const memory = remembered({ lastGood, health: health === null ? {} : { h2: health } });
    return reportPool(memory, self, null, 0).hosts[1]?.state;
  };
  const rows: readonly [string, ReturnType<typeof stateOfH2>, string][] = [
    ["as its health has it", stateOfH2(healthIn("suspect")), "suspect"],
    ["alive and disabled", stateOfH2(healthIn("alive"), false), "maintenance"],
    ["failed, though it is disabled", stateOfH2(healthIn("failed"), false), "failed"],
    ["not probed, enabled", stateOfH2(null), "not probed"],
    ["not probed, disabled", stateOfH2(null, false), "maintenance"],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected as never));

  test("this host itself, by the answer of its xapi", () => {
    const own = (xapiAnswers: boolean) =>
      reportPool(remembered(), { ...self, xapiAnswers }, null, 0).hosts[0]?.state;
    expect([own(true), own(false)]).toEqual(["alive", "xapi-down"]);
  });
});

describe("reportPool: VMs", () => {
  const residents = [
    { uuid: vmUuid("web"), homePool: null },
    { uuid: vmUuid("db"), homePool: null },
  ];
  test("as many as the database says, not known where it has no such host", () => {
    const read = database([hostView(host(1), { residents }), hostView(host(2))]);
    const { view } = master().input(0, { database: { ok: true, value: read } });
    expect(reportPool(remembered(), self, view, 0).hosts.map(({ vms }) => vms)).toEqual([2, 0, null]);
  });
  test("not known where it cannot be read", () => {
    const { view } = master().input(0, {});
    expect(reportPool(remembered(), self, view, 0).hosts.map(({ vms }) => vms)).toEqual([null, null, null]);
  });
});
