import type { FurtherMutant } from "./further-mutants.ts";

export const EXPLORER = "test/simulated/explore/explore.test.ts";
const vote = (name: string) => `src/core/group/${name}`;

/** Rules of the group that are left out. Each is found by looking at everything that can happen (simulated/explore). */
export const GROUP_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "FLAGPROMISE",
    regression: "a promise is renewed only by a host that says that it leads",
    edits: [
      {
        file: vote("take-words.ts"),
        from: "if (words.term.host === from) return { ...voting, promisedMs: nowMs };",
        to: 'if (words.term.host === from && words.lead.kind === "leads") return { ...voting, promisedMs: nowMs };',
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "FROMRECEIPT",
    regression: "a mandate is counted from when an answer came",
    edits: [
      {
        file: vote("take-words.ts"),
        from: "(voting: Voting, { from, answersMs, words }: HeardWords)",
        to: "(voting: Voting, { from, answersMs, words, nowMs }: HeardWords)",
      },
      {
        file: vote("take-words.ts"),
        from: "Math.max(answersMs, voting.answers.get(from)?.numberMs ?? answersMs)",
        to: "nowMs",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "GEHALF",
    regression: "half of the hosts are a majority",
    edits: [{ file: vote("roll.ts"), from: "return those * 2 > all;", to: "return those * 2 >= all - 1;" }],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "MgtP",
    regression: "a mandate lasts as long as a promise",
    edits: [{ file: vote("timings.ts"), from: "mandateMs: 4_000", to: "mandateMs: 5_000" }],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "NOPERSIST",
    regression: "a monitor that starts has forgotten whom it voted for",
    edits: [
      {
        file: vote("voting.ts"),
        from: "    stored,\n    startedMs: nowMs,\n    needsCompany: false,\n    promisedMs: nowMs,",
        to: "    stored: { ...stored, term: { count: 0, host: null } },\n    startedMs: nowMs,\n    needsCompany: false,\n    promisedMs: null,",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "NOSILENCE",
    regression: "a monitor that starts has promised nothing",
    edits: [{ file: vote("voting.ts"), from: "    promisedMs: nowMs,", to: "    promisedMs: null," }],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "OWNPROMISE",
    regression: "a monitor that starts votes at once, while its host still acts on its last mandate",
    edits: [
      {
        file: vote("voting.ts"),
        from: "    promisedMs: nowMs,",
        to: "    promisedMs: stored.term.host === self ? null : nowMs,",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "OWNPROMISE",
    regression:
      "a leader that is called to a newer term votes at once, while its host still acts on its last mandate",
    edits: [
      {
        file: vote("take-words.ts"),
        from: "return { ...takeOwnTerm(voting, words.term.count + 1, nowMs), promisedMs: nowMs };",
        to: "return takeOwnTerm(voting, words.term.count + 1, nowMs);",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "STANDEARLY",
    regression: "who wants to lead does not keep what it has promised",
    edits: [
      {
        file: vote("stand.ts"),
        from: " ||\n    !isPromiseOver(voting, nowMs, timings)\n  )\n    return voting;",
        to: "\n  )\n    return voting;",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "TAKEEARLY",
    regression: "who is asked for its vote does not keep what it has promised",
    edits: [
      {
        file: vote("take-words.ts"),
        from: "return stored.term.host === from || isPromiseOver(voting, nowMs, timings);",
        to: "return true;",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts vote" },
  },
  {
    fault: "LOSTVOTES",
    regression: "a host that has lost its file votes",
    edits: [
      { file: vote("take-words.ts"), from: "if (stored.roll === null || words", to: "if (words" },
      { file: vote("take-words.ts"), from: "stored.roll.id) < 0", to: "stored.roll?.id ?? null) < 0" },
      {
        file: vote("take-roll.ts"),
        from: "if (stored.roll === null) return",
        to: "if (stored.roll === null && stored.term.count === 0) return",
      },
      { file: vote("take-roll.ts"), from: "stored.roll.id) <= 0", to: "stored.roll?.id ?? null) <= 0" },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts, one loses what it has stored" },
  },
  {
    fault: "ADOPTEARLY",
    regression: "a host that has lost its file takes the roll of who has no mandate",
    edits: [
      { file: vote("take-roll.ts"), from: 'words.lead.kind !== "leads" || ', to: "" },
      {
        file: vote("group.ts"),
        from: 'if (own.lead.kind === "leads" || own.lead.kind === "elected") return',
        to: "if (own.roll !== null) return",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts, one loses what it has stored" },
  },
  {
    fault: "NEWONLY",
    regression: "only the newest roll counts while it is not settled",
    edits: [
      { file: vote("stored.ts"), from: " && (before === null || isMajority(before, has, claims))", to: "" },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts change their roll" },
  },
  {
    fault: "TIEBOTH",
    regression: "the XAPI master counts double besides the host that has claimed the tie",
    edits: [
      {
        file: vote("roll.ts"),
        from: "return held.has(tie) ? self : null;",
        to: "return held.has(tie) ? self : master;",
      },
    ],
    caughtBy: { file: EXPLORER, test: "two hosts change their roll and its tie" },
  },
  {
    fault: "SAMETIE",
    regression: "a roll of other hosts keeps the name of the tie",
    edits: [
      { file: vote("wanted-tie.ts"), from: "if (!hasSameHosts(roll.hosts, hosts)) return next;", to: "" },
    ],
    caughtBy: { file: EXPLORER, test: "two hosts change their roll and its tie" },
  },
  {
    fault: "REMOVEEARLY",
    regression: "a claim is removed while a host that has only the roll before may still be elected by it",
    edits: [
      {
        file: vote("ties.ts"),
        from: "return stored.before === null && isMoreThanHalf(old, isNewer);",
        to: "return stored.before === null;",
      },
    ],
    caughtBy: { file: EXPLORER, test: "two hosts change their roll and its tie" },
  },
  {
    fault: "VOTEOLD",
    regression: "a host with an older roll gets votes",
    edits: [
      {
        file: vote("take-words.ts"),
        from: "  if (compareRollIds(words.roll, stored.roll.id) < 0) return false;\n",
        to: "",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts change their roll" },
  },
  {
    fault: "NOREPEAT",
    regression: "a new leader does not make the roll its own",
    edits: [
      {
        file: vote("mandate.ts"),
        from: "roll !== null && isSameTerm(roll.id.term, term)",
        to: "roll !== null && term.count > 0",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts change their roll" },
  },
  {
    fault: "FORGETBEFORE",
    regression: "a new leader forgets the roll before one that is not settled",
    edits: [
      {
        file: vote("tick-voting.ts"),
        from: "const before = stored.before ?? roll;",
        to: "const before = roll;",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts change their roll" },
  },
  {
    fault: "VOTERSSETTLE",
    regression: "a roll is settled by votes",
    edits: [
      {
        file: vote("tick-voting.ts"),
        from: "compareRollIds(answers.get(host)?.roll ?? null, roll.id) === 0;",
        to: "answers.has(host);",
      },
    ],
    caughtBy: { file: EXPLORER, test: "three hosts change their roll" },
  },
  {
    fault: "TWOCHANGES",
    regression: "the roll is changed again before it is settled",
    edits: [{ file: vote("change-roll.ts"), from: "before !== null || ", to: "" }],
    caughtBy: { file: EXPLORER, test: "two hosts change their roll" },
  },
  {
    fault: "ALONEATONCE",
    regression:
      "the XAPI master of two leads as soon as it has booted, while the other one goes on without it",
    edits: [{ file: vote("mandate.ts"), from: "(having.size > 1 || mayLeadAlone) && ", to: "" }],
    caughtBy: { file: EXPLORER, test: "two hosts vote, one is switched off and boots" },
  },
  {
    fault: "UNBOUND",
    regression:
      "a leader votes at once for a host that counted as off, while its host still acts on its last mandate",
    edits: [{ file: vote("known-off.ts"), from: "isBound ? nowMs : voting", to: "voting" }],
    caughtBy: { file: EXPLORER, test: "two hosts vote, one is switched off and boots" },
  },
];
