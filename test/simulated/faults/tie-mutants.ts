import type { FurtherMutant } from "./further-mutants.ts";

/** The rules of claimed ties (protocol of the group, core/group/ties.ts), taken out one by one. */
export const TIE_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "TIESHARED",
    regression: "a tie that another host has claimed counts for both",
    edits: [
      {
        file: "src/core/group/ties.ts",
        from: 'answer.kind === "held" && answer.holder === voting.self;',
        to: 'answer.kind === "held";',
      },
    ],
    caughtBy: { scenario: "tie/link-cut-and-no-bmc-answers", sign: "rule two-mandates broken" },
  },
  {
    fault: "TIESHARED",
    regression: "a claim without an answer counts as one",
    edits: [
      {
        file: "src/core/group/ties.ts",
        from: 'if (answer.kind === "unknown") return next;\n  const isHeld = answer.kind === "held" && answer.holder === voting.self;',
        to: 'const isHeld = answer.kind === "unknown" || (answer.kind === "held" && answer.holder === voting.self);',
      },
    ],
    caughtBy: { scenario: "tie/place-deaf", sign: "expect calm: fence-begun 2" },
  },
  {
    fault: "TIESPENT",
    regression: "a tie that is claimed keeps its name when both answer again",
    edits: [
      {
        file: "src/core/group/wanted-tie.ts",
        from: "const isSpent = tie !== null && isClaimed(state, tie);",
        to: "const isSpent = tie === null && isClaimed(state, roll.master);",
      },
    ],
    caughtBy: {
      scenario: "tie/claimed-and-healed-then-the-claimant-dies",
      sign: "expect promoted h2: found none",
    },
  },
  {
    fault: "TIEEARLY",
    regression: "a host claims that lacks more than the tie",
    edits: [
      {
        file: "src/core/group/ties.ts",
        from: "reaches(voting.held) || !reaches(without(null))) return [];\n  return names.filter((name) => !reaches(without(name)));",
        to: "reaches(voting.held)) return [];\n  return names;",
      },
    ],
    caughtBy: {
      scenario: "tie/one-of-four-claims-nothing",
      sign: "4m  expect claims none: found",
    },
  },
  {
    fault: "TIELOST",
    regression: "a leader does not look whether its claim is still there",
    edits: [
      {
        file: "src/core/group/tie-wish.ts",
        from: 'if (lost !== undefined) return { verb: "look", name: lost };',
        to: "if (lost !== undefined) return null;",
      },
    ],
    caughtBy: {
      scenario: "tie/claims-wiped-while-a-leader-lives-by-one",
      sign: "rule two-mandates broken",
    },
  },
  {
    fault: "TIEREMOVED",
    regression: "a claim is removed while a host still knows the tie by that name",
    edits: [
      {
        file: "src/core/group/ties.ts",
        from: "return stored.before === null && isMoreThanHalf(old, isNewer);",
        to: "return stored.before !== null || isMoreThanHalf(old, isNewer);",
      },
    ],
    caughtBy: {
      scenario: "tie/cut-again-while-the-tie-gets-its-new-name",
      sign: "rule two-mandates broken",
    },
  },
  {
    fault: "TIEPLACE",
    regression: "a name is claimed at whatever place the parameters name now",
    edits: [
      {
        file: "src/core/group/tie-wish.ts",
        from: "isAtPlace(question.name, tag) ? question : null;",
        to: "tag !== null ? question : null;",
      },
    ],
    caughtBy: {
      scenario: "tie/place-changed-on-one-side-before-anything-is-claimed",
      sign: "rule two-mandates broken",
    },
  },
  {
    fault: "TIEBACK",
    regression: "who asks first gets the tie of a place that is back",
    edits: [
      {
        file: "src/core/group/tie-wish.ts",
        from: 'return { verb: !isFirst && kind === "unknown" ? "look" : "claim", name };',
        to: 'return { verb: "claim", name };',
      },
    ],
    caughtBy: { scenario: "tie/link-cut-and-place-down", sign: "expect within 60s fenced h2: found h1" },
  },
];
