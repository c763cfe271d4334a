import type { FurtherMutant } from "./further-mutants.ts";

const DISARM = "src/core/group/disarm.ts";
const WANTED = "src/core/group/wanted-disarm.ts";
const IN_WANTED = "test/unit/core/group/wanted-disarm.test.ts";
const IN_DISARM = "test/unit/core/group/disarm.test.ts";

/** A rest of HA (core/README.md, "Disarmed"): each rule of its end, and of what rests, taken out. */
export const DISARM_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "NEVEROVER",
    regression: "a rest of HA has no end",
    edits: [
      {
        file: WANTED,
        from: "left.some(({ leftMs }) => leftMs === 0)",
        to: "left.some(({ leftMs }) => leftMs < 0)",
      },
    ],
    caughtBy: { file: IN_WANTED, test: "it is over: nothing" },
  },
  {
    fault: "OVERTWICE",
    regression: "a word about a rest of HA is taken again",
    edits: [{ file: WANTED, from: "word.id > disarm.word", to: "word.id > 0" }],
    caughtBy: { file: IN_WANTED, test: "one that was taken: same" },
  },
  {
    fault: "UNCOUNTED",
    regression: "a leader that is elected does not write down what it has counted",
    edits: [
      { file: WANTED, from: "id.version === 1 ? RENEW_FIRST_MS", to: "id.version === 0 ? RENEW_FIRST_MS" },
    ],
    caughtBy: { file: IN_WANTED, test: "at once by a leader that was elected: pool 2.5" },
  },
  {
    fault: "OVEREARLY",
    regression: "a leader acts before a majority knows that the rest is over",
    edits: [{ file: DISARM, from: "  if (!leads) return", to: "  if (nowMs > 0 || !leads) return" }],
    caughtBy: {
      file: IN_DISARM,
      test: "at the end, who leads",
    },
  },
  {
    fault: "FENCEDATREST",
    regression: "the fence of a host for which HA rests is begun",
    edits: [{ file: "src/core/group/disarmed.ts", from: '    case "fence-host":\n', to: "" }],
    caughtBy: {
      file: "test/unit/core/group/disarmed.test.ts",
      test: "the fence of h2: pool true, h2 true, h1 false",
    },
  },
  {
    fault: "ALONEATREST",
    regression: "a master for which HA rests alone fences the others when it is cut off",
    edits: [
      {
        file: "src/core/fencing/recover-hosts.ts",
        from: '  if (scope.isAloneAtRest) return refuse(memory, row, "alone-at-rest");\n',
        to: "",
      },
    ],
    caughtBy: {
      file: "test/unit/core/fencing/recover-hosts.test.ts",
      test: "a host for which HA rests alone, and that hears nobody, fences nobody, and says so",
    },
  },
  {
    fault: "OLDLEASE",
    regression: "a lease that was over while HA rested proves a host off when it acts again",
    edits: [
      {
        file: "src/core/group/void-leases.ts",
        from: "  if (ended.length === 0) return watch;",
        to: "  if (ended.length >= 0) return watch;",
      },
    ],
    caughtBy: {
      file: "test/unit/core/group/void-leases.test.ts",
      test: "proves nothing, then and later, until the roll has shown that host without it",
    },
  },
];
