import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { standDown } from "../../../../src/core/takeover/stand-down.ts";
import {
  ALIVE,
  address,
  DEAD,
  healthIn,
  host,
  MASTER,
  masterRound,
  memoryWith,
  type Situation,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

const RIVAL: OwnState = { ...OWN, role: "master", master: host(2) };
const FOLLOW = { kind: "follow-master", address: address(host(2)) } as const;

/** h1 was away; h2 is master, and h3 follows it. */
function stand(over: Partial<Memory> = {}, situation: Situation = {}, rival = host(2)) {
  const health = { h2: healthIn("alive"), h3: healthIn("alive") };
  const memory = memoryWith({ sawPoolSinceBoot: false, health, ...over });
  const mastership = { kind: "rival", host: rival, address: address(rival) } as const;
  const probes: Record<string, PeerProbe> = { h2: MASTER, h3: ALIVE(host(2)) };
  const heard = hearing(peer(2, { own: RIVAL }));
  const round = { ...masterRound(memory, { probes, hearing: heard, ...situation }), mastership };
  return standDown(memory, mastership, round);
}

describe("standDown", () => {
  test("standDown: one that was away follows another master that lives and has followers, and says so", () => {
    const { actions, reasons } = stand();
    expect(actions).toEqual([FOLLOW]);
    expect(reasons).toEqual([{ kind: "rival-master", host: "h2", address: address(host(2)) }]);
  });

  const promotion = beginPromotion({
    oldMaster: host(3),
    nowMs: 0,
    awaited: [],
    inMaintenance: [],
    startTimes: {},
  });
  const dead = { health: { h2: healthIn("failed"), h3: healthIn("alive") } };
  const rows: readonly [string, ReturnType<typeof stand>][] = [
    ["it was never away", stand({ sawPoolSinceBoot: true })],
    ["it is taking over itself", stand({ promotion })],
    ["it has taken over itself", stand({ promoted: { oldMaster: host(3), epoch: 1 } })],
    ["nobody follows the other one", stand({}, { probes: { h2: MASTER, h3: ALIVE() } })],
    ["nobody but the other one itself follows it", stand({}, { probes: { h2: ALIVE(host(2)), h3: DEAD } })],
    ["the other one does not live", stand(dead)],
    ["the other one is not heard", stand({}, { hearing: hearing(peer(2, { heard: "silent", own: null })) })],
    ["the other one says that it is a slave", stand({}, { hearing: hearing(peer(2)) })],
    ["the other one is no host of this pool", stand({}, { probes: { h3: ALIVE(host(9)) } }, host(9))],
    ["it is being made a follower", stand({}, { inFlight: ["follow-master"] })],
  ];
  for (const [title, { actions, reasons }] of rows) {
    test(`standDown: ${title}: it only says so`, () => expect([actions, reasons.length]).toEqual([[], 1]));
  }

  /** h1 was never away; nobody answers or, unless `heard` is given, is heard, and the group names h2. */
  const named = (
    over: Partial<Memory> = {},
    group: SightOver = {},
    rival = host(2),
    heard?: Situation["hearing"],
  ) =>
    stand(
      { sawPoolSinceBoot: true, health: { h2: healthIn("failed"), h3: healthIn("failed") }, ...over },
      {
        probes: { h2: DEAD, h3: DEAD },
        hearing: heard,
        group: { ...group, roll: { master: host(2), ...group.roll } },
      },
      rival,
    );
  const replaced = (number: number) => ({ promoted: { oldMaster: host(number), epoch: 1 } });
  /** It is taking over from that host, and h2 says this of itself. */
  const taking = (number: number, own?: OwnState) => {
    const heard = own === undefined ? undefined : hearing(peer(2, { own }));
    return named({ promotion: { ...promotion, oldMaster: host(number) } }, {}, host(2), heard);
  };
  const followed: readonly [string, ReturnType<typeof stand>][] = [
    ["though it was never away, and that one is dead", named()],
    ["where another one leads, too", named({}, isLedBy(host(3)))],
    ["though it has replaced another one", named(replaced(3))],
    ["though it has replaced that one long ago", named(replaced(2))],
    ["though it was away as well", named({ sawPoolSinceBoot: false })],
    ["which says that it is master, though this one is taking over from it", taking(2, RIVAL)],
    ["which says that it is master, though this one is taking over from another one", taking(3, RIVAL)],
  ];
  for (const [title, { actions, reasons }] of followed)
    test(`standDown: one that the group has not named follows the one that it has: ${title}`, () => {
      expect(actions).toEqual([FOLLOW]);
      expect(reasons).toEqual([{ kind: "rival-master", host: "h2", address: address(host(2)) }]);
    });

  const stays: readonly [string, ReturnType<typeof stand>][] = [
    ["it is taking over from that one, which is not heard", taking(2)],
    ["it is taking over from that one, which says that it is a slave", taking(2, OWN)],
    ["it is taking over from another one, and the named one is not heard", taking(3)],
    ["the rival is another than the named one", named({}, {}, host(3))],
    ["nobody leads, so nobody is named", named({}, NOBODY_LEADS)],
    ["the roll is not settled", named({}, { roll: { settled: false } })],
    ["nobody knows an address of the named one", named({}, { roll: { master: host(9) } }, host(9))],
  ];
  for (const [title, { actions, reasons }] of stays)
    test(`standDown: the group has named another one, and ${title}: it only says so`, () =>
      expect([actions, reasons.length]).toEqual([[], 1]));
});
