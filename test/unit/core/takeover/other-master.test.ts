import { describe, expect, test } from "bun:test";
import type { PeerProbe, Role } from "../../../../src/core/model/pool-view.ts";
import { findOtherMaster, masterOf, reportNoMaster } from "../../../../src/core/takeover/other-master.ts";
import {
  ALIVE,
  address,
  DEAD,
  goodView,
  host,
  knownHost,
  MASTER,
  memoryWith,
  slaveRound,
} from "../fixtures.ts";

type Probes = Readonly<Record<string, PeerProbe>>;

describe("masterOf", () => {
  const following = (number: number): Role => ({ kind: "slave", masterAddress: address(host(number)) });
  test("masterOf: the host at the address that this slave follows, whoever was master before", () =>
    expect(masterOf(following(3), goodView())).toBe(host(3)));
  test("masterOf: by any address that it has", () => {
    const hosts = [1, 2, 3].map((number) =>
      knownHost(host(number), { otherAddresses: [`192.0.2.${number}`] }),
    );
    const role: Role = { kind: "slave", masterAddress: "192.0.2.3" };
    expect(masterOf(role, goodView({ hosts }))).toBe(host(3));
  });
  test("masterOf: at an address that nobody is known by, the last master", () =>
    expect(masterOf(following(9), goodView())).toBe(host(1)));
  test("masterOf: nobody when the pool was never seen, and nobody for a master", () => {
    expect(masterOf(following(1), null)).toBeNull();
    expect(masterOf({ kind: "master" }, goodView())).toBeNull();
  });
});

describe("findOtherMaster", () => {
  const hosts = [1, 2, 3, 4].map((number) => knownHost(host(number), { name: `h${number}` }));
  const other = (probes: Probes) => {
    const memory = memoryWith({ lastGood: goodView({ hosts }) });
    return findOtherMaster(host(1), memory, slaveRound(memory, { probes }).view);
  };
  const takenOver = (number: number, by: number) => ({
    kind: "taken-over" as const,
    host: `h${number}`,
    address: address(host(by)),
  });
  const rows: readonly [string, ReturnType<typeof other>, ReturnType<typeof other>][] = [
    ["all follow the one that has failed: none", other({ h1: DEAD, h3: ALIVE() }), null],
    ["the one that has failed says it is master: none", other({ h1: MASTER, h3: ALIVE() }), null],
    ["another one is master", other({ h1: DEAD, h3: MASTER }), takenOver(3, 3)],
    [
      "a member follows another one that has become a slave: none",
      other({ h1: DEAD, h3: ALIVE(host(4)), h4: ALIVE() }),
      null,
    ],
    [
      "a member follows another one that is silent",
      other({ h1: DEAD, h3: ALIVE(host(4)), h4: DEAD }),
      takenOver(3, 4),
    ],
    ["a member follows this host, which is a slave: none", other({ h1: DEAD, h3: ALIVE(host(2)) }), null],
    [
      "one that nobody knows is master",
      other({ h9: MASTER }),
      { kind: "taken-over", host: "h9", address: "" },
    ],
    ["nobody says anything: none", other({ h1: DEAD, h3: DEAD }), null],
  ];
  for (const [title, found, expected] of rows) {
    test(`findOtherMaster: ${title}`, () => expect(found).toEqual(expected));
  }
});

describe("reportNoMaster", () => {
  const report = (probes: Probes, lastGood: ReturnType<typeof goodView> | null = goodView()) => {
    const memory = memoryWith({ lastGood });
    return reportNoMaster(host(1), memory, slaveRound(memory, { probes }).view);
  };
  const isSlave = { kind: "master-is-slave", host: "h1", address: address(host(3)) } as const;
  const rows: readonly [string, ReturnType<typeof report>, ReturnType<typeof report>][] = [
    ["the master says that it is one", report({ h1: MASTER, h3: ALIVE() }), null],
    ["the master says nothing", report({ h1: DEAD, h3: MASTER }), null],
    [
      "it follows one that says that it is master",
      report({ h1: ALIVE(host(3)), h3: MASTER }),
      {
        kind: "taken-over",
        host: "h1",
        address: address(host(3)),
      },
    ],
    [
      "it follows one, and nobody says that it is master",
      report({ h1: ALIVE(host(3)), h3: ALIVE() }),
      isSlave,
    ],
  ];
  for (const [title, reason, expected] of rows) {
    test(`reportNoMaster: ${title}: ${expected?.kind ?? "nothing is said"}`, () =>
      expect(reason).toEqual(expected));
  }
  test("reportNoMaster: one that never saw the pool cannot tell who has taken over", () =>
    expect(report({ h1: ALIVE(host(3)), h3: MASTER }, null)).toMatchObject({ kind: "master-is-slave" }));
});
