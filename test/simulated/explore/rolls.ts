import { changeRoll } from "../../../src/core/group/change-roll.ts";
import { NO_DISARM } from "../../../src/core/group/disarm.ts";
import { lacksRoll, voteWords } from "../../../src/core/group/group.ts";
import { hasRepeated, isElected, mandateUntil } from "../../../src/core/group/mandate.ts";
import { compareRollIds, type Roll, type RollId } from "../../../src/core/group/roll.ts";
import { stand } from "../../../src/core/group/stand.ts";
import { stepDown } from "../../../src/core/group/step-down.ts";
import { NOTHING_STORED } from "../../../src/core/group/stored.ts";
import { takeRoll } from "../../../src/core/group/take-roll.ts";
import { takeWords } from "../../../src/core/group/take-words.ts";
import { isNewerTerm, isSameTerm, NO_TERM } from "../../../src/core/group/term.ts";
import { tickVoting } from "../../../src/core/group/tick-voting.ts";
import { GROUP_TIMINGS, type GroupTimings } from "../../../src/core/group/timings.ts";
import type { VoteWords } from "../../../src/core/group/vote-words.ts";
import { newVoting, type Voting } from "../../../src/core/group/voting.ts";
import { type HostUuid, hostUuid } from "../../../src/core/model/ids.ts";
import { LONG_AGO_MS, NOW_MS } from "./times.ts";
import { rollOf, termText } from "./votes.ts";
import type { Alone, Rules } from "./world.ts";

/**
 * Time stands still. Who has promised something may break it at any moment; then its answers are too old to count, as the
 * search over votes has shown. So is everything that was sent by or to a host that has lost what it had stored, when it may
 * come to a roll again.
 */
export const TIMINGS: GroupTimings = { ...GROUP_TIMINGS, promiseMs: 0, stepDownMs: Number.POSITIVE_INFINITY };

export interface Letter {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly words: VoteWords;
  /** Absent: a heartbeat. */
  readonly roll?: Roll;
  readonly before?: Roll | null;
}

/** Of each term the newest roll that was settled in it. */
export type Settled = readonly RollId[];

export interface RollsSize {
  readonly names: readonly string[];
  readonly inFlight: number;
  readonly terms: number;
  /** Rolls that one leader may make. */
  readonly versions: number;
  /** May a leader name itself XAPI master? */
  readonly masters: boolean;
  /** Does a host that asks for votes take a newer roll? */
  readonly brings: boolean;
  /** May a leader give up its term at any time? */
  readonly handsOver: boolean;
  /** How often a host may lose what it has stored. */
  readonly losses: number;
  /** The names of ties that a leader may give to its next roll of these hosts; absent: none has one. */
  readonly ties?: (voting: Voting, hosts: Roll["hosts"]) => readonly string[];
}

/**
 * Rolls that change, without time: a leader may take out any host, dead or not, and enter any, which is more than the
 * program ever does.
 */
export function rollsRules(size: RollsSize): Rules<Voting, Letter, Settled> {
  const { names, inFlight, terms, losses } = size;
  const within = ({ stored }: Voting) =>
    stored.term.count <= terms && (stored.roll?.id.version ?? 0) <= size.versions;
  return {
    names,
    inFlight,
    costly: losses,
    nothingPast: [],
    remember,
    first: (name) =>
      plain(newVoting(hostUuid(name), { term: NO_TERM, roll: rollOf(names), before: null }, NOW_MS)),
    alone: (voting) => acts(voting, size).filter(({ host }) => within(host)),
    sends: (voting, to, other) => sends(voting, hostUuid(to), other),
    takes(voting, letter) {
      const asks = voting.stored.term.host === voting.self;
      const after = asks && letter.roll !== undefined && !size.brings ? null : takes(voting, letter);
      return after !== null && within(after) ? after : null;
    },
    sender: ({ from }) => from,
    receiver: ({ to }) => to,
    isLate,
    forgets(voting, other) {
      const answers = new Map([...voting.answers].filter(([host]) => host !== other));
      return answers.size === voting.answers.size ? voting : plain({ ...voting, answers });
    },
    broken: (all) => (all.filter(leads).length > 1 ? "two mandates" : brokenOffice(all)),
    showHost: (voting) => `${showVoting(voting)}${leads(voting) ? " MANDATE" : ""}`,
    showMessage: ({ from, to, words, roll }) =>
      `${from}>${to} ${termText(words.term)} ${roll === undefined ? idText(words.roll) : `roll ${rollText(roll)}`}`,
  };
}

const leads = (voting: Voting): boolean => mandateUntil(voting, NOW_MS, TIMINGS) !== null;

/** It has left the term of another host, or has lost its votes and waited until they are over. */
function isLate(before: Voting, after: Voting): boolean {
  const { host } = before.stored.term;
  if (before.stored.roll === null) return isYoung(before) && !isYoung(after);
  return (
    after.stored.roll !== null && host !== null && host !== before.self && after.stored.term.host !== host
  );
}

/** It has lost what it had stored, and a vote of it may still count. */
const isYoung = ({ stored, startedMs }: Voting): boolean => stored.roll === null && startedMs > LONG_AGO_MS;

/** Rolls of one office have one master; the settled ones among them all the more. It is asked of every state. */
export function brokenOffice(all: readonly Voting[]): string | null {
  let known: Roll[] | null = null;
  for (const { stored } of all) {
    for (const roll of [stored.roll, stored.before]) {
      if (roll === null) continue;
      known ??= [];
      for (const other of known)
        if (other.master !== roll.master && compareRollIds(other.office, roll.office) === 0)
          return "two masters of one office";
      known.push(roll);
    }
  }
  return null;
}

