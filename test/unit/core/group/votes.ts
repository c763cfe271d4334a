import { NO_DISARM } from "../../../../src/core/group/disarm.ts";
import type { Roll, RollId } from "../../../../src/core/group/roll.ts";
import type { HeardRoll } from "../../../../src/core/group/take-roll.ts";
import type { HeardWords } from "../../../../src/core/group/take-words.ts";
import type { Term } from "../../../../src/core/group/term.ts";
import type { Lead, Said, VoteWords } from "../../../../src/core/group/vote-words.ts";
import { type Answer, newVoting, type Voting } from "../../../../src/core/group/voting.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";

/** The uptime at which everything is looked at. Hosts are single letters, and a is the XAPI master. */
export const NOW_MS = 100_000;
export const ago = (seconds: number): number => NOW_MS - seconds * 1_000;

export const [A, B, C, D] = [hostUuid("a"), hostUuid("b"), hostUuid("c"), hostUuid("d")];

/** `5a`: the fifth term, of host a; `5-`: nobody's. */
export function term(text: string): Term {
  const host = text.slice(-1);
  return { count: Number(text.slice(0, -1)), host: host === "-" ? null : hostUuid(host) };
}

/** `5a.2`: the second roll of term 5a. */
export function rollId(text: string): RollId {
  const [made = "", version] = text.split(".");
  return { term: term(made), version: Number(version) };
}

/** `5a.2 abc`: hosts a, b and c are on it, and its master was named in `1a.1`, unless `5a.2 abc 4b.7` says where. */
export function roll(text: string, master: HostUuid = A): Roll {
  const [id = "", letters = "", office = "1a.1"] = text.split(" ");
  const hosts = [...letters].map((letter) => ({
    host: hostUuid(letter),
    bootId: null,
    maintenance: false,
    leaseMs: null,
  }));
  return { id: rollId(id), hosts, master, office: rollId(office), ha: true, tie: null, disarm: NO_DISARM };
}

/** A host in few words. Ages are in seconds. */
export interface Voter {
  readonly self?: HostUuid;
  readonly term?: string;
  /** null: it has none. */
  readonly roll?: string | null;
  readonly before?: string | null;
  readonly master?: HostUuid;
  /** Since when its promise runs; null: there is none. */
  readonly promised?: number | null;
  /** How old the own number is that a host has answered, and the roll that it has; by default the same one. */
  readonly answers?: Readonly<Record<string, number | readonly [number, string]>>;
  /** What a host said last, a second ago unless another age is given. */
  readonly said?: Readonly<Record<string, Partial<Words> & { readonly age?: number }>>;
  /** Names of the ties of its roll and of the one before, and what it has claimed. */
  readonly tie?: string;
  readonly tieBefore?: string;
  readonly held?: readonly string[];
  readonly over?: Partial<Voting>;
}

/** By default host a, which follows c with the settled roll 1c.1 of a, b and c, and has promised nothing lately. */
export function voter(given: Voter = {}): Voting {
  const { self = A, master = A, promised = 60, answers = {}, said = {} } = given;
  const rollOf = (text: string | null) => (text === null ? null : roll(text, master));
  const own = rollOf(given.roll === undefined ? "1c.1 abc" : given.roll);
  const answerOf = (one: number | readonly [number, string]): Answer =>
    typeof one === "number"
      ? { numberMs: ago(one), roll: own?.id ?? null }
      : { numberMs: ago(one[0]), roll: rollId(one[1]) };
  const saidOf = ({ age = 1, ...rest }: Partial<Words> & { readonly age?: number }): Said => ({
    words: words(rest),
    atMs: ago(age),
    answersMs: ago(age + 1),
  });
  const withTie = (one: Roll | null, tie: string | undefined) => one && { ...one, tie: tie ?? null };
  const before = withTie(rollOf(given.before ?? null), given.tieBefore ?? given.tie);
  const stored = { term: term(given.term ?? "1c"), roll: withTie(own, given.tie), before };
  return {
    ...newVoting(self, stored, ago(60)),
    promisedMs: promised === null ? null : ago(promised),
    answers: mapOf(answers, answerOf),
    said: mapOf(said, saidOf),
    held: new Set(given.held),
    ...given.over,
  };
}

function mapOf<From, To>(given: Readonly<Record<string, From>>, to: (from: From) => To) {
  return new Map(Object.entries(given).map(([letter, one]): [HostUuid, To] => [hostUuid(letter), to(one)]));
}

interface Words {
  readonly term: string;
  readonly lead: Lead["kind"] | Lead;
  readonly roll: string | null;
  readonly settled: boolean;
  readonly leaseMs: number | null;
}

export function words({
  term: of = "1c",
  lead = "none",
  roll: id = "1c.1",
  settled = true,
  leaseMs = null,
}: Partial<Words> = {}): VoteWords {
  return {
    term: term(of),
    lead: typeof lead !== "string" ? lead : lead === "hears" ? { kind: "hears", leader: C } : { kind: lead },
    roll: id === null ? null : rollId(id),
    settled,
    leaseMs,
  };
}

/** A fresh message that comes now and answers the number of a second ago, unless something else is given. */
export function heard(
  from: HostUuid,
  {
    fresh = true,
    answersMs = ago(1),
    ...said
  }: Partial<Words & Pick<HeardWords, "fresh" | "answersMs">> = {},
): HeardWords {
  return { from, nowMs: NOW_MS, fresh, answersMs, words: words(said) };
}

/** The same with a roll, which is the one that its sender has. */
export function heardRoll(
  from: HostUuid,
  text: string,
  given: Parameters<typeof heard>[1] & { readonly before?: string } = {},
): HeardRoll {
  const { before, ...said } = given;
  const [id = ""] = text.split(" ");
  return {
    ...heard(from, { roll: id, ...said }),
    roll: roll(text),
    before: before === undefined ? null : roll(before),
  };
}

/** `5a`, as `term` reads it. */
export const showTerm = ({ count, host }: Term): string => `${count}${host ?? "-"}`;
export const showId = (id: RollId | null): string =>
  id === null ? "none" : `${showTerm(id.term)}.${id.version}`;

/** `5a 5a.2 abc`, and ` after 5a.1 ab` when that is not settled. */
export function showStored({ stored }: Voting): string {
  const text = (one: Roll | null) =>
    one === null ? "none" : `${showId(one.id)} ${one.hosts.map(({ host }) => host).join("")}`;
  const before = stored.before === null ? "" : ` after ${text(stored.before)}`;
  return `${showTerm(stored.term)} ${text(stored.roll)}${before}`;
}
