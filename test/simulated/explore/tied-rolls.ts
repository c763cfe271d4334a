import { newGroup } from "../../../src/core/group/group.ts";
import { newHearing } from "../../../src/core/group/hearing.ts";
import type { Roll } from "../../../src/core/group/roll.ts";
import { tieName } from "../../../src/core/group/tie-name.ts";
import { isPast, NO_TIES, stepTies, takeTieAnswer } from "../../../src/core/group/ties.ts";
import type { Voting } from "../../../src/core/group/voting.ts";
import { wantedTie } from "../../../src/core/group/wanted-tie.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import { type Letter, type RollsSize, rollsRules, type Settled, TIMINGS } from "./rolls.ts";
import { NOW_MS } from "./times.ts";
import type { Alone, Rules } from "./world.ts";

/** A host, and the rolls whose ties it will remove as a leader. */
interface Tied {
  readonly voting: Voting;
  readonly old: readonly Roll[];
}

/** The place stands outside of the pool: what is claimed there, every host may learn at any time, or never. */
interface Past {
  readonly settled: Settled;
  readonly claims: ReadonlyMap<string, HostUuid>;
}

/**
 * Rolls that change (`rollsRules`), each with a tie that one host can claim. A host claims at any time, whether it lacks the claim or not, and
 * forgets its claim at any time, as a monitor does that starts again; a leader may give a roll another tie at any time. That is more than the program does.
 */
export function tiedRollsRules(size: Omit<RollsSize, "ties">): Rules<Tied, Letter, Past> {
  const rules = rollsRules({ ...size, ties: tiesOf });
  const step = (voting: Voting, old: readonly Roll[]): Tied => {
    const { voting: stepped, ties } = stepTies({ voting, ties: { ...NO_TIES, old } }, NOW_MS, TIMINGS);
    return { voting: stepped, old: ties.old };
  };
  const { takes, forgets, isLate, sends } = rules;
  return {
    ...{ names: rules.names, inFlight: rules.inFlight, costly: rules.costly },
    ...{ sender: rules.sender, receiver: rules.receiver, showMessage: rules.showMessage },
    nothingPast: { settled: rules.nothingPast, claims: new Map() },
    first(name) {
      const voting = rules.first(name);
      const { roll } = voting.stored;
      if (roll === null) return { voting, old: [] };
      const tied = { ...roll, tie: nameOf(voting, 1) };
      return { voting: { ...voting, stored: { ...voting.stored, roll: tied } }, old: [] };
    },
    alone: ({ voting, old }, name) => [
      ...rules.alone(voting, name).map((one) => ({ ...one, host: step(one.host, old) })),
      ...(voting.held.size === 0
        ? []
        : [{ label: "forgets its claims", host: step({ ...voting, held: new Set() }, []) }]),
    ],
    withPast: (host, past) => [...claims(host, past, step), ...removals(host, past)],
    sends: (host, to, other) => sends(host.voting, to, other.voting),
    takes({ voting, old }, letter) {
      const after = takes(voting, letter);
      return after === null ? null : step(after, old);
    },
    isLate: (before, after) => isLate?.(before.voting, after.voting) ?? false,
    forgets: ({ voting, old }, other) => ({ voting: forgets?.(voting, other) ?? voting, old }),
    remember(past, before, after) {
      const said = rules.remember(past.settled, before.voting, after.voting);
      return { ...said, past: { ...past, settled: said.past } };
    },
    broken: (all) => rules.broken(all.map(({ voting }) => voting)),
    showHost: ({ voting }, all) =>
      `${rules.showHost(
        voting,
        all.map((one) => one.voting),
      )}${voting.held.size === 0 ? "" : ` holds ${[...voting.held].join(" ")}`}`,
  };
}

const BOOT = "boot";
const TAG = "t";

const nameOf = ({ stored: { term } }: Voting, version: number): string =>
  tieName({ term, version }, BOOT, TAG);

/** What the program wants, whatever it knows of the present tie; and another one, which it may want with any other knowledge. */
function tiesOf(voting: Voting, hosts: Roll["hosts"]): readonly string[] {
  const { roll } = voting.stored;
  if (roll === null) return [];
  const state = { ...newGroup(newHearing(voting.self, BOOT), voting), ties: NO_TIES };
  const wanted = wantedTie(state, roll, hosts, { nowMs: NOW_MS, tieTag: TAG }, TIMINGS);
  const other = nameOf(voting, roll.id.version + 1);
  return [...new Set(wanted === null ? [other] : [wanted, other])];
}

type WithPast = Alone<Tied> & { readonly past: Past };

function claims(
  { voting, old }: Tied,
  past: Past,
  step: (voting: Voting, old: readonly Roll[]) => Tied,
): readonly WithPast[] {
  const { roll, before } = voting.stored;
  const names = new Set([roll?.tie, before?.tie].filter((name) => name != null));
  return [...names].flatMap((name) => {
    const holder = past.claims.get(name) ?? voting.self;
    if (holder !== voting.self || voting.held.has(name)) return [];
    const state = { voting, ties: { ...NO_TIES, old } };
    const taken = takeTieAnswer(state, { verb: "claim", name }, { kind: "held", holder }, NOW_MS);
    const claimed = new Map(past.claims).set(name, holder);
    return [{ label: `claims ${name}`, host: step(taken.voting, old), past: { ...past, claims: claimed } }];
  });
}

function removals({ voting, old }: Tied, past: Past): readonly WithPast[] {
  return old.flatMap((roll) => {
    const { tie } = roll;
    if (tie === null || !isPast(roll, voting)) return [];
    const left = new Map([...past.claims].filter(([name]) => name !== tie));
    const host = { voting, old: old.filter((one) => one !== roll) };
    return [{ label: `removes ${tie}`, host, past: { ...past, claims: left } }];
  });
}
