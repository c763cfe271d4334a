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
      sign: 'expect said "h7 waits to be fenced"',
    },
  },
  {
    fault: "NOEND",
    regression: "one host of the pool after the other is fenced, without a person",
    edits: [
      {
        file: "src/core/fencing/brakes.ts",
        from: "return isFurther && (",
        to: "return !isFurther && (",
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
        from: "[...ownFences(before), ...others.map(",
        to: "[...ownFences(before), ...others.slice(0, 0).map(",
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
        from: "return isOften && nowMs",
        to: "return isOften && failedAtMs.length > 5 && nowMs",
      },
    ],
    caughtBy: {
      scenario: "brakes/fenced-twice-within-an-hour",
      sign: "expect not vm vm1 h3",
    },
  },
  {
    fault: "BROKENOFF",
    regression: "a fence that ends with its pass has failed",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: 'if (action.kind === "fence-host" && signal.aborted) return BROKEN_OFF;',
        to: 'if (action.kind === "fence-host" && starts) return BROKEN_OFF;',
      },
    ],
    caughtBy: {
      file: "test/unit/app/pass/execute-fence.test.ts",
      test: "fence-host: broken off with its pass, it is no failure of the agent, whoever has begun it",
    },
  },
  {
    fault: "BROKENOFF",
    regression: "a pass begins a fence that it cannot end",
    edits: [
      {
        file: "src/app/pass/pass.ts",
        from: "ports.clock.uptimeMs() > fencesUntilMs;",
        to: "ports.clock.uptimeMs() > fencesUntilMs + 1e9;",
      },
    ],
    caughtBy: {
      file: "test/unit/app/pass/pass.test.ts",
      test: "admit: no fence that the pass could not end; everything else begins as before",
    },
  },
  {
    fault: "FARTHER",
    regression: "hosts that have been off for an hour, and are fenced anew, were fenced lately",
    edits: [
      {
        file: "src/core/fencing/note-fences.ts",
        from: 'phase === "returned" || isLeftOut(host, onRoll);',
        to: 'phase === "returned";',
      },
    ],
    caughtBy: {
      file: "test/unit/core/fencing/note-fences.test.ts",
      test: "not anew, where it was off the roll, whenever that was, nor when it has returned",
    },
  },
  {
    fault: "FARTHER",
    regression: "a host that was fenced and is back is no further one",
    edits: [
      {
        file: "src/core/fencing/brakes.ts",
        from: "!fenced.has(host) || hostsOnRoll(view).includes(host);",
        to: "!fenced.has(host);",
      },
    ],
    caughtBy: {
      file: "test/unit/core/fencing/brakes.test.ts",
      test: "one of them that is on the roll again is a further one",
    },
  },
  {
    fault: "FARTHER",
    regression: "fences that begin together do not see each other",
    edits: [
      {
        file: "src/core/fencing/brakes.ts",
        from: "return haveFailedTogether(memory, view) || areMoreThanHalf(fenced, memory);",
        to: "return haveFailedTogether(memory, view) || areMoreThanHalf(new Set(), memory);",
      },
    ],
    caughtBy: {
      file: "test/unit/core/fencing/recover-hosts-brakes.test.ts",
      test: "two of five were fenced: a further one, and no more before it is known whether that was the last one",
    },
  },
  {
    fault: "RESUMED",
    regression: "a host that answers for a moment resumes fencing",
    edits: [
      {
        file: "src/core/fencing/brakes.ts",
        from: "isResumed || nowMs - unfencedAtMs >= MANY_MS ?",
        to: "isResumed || nowMs - unfencedAtMs > 0 ?",
      },
    ],
    caughtBy: {
      file: "test/unit/core/fencing/brakes.test.ts",
      test: "or nobody has waited for ten minutes, since it has stopped at least",
    },
  },
  {
    fault: "NOREST",
    regression: "a host that was off for long does not rest",
    edits: [
      {
        file: "src/core/members/rest.ts",
        from: "Math.max(lastMs, backAtMs[host] ?? 0)",
        to: "Math.max(lastMs, lastMs)",
      },
    ],
    caughtBy: {
      file: "test/unit/core/members/rest.test.ts",
      test: "after it was back on the roll, however long ago it was fenced",
    },
  },
  {
    fault: "STALENAME",
    regression: "a successor whose xapi is broken stands first",
    edits: [
      {
        file: "src/core/group/standing-order.ts",
        from: 'host === successor && said?.xapi === "serving" ? 0 : 1,',
        to: "host === successor ? 0 : 1,",
      },
    ],
    caughtBy: {
      scenario: "failover/the-successors-xapi-breaks-just-before-the-master-dies",
      sign: "expect within 2m all-once",
    },
  },
];
