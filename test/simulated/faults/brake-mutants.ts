import type { FurtherMutant } from "./further-mutants.ts";

/** Several hosts fail at once: none is forgotten; and the brakes (core/fencing/brakes.ts), taken out one by one. */
export const BRAKE_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "F10",
    regression: "after the first failed host the others are not probed",
    edits: [
      {
        file: "src/app/pass/observe.ts",
        from: "  const probed = await Promise.all(\n    peers.map(",
        to: '  const first = peers.findIndex(({ uuid }) => memory.health[uuid]?.state === "failed");\n  const probed = await Promise.all(\n    (first < 0 ? peers : peers.slice(0, first + 1)).map(',
      },
    ],
    caughtBy: { scenario: "fault/f10-the-next-one-is-probed-too", sign: "expect fenced h4 h5: found h4" },
  },
  {
    fault: "TOGETHER",
    regression: "hosts that fail together are fenced at the same time, however many they are",
    edits: [
      {
        file: "src/core/fencing/brakes.ts",
        from: "return together >= 2 && together * 3 > hosts;",
        to: "return together > hosts;",
      },
    ],
    caughtBy: {
      scenario: "brakes/three-of-seven-fail-together",
      sign: 'expect said "h7 waits for its fence"',
    },
  },
  {
    fault: "NOEND",
    regression: "one host of the pool after the other is fenced, without a person",
    edits: [
      {
        file: "src/core/fencing/brakes.ts",
        from: "return !fenced.includes(host) &&",
        to: "return fenced.includes(host) && !fenced.includes(host) &&",
      },
    ],
    caughtBy: {
      scenario: "brakes/more-than-half-within-ten-minutes",
      sign: "30m expect fence-attempts 3",
    },
  },
  {
    fault: "OWNCOUNT",
    regression: "a leader counts only the hosts that it has fenced itself",
    edits: [
      {
        file: "src/core/fencing/note-fences.ts",
        from: "for (const [host, atMs] of [...own, ...others]) {",
        to: "for (const [host, atMs] of [...own, ...others.slice(0, 0)]) {",
      },
    ],
    caughtBy: {
      scenario: "brakes/the-next-leader-counts-them-too",
      sign: 'expect posted "h3 is not fenced',
    },
  },
  {
    fault: "NOREST",
    regression: "a host that fails again and again gets VMs as soon as it is back",
    edits: [
      {
        file: "src/core/members/rest.ts",
        from: "return fences.length >= 2 &&",
        to: "return fences.length > 5 &&",
      },
    ],
    caughtBy: {
      scenario: "brakes/fenced-twice-within-an-hour",
      sign: "expect not vm vm1 h3",
    },
  },
];
