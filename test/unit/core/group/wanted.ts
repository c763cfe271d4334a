import { expect, test } from "bun:test";
import type { RollContent } from "../../../../src/core/group/change-roll.ts";
import type { RollHost } from "../../../../src/core/group/roll.ts";
import { wantedRoll } from "../../../../src/core/group/wanted-roll.ts";
import type { DisarmWord } from "../../../../src/core/model/disarm-words.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";
import { groupState, MASTER, type Others } from "./states.ts";
import { A, ago, NOW_MS, type Voter } from "./votes.ts";

/** What a leader sees of its pool. */
export interface Given {
  readonly self?: HostUuid;
  readonly own?: Partial<OwnState>;
  readonly bootId?: string;
  /** Besides b and c, or a and c where b leads; undefined: it is not in the pool. */
  readonly others?: Readonly<Record<string, Others[string] | undefined>>;
  readonly said?: Voter["said"];
  /** Since how many seconds hosts are absent from the pool and silent. */
  readonly absent?: Readonly<Record<string, number>>;
  /** As the XAPI master knows it. */
  readonly maintenance?: readonly HostUuid[];
  /** Those on the roll that are in maintenance there. */
  readonly resting?: readonly HostUuid[];
  /** Hosts that are known to be off. */
  readonly off?: readonly HostUuid[];
  readonly roll?: string | null;
  readonly change?: Partial<RollContent>;
  readonly tieTag?: string;
  readonly disarmWords?: readonly DisarmWord[];
  readonly armWords?: readonly DisarmWord[];
}

/** By default a leads with the roll 5a.1 of a, b and c, and is XAPI master; it hears b and c, which follow it. */
export function wanted(given: Given): RollContent | null {
  const {
    self = A,
    own = {},
    others = {},
    said = {},
    absent = {},
    maintenance = [],
    roll = "5a.1 abc",
  } = given;
  const heard: Given["others"] = { a: MASTER, b: {}, c: {}, [self]: undefined, ...others };
  const inPool = Object.entries(heard).flatMap(([letter, other]) =>
    other === undefined ? [] : [[letter, other] as const],
  );
  const state = groupState({ self, term: "5a", roll, said }, Object.fromEntries(inPool), given.bootId);
  const { stored } = state.voting;
  const changed = stored.roll && {
    ...stored.roll,
    hosts: resting(stored.roll.hosts, given),
    ...given.change,
  };
  const off = new Set(given.off);
  const voting = { ...state.voting, off, stored: { ...stored, roll: changed } };
  const ownState = { ...(self === A ? MASTER : OWN), ...own };
  const since = Object.entries(absent).map(([host, seconds]) => [hostUuid(host), ago(seconds)] as const);
  const sight = {
    nowMs: NOW_MS,
    own: ownState,
    absent: new Map(since),
    maintenance,
    leaseMs: null,
    tieTag: given.tieTag ?? null,
    disarmWords: given.disarmWords ?? [],
    armWords: given.armWords ?? [],
  };
  return wantedRoll({ ...state, voting }, sight);
}

const resting = (
  hosts: readonly RollHost[],
  { resting = [], maintenance = [] }: Given,
): readonly RollHost[] =>
  hosts.map((one) => ({ ...one, maintenance: [...resting, ...maintenance].includes(one.host) }));

/** `abc, a is master, HA on` */
const show = (content: RollContent | null) =>
  content === null
    ? "as it is"
    : `${content.hosts.map(({ host }) => host).join("")}, ${content.master} is master, HA ${content.ha ? "on" : "off"}`;

export function check(rows: readonly (readonly [string, Given, string])[]): void {
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(show(wanted(given))).toBe(expected));
}