/** A leader that has changed the roll has changed the office exactly where it has named another master. */
function isOfficeWrong({ stored: { roll: was } }: Voting, { self, stored: { term, roll } }: Voting): boolean {
  if (was === null || roll === null || compareRollIds(was.id, roll.id) === 0 || term.host !== self)
    return false;
  if (!isSameTerm(roll.id.term, term)) return false;
  const office = was.master === roll.master ? was.office : roll.id;
  return compareRollIds(office, roll.office) !== 0;
}

/** What is settled so far, and whether a leader lacks it. */
export function remember(past: Settled, before: Voting, after: Voting): { past: Settled; broken?: string } {
  const { term, roll } = after.stored;
  if (before.stored.roll === null || roll === null) return { past };
  if (compareRollIds(roll.id, before.stored.roll.id) < 0)
    return { past, broken: "a roll that becomes older" };
  if (term.host !== after.self) return { past };
  if (isOfficeWrong(before, after)) return { past, broken: "an office that is not its master's" };
  const isOwnNow = hasRepeated(after) && !hasRepeated(before);
  if (isOwnNow) {
    const known = before.stored.roll.id;
    const missed = past.some((id) => isNewerTerm(term, id.term) && compareRollIds(id, known) > 0);
    return missed ? { past, broken: "a settled roll that a later leader does not know" } : { past };
  }
  const isSettledNow = before.stored.before !== null && after.stored.before === null && hasRepeated(after);
  if (!isSettledNow) return { past };
  const others = past.filter((id) => !isSameTerm(id.term, term));
  return { past: [...others, roll.id].sort(compareRollIds) };
}

function acts(voting: Voting, { names, masters, handsOver, ties }: RollsSize): readonly Alone<Voting>[] {
  const { self, stored } = voting;
  if (isYoung(voting))
    return [{ label: "waits until its votes are over", host: { ...voting, startedMs: LONG_AGO_MS } }];
  if (stored.roll === null) return [];
  const acts: Alone<Voting>[] = [
    { label: "loses what it has stored", host: plain(newVoting(self, NOTHING_STORED, NOW_MS)), costs: true },
  ];
  const add = (label: string, next: Voting | null) => {
    if (next !== null && next !== voting && next.stored !== stored) acts.push({ label, host: plain(next) });
  };
  add("stands", stand(voting, NOW_MS, TIMINGS));
  if (handsOver && leads(voting)) add("hands over", stepDown(voting));
  if (voting.answers.size > 0)
    acts.push({ label: "is not answered any more", host: plain({ ...voting, answers: new Map() }) });
  if (isElected(voting, NOW_MS, TIMINGS))
    add("goes on with its roll", tickVoting(voting, NOW_MS, 0, TIMINGS));
  for (const hosts of subsets(names)) {
    if (!hosts.includes(self)) continue;
    for (const master of new Set([stored.roll.master, ...(masters ? [self] : [])])) {
      const wanted = rollOf(hosts);
      for (const tie of ties?.(voting, wanted.hosts) ?? [null]) {
        const next = { hosts: wanted.hosts, master, ha: true, tie, disarm: NO_DISARM };
        const label = `makes the roll ${hosts.join("")}, master ${master}${tie === null ? "" : `, tie ${tie}`}`;
        add(label, changeRoll(voting, next, NOW_MS, TIMINGS));
      }
    }
  }
  return acts;
}

function sends(voting: Voting, to: HostUuid, other: Voting): readonly Letter[] {
  const { self, stored } = voting;
  const { roll, before, term } = stored;
  const words = voteWords(voting, null, NOW_MS, TIMINGS);
  const heartbeat: Letter = { from: self, to, words };
  const beats = term.host === self || term.host === to ? [heartbeat] : [];
  if (roll === null) return beats;
  const isDue = lacksRoll(voteWords(other, null, NOW_MS, TIMINGS), words, roll.id);
  return isDue ? [...beats, { ...heartbeat, roll, before }] : beats;
}

function takes(voting: Voting, { from, words, roll, before }: Letter): Voting | null {
  const said = { from, nowMs: NOW_MS, fresh: true, words };
  if (roll !== undefined) {
    if (isYoung(voting)) return null;
    const after = takeRoll(voting, { ...said, answersMs: NOW_MS, roll, before: before ?? null }, TIMINGS);
    return after === voting ? null : plain(after);
  }
  const answersMs = words.term.host === voting.self ? NOW_MS : null;
  return plain(takeWords(voting, { ...said, answersMs }, TIMINGS));
}

/** Without what no step of this search looks at. */
function plain(voting: Voting): Voting {
  return {
    ...voting,
    startedMs: isYoung(voting) ? NOW_MS : LONG_AGO_MS,
    promisedMs: null,
    electedMs: NOW_MS,
    stoodMs: null,
    freeMs: null,
    said: new Map(),
  };
}

function subsets(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_name, at) => (bits >> at) & 1),
  );
}

function showVoting({ stored: { term, roll, before } }: Voting): string {
  const old = before === null ? "" : ` after ${rollText(before)}`;
  return `${termText(term)} ${roll === null ? "nothing stored" : rollText(roll)}${old}`;
}

const idText = (id: RollId | null): string =>
  id === null ? "no roll" : `${termText(id.term)}.${id.version}`;

const rollText = ({ id, hosts, master, tie }: Roll): string =>
  `${idText(id)}{${hosts.map(({ host }) => host).join("")}, ${master}${tie === null ? "" : `, ${tie}`}}`;
