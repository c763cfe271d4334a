import { describe, expect, test } from "bun:test";
import {
  type GroupState,
  lacksRoll,
  newGroup,
  type Spoken,
  speak,
  takeHeartbeat,
  takeRollMessage,
  tickGroup,
  voteWords,
  wantsTick,
  withPeers,
} from "../../../../src/core/group/group.ts";
import { newHearing, stepHearing } from "../../../../src/core/group/hearing.ts";
import type { MessageNumber } from "../../../../src/core/group/message.ts";
import type { RollMessage } from "../../../../src/core/group/roll-message.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { NO_VOTE } from "../../../../src/core/group/vote-words.ts";
import type { Voting } from "../../../../src/core/group/voting.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";
import {
  A,
  ago,
  B,
  C,
  D,
  NOW_MS,
  roll,
  rollId,
  showId,
  showStored,
  showTerm,
  type Voter,
  voter,
  words,
} from "./votes.ts";

const BOOT = "boot-a";
const mine = (seconds: number): MessageNumber => ({ bootId: BOOT, ms: ago(seconds) });
const theirs = (ms: number): MessageNumber => ({ bootId: "theirs", ms });

/** A monitor that knows b and c, and has heard nobody. */
function monitor(given: Voter = {}): GroupState {
  const voting = voter(given);
  const peers = [A, B, C]
    .filter((host) => host !== voting.self)
    .map((host) => ({ host, addresses: [`10.0.0.${host}`] }));
  const event = { kind: "peers", nowMs: 0, peers } as const;
  return newGroup(stepHearing(newHearing(voting.self, BOOT), event).state, voting);
}

interface Beat {
  readonly from?: HostUuid;
  readonly to?: HostUuid;
  readonly number?: MessageNumber;
  readonly answers?: MessageNumber | null;
  readonly says?: Parameters<typeof words>[0];
}

/** A fresh heartbeat of c to a, unless something else is given. */
function take(state: GroupState, beat: Beat): GroupState {
  const { from = C, to = A, number = theirs(500), answers = mine(1), says = {} } = beat;
  const heartbeat = { from, to, number, answers, own: OWN, vote: words(says), heard: [], acks: [] };
  return takeHeartbeat(state, { nowMs: NOW_MS, heartbeat, address: "x" }, GROUP_TIMINGS);
}

const promisedAgo = ({ promisedMs }: Voting) => (promisedMs === null ? null : (NOW_MS - promisedMs) / 1_000);

describe("voteWords: what a host says of its vote", () => {
  const rows: readonly [string, Voter, string][] = [
    ["its term, its roll, and that this is settled", {}, "1c none 1c.1 settled"],
    ["that it is not", { roll: "1c.2 ab", before: "1c.1 abc" }, "1c none 1c.2 not settled"],
    ["that it leads", { term: "5a", roll: "5a.1 abc", answers: { b: 1 } }, "5a leads 5a.1 settled"],
    ["that it has no roll", { term: "0-", roll: null }, "0- none none settled"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => {
      const { term, lead, roll: id, settled } = voteWords(voter(given), null, NOW_MS, GROUP_TIMINGS);
      const said = [showTerm(term), lead.kind, showId(id), settled ? "settled" : "not settled"];
      expect(said.join(" ")).toBe(expected);
    });
});

describe("a heartbeat", () => {
  const follower: Voter = { promised: 4 };

  test("the first one of a host answers nothing: it is promised, and nothing else is believed", () => {
    const { voting } = take(monitor(follower), { answers: null, says: { term: "1c", lead: "leads" } });
    expect([promisedAgo(voting), voting.said.size]).toEqual([0, 0]);
  });

  test("a fresh one is taken with its words", () => {
    const { voting, hearing } = take(monitor(follower), { says: { lead: "leads" } });
    expect(voting.said.get(C)?.words.lead.kind).toBe("leads");
    expect(hearing.peers.get(C)?.heardMs).toBe(NOW_MS);
  });

  const first = take(monitor(follower), { answers: null });
  const held = { ...first, voting: { ...first.voting, promisedMs: ago(4) } };
  const renewed: readonly [string, Beat, number][] = [
    ["a newer number renews the promise", { number: theirs(501), answers: null }, 0],
    ["the same number by another way does not", {}, 4],
    ["an older number that comes later does not", { number: theirs(499) }, 4],
    ["one for another host does not", { to: B, number: theirs(501) }, 4],
    ["one of a host that the pool does not have does not", { from: D, number: theirs(501) }, 4],
  ];
  for (const [what, beat, expected] of renewed)
    test(`${what}: promised ${expected} s ago`, () =>
      expect(promisedAgo(take(held, beat).voting)).toBe(expected));

  test("what the pool does not have changes nothing at all", () =>
    expect(take(held, { from: D })).toBe(held));

  test("an old boot's number is not answered while its host is heard, so it is not promised either", () => {
    const fresh = take(monitor(follower), {});
    const state = { ...fresh, voting: { ...fresh.voting, promisedMs: ago(4) } };
    const replayed = take(state, { number: { bootId: "before", ms: 900 }, answers: null });
    expect(promisedAgo(replayed.voting)).toBe(4);
    expect(replayed.hearing.peers.get(C)?.newest).toEqual(theirs(500));
  });

  const candidate: Voter = { term: "5a", promised: null };
  const answered: readonly [string, MessageNumber | null, number | null][] = [
    ["a number of a second ago", mine(1), 1],
    ["a number of 4 s ago", mine(4), 4],
    ["a number of 4.1 s ago is not fresh", mine(4.1), null],
    ["a number that was not sent yet", mine(-1), null],
    ["the same uptime in another boot", { bootId: "before", ms: ago(1) }, null],
    ["no number", null, null],
  ];
  for (const [what, answers, expected] of answered)
    test(`an answer to ${what}: ${expected === null ? "no vote" : "a vote"}`, () => {
      const { voting } = take(monitor(candidate), { answers, says: { term: "5a" } });
      expect(voting.answers.get(C)?.numberMs ?? null).toBe(expected === null ? null : ago(expected));
    });
});

describe("lacksRoll: to whom a host sends its roll", () => {
  const own = rollId("5b.2");
  const says = (lead: NonNullable<Parameters<typeof words>[0]>["lead"] = "none") =>
    words({ term: "5b", lead, roll: "5b.2" });
  type Words = Parameters<typeof words>[0];
  const rows: readonly [string, ReturnType<typeof says>, Words, boolean][] = [
    ["a leader, to a host with an older one", says("leads"), { roll: "5b.1" }, true],
    ["a leader, to a host without one", says("leads"), { roll: null }, true],
    ["a leader, to a host with another leader's newer one", says("leads"), { roll: "6c.1" }, true],
    ["a leader, not to a host that has it", says("leads"), { roll: "5b.2" }, false],
    ["who is elected, which needs it stored to lead", says("elected"), { roll: "5b.1" }, true],
    [
      "a host with the newest roll tells it to one that stands with an older one and has no vote for it",
      says("hears"),
      { lead: "stands", roll: "5b.1" },
      true,
    ],
    ["not to one that stands with the same one", says(), { lead: "stands", roll: "5b.2" }, false],
    ["not to one that stands with a newer one", says(), { lead: "stands", roll: "6c.1" }, false],
    [
      "not to one that does not stand: that is told by its leader",
      says(),
      { lead: "none", roll: "5b.1" },
      false,
    ],
    [
      "not to one without a roll, which comes to one through a leader only",
      says(),
      { lead: "stands", roll: null },
      false,
    ],
    ["a candidate, to another one", says("stands"), { lead: "stands", roll: "5b.1" }, true],
  ];
  for (const [what, mySide, other, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () =>
      expect(lacksRoll(words(other), mySide, own)).toBe(expected));
});

const termIn = ({ heartbeats: [first] }: Spoken): string =>
  first === undefined ? "nothing" : showTerm(first.message.vote.term);

describe("a tick", () => {
  const tick = (state: GroupState) =>
    tickGroup(state, { nowMs: NOW_MS, own: OWN, successor: null, agreed: [] }, GROUP_TIMINGS);

  test("sends each other host what this one says of its vote after the tick, not before", () => {
    const { heartbeats, state } = tick(monitor({ said: { b: {}, c: {} } }));
    expect(heartbeats.map(({ message }) => message.to)).toEqual([B, C]);
    const votes = heartbeats.map(({ message: { vote } }) => `${showTerm(vote.term)} ${vote.lead.kind}`);
    expect(votes).toEqual(["2a stands", "2a stands"]);
    expect(showTerm(state.voting.stored.term)).toBe("2a");
  });

  test("a leader sends its roll, and the one before, to whoever has said that it has another", () => {
    const leader: Voter = {
      term: "5a",
      roll: "5a.2 ab",
      before: "5a.1 abc",
      answers: { b: [1, "5a.1"], c: [1, "5a.1"] },
      said: { b: { term: "5a", roll: "5a.2" }, c: { term: "5a", roll: "5a.1" } },
    };
    const { rolls } = tick(monitor(leader));
    expect(
      rolls.map(({ to, roll: sent, before }) => [to, showId(sent.id), showId(before?.id ?? null)]),
    ).toEqual([[C, "5a.2", "5a.1"]]);
  });

  test("to who has said nothing yet it sends none", () => {
    expect(tick(monitor({ term: "5a", roll: "5a.1 a" })).rolls).toEqual([]);
  });

  test("a roll goes with the sender's number, and answers the newest one heard", () => {
    const leader = take(monitor({ term: "5a", roll: "5a.1 ab" }), { says: { term: "5a" } });
    expect(tick(leader).rolls).toMatchObject([{ to: C, number: mine(0), answers: theirs(500) }]);
  });

  test("whom it hears goes first: the others wait a second for the XAPI master", () => {
    const said = { a: {}, c: {} };
    const heardOf = (from: HostUuid, state: GroupState) => take(state, { from, to: B });
    const start = monitor({ self: B, term: "1d", said, over: { freeMs: ago(0.5) } });
    expect(termIn(tick(start))).toBe("2b");
    expect(termIn(tick(heardOf(A, start)))).toBe("1d");
    expect(termIn(tick(heardOf(C, start)))).toBe("2b");
  });
});

describe("speak: what is on the disk is said, and nothing else", () => {
  const moment = { nowMs: NOW_MS, own: OWN, successor: null, agreed: [] };
  const leader: Voter = {
    term: "5a",
    roll: "5a.1 abc",
    answers: { b: 1 },
    said: { b: { term: "5a", roll: "1c.1" } },
  };
  const [silent, voting] = [NO_VOTE, words({ term: "5a", lead: "leads", roll: "5a.1" })].map((vote) =>
    speak(monitor(leader), moment, vote),
  );
  const lead = (spoken: Spoken | undefined) =>
    spoken?.heartbeats.map(({ message }) => message.vote.lead.kind);

  test("without a vote: to everybody, no roll, and it remembers that this number promises nothing", () => {
    expect(lead(silent)).toEqual(["unsaid", "unsaid"]);
    expect(silent?.rolls).toEqual([]);
    expect(silent?.state.voting.mutedMs).toBe(NOW_MS);
  });

  test("with it: the roll, too, and what was said before counts on", () => {
    expect(lead(voting)).toEqual(["leads", "leads"]);
    expect(voting?.rolls.map(({ to }) => to)).toEqual([B]);
    expect(voting?.state.voting.mutedMs).toBe(Number.NEGATIVE_INFINITY);
  });

  test("not a roll other than the one that is said", () => {
    const { rolls } = speak(monitor(leader), moment, words({ term: "4a", lead: "leads", roll: "4a.1" }));
    expect(rolls).toEqual([]);
  });
});

describe("withPeers: the other hosts of the pool", () => {
  const peers = [B, D].map((host) => ({ host, addresses: [`10.0.0.${host}`] }));
  const before = take(monitor({ said: { b: {}, c: {} } }), {});
  const after = withPeers(before, peers, NOW_MS);

  test("are those that are heard from now on", () => expect([...after.hearing.peers.keys()]).toEqual([B, D]));
  test("what others have said is forgotten: nobody follows a leader that has left", () =>
    expect([...after.voting.said.keys()]).toEqual([B]));
  test("nothing else of the vote changes", () =>
    expect({ ...after.voting, said: null }).toEqual({ ...before.voting, said: null }));
});

describe("a roll that comes", () => {
  const message = (over: Partial<RollMessage> = {}): RollMessage => ({
    from: C,
    to: A,
    number: theirs(500),
    answers: mine(1),
    vote: words({ term: "2c", lead: "elected", roll: "2c.1" }),
    roll: roll("2c.1 abc"),
    before: roll("1c.1 abc"),
    ...over,
  });
  const taken = "2c 2c.1 abc after 1c.1 abc";
  const refused = "2c 1c.1 abc";
  const rows: readonly [string, Partial<RollMessage>, string][] = [
    ["from the host of the own term", {}, taken],
    ["answering a number of 4.1 s ago", { answers: mine(4.1) }, refused],
    ["answering a number of another boot", { answers: { bootId: "before", ms: ago(1) } }, refused],
    ["answering nothing", { answers: null }, refused],
    ["for another host", { to: B }, refused],
  ];
  for (const [what, over, expected] of rows)
    test(`${what}: ${expected}`, () => {
      const after = takeRollMessage(monitor({ term: "2c" }), message(over), NOW_MS, GROUP_TIMINGS);
      expect(showStored(after.voting)).toBe(expected);
    });

  test("from a host that the pool does not have it is nobody's", () => {
    const state = monitor({ term: "3a" });
    expect(takeRollMessage(state, message({ from: D }), NOW_MS, GROUP_TIMINGS)).toBe(state);
    expect(takeRollMessage(state, message(), NOW_MS, GROUP_TIMINGS)).not.toBe(state);
  });

  test("it is no heartbeat: it neither renews a promise nor is a vote", () => {
    const state = monitor({ term: "2c", promised: 4 });
    const after = takeRollMessage(state, message(), NOW_MS, GROUP_TIMINGS);
    expect([promisedAgo(after.voting), after.hearing]).toEqual([4, state.hearing]);
  });
});

describe("wantsTick", () => {
  const answers = { answers: { b: 1 } };
  const rows: readonly [string, Voter, Voter, boolean][] = [
    ["another term", {}, { term: "2c" }, true],
    ["a roll was taken", {}, { roll: "1c.2 abc" }, true],
    ["a roll became settled", { before: "0c.1 abc" }, {}, true],
    ["an answer, while it asks for votes", { term: "5a" }, { term: "5a", ...answers }, true],
    [
      "an answer, while its roll is not settled",
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc" },
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc", ...answers },
      true,
    ],
    [
      "an answer to a leader that waits for nothing",
      { term: "5a", roll: "5a.1 abc" },
      { term: "5a", roll: "5a.1 abc", ...answers },
      false,
    ],
    ["a promise that was renewed", { promised: 3 }, { promised: 0 }, false],
    ["words that were heard", {}, { said: { b: {} } }, false],
  ];
  for (const [what, before, after, expected] of rows)
    test(`${what}: ${expected ? "at once" : "at its next second"}`, () => {
      const was = voter(before);
      const is = voter(after);
      const isSame = showStored(was) === showStored(is);
      expect(wantsTick(was, isSame ? { ...is, stored: was.stored } : is)).toBe(expected);
    });
});
