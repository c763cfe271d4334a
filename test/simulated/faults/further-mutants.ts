import { FURTHER_DATA_MUTANTS } from "./further-mutants-data.ts";
import type { Edit } from "./mutants.ts";

/** Another way in which a fault could come back, and the one sign by which the suite has to see it. */
export interface FurtherMutant {
  /** Row of the list of faults. */
  readonly fault: string;
  /** What goes wrong. */
  readonly regression: string;
  readonly edits: readonly Edit[];
  readonly caughtBy: Detector;
}

/**
 * What has to turn red, and why: a suite that is red for another reason has not seen the fault. `sign` is part of a claim
 * or rule that breaks; a test has one reason to fail, its own.
 */
export type Detector =
  | { readonly scenario: string; readonly sign: string }
  | { readonly file: string; readonly test: string };

const HOST_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "F1",
    regression: "the heuristic IPs vote without a tie",
    edits: [
      {
        file: "src/core/members/quorum.ts",
        from: 'isTie(input.members, input.alive) && input.heuristics === "all-answered"',
        to: 'alive > 0 && input.heuristics === "all-answered"',
      },
    ],
    caughtBy: {
      file: "test/unit/core/members/quorum.test.ts",
      test: "1 of 3 with heuristics all-answered: no quorum",
    },
  },
  {
    fault: "F2",
    regression: "XAPI still reaches the host (HOST_IS_LIVE), and it counts as declared dead",
    edits: [
      {
        file: "src/core/absorb.ts",
        from: '  if (result.kind === "done") {\n    const next = afterHostEvent(memory, host, { kind: "declared-dead" });',
        to: '  if (result.kind === "done" || (result.kind === "refused" && result.fault.kind === "api")) {\n    const next = afterHostEvent(memory, host, { kind: "declared-dead" });',
      },
    ],
    caughtBy: {
      scenario: "fence/method-pool-respects-host-is-live",
      sign: 'expect mailed 1x "XAPI still reaches h3": found 0 times',
    },
  },
  {
    fault: "F3",
    regression: "an agent that gave no answer in its time has fenced",
    edits: [
      {
        file: "src/adapters/fencing/fencer-script.ts",
        from: 'if (end.late) return notFenced("agent-timeout"',
        to: 'if (end.late) return { kind: "fenced" };\n  if (end.late) return notFenced("agent-timeout"',
      },
    ],
    caughtBy: {
      file: "test/unit/adapters/fencing/fencer-script.test.ts",
      test: "an agent that hangs is ended by SIGTERM within its time",
    },
  },
  {
    fault: "F5",
    regression: "a probe waits for an answer as long as it takes",
    edits: [
      {
        file: "src/adapters/peers/peer-prober.ts",
        from: "    probeTimeoutMs,\n    signal,\n    (inner) => askTwoPorts(",
        to: "    probeTimeoutMs * 100,\n    signal,\n    (inner) => askTwoPorts(",
      },
    ],
    caughtBy: {
      file: "test/unit/adapters/peers/peer-prober.test.ts",
      test: "probe: a xapi that hangs is silent when the time is over, and no question is left open",
    },
  },
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
    fault: "F14",
    regression: "the reboot is forgotten by the reboot",
    edits: [
      {
        file: "src/core/memory/rebase.ts",
        from: "    isolation: memory.isolation && { ...memory.isolation, wellSinceMs: null },\n",
        to: "",
      },
    ],
    caughtBy: { scenario: "fault/f14-one-reboot", sign: "rule rebooted-twice broken" },
  },
  {
    fault: "F15",
    regression: "the successor is the slave with the lowest uuid, alive or not, and there is no second one",
    edits: [
      {
        file: "src/core/takeover/successor.ts",
        from: `  const kept = current.filter((uuid) => byUuid.get(uuid)?.mayStay === true);
  const joining = candidates
    .filter((candidate) => candidate.eligible && !kept.includes(candidate.uuid))
    .map((candidate) => candidate.uuid)
    .sort();
  return [...kept, ...joining];`,
        to: "  return [...byUuid.keys()].sort().slice(0, 1);",
      },
    ],
    caughtBy: {
      scenario: "fault/f15-a-dead-host-is-no-successor",
      sign: "expect promoted h3: found none",
    },
  },
  {
    fault: "F16",
    regression: "a new master resets power states before a member that does not answer is back or dead",
    edits: [
      {
        file: "src/core/takeover/plan-promotion.ts",
        from: "lastGood.members.includes(uuid) || alive.includes(uuid)",
        to: "alive.includes(uuid)",
      },
    ],
    caughtBy: { scenario: "fault/f16-what-moved-is-not-reset", sign: "rule vm-twice broken" },
  },
  {
    fault: "F23",
    regression: "peers are probed one after the other",
    edits: [
      {
        file: "src/app/pass/observe.ts",
        from: "  const ask = (address: string, what: ProbeQuestion, ms: number): Promise<PeerProbe> =>\n    withDeadline(",
        to: `  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (job: () => Promise<PeerProbe>): Promise<PeerProbe> => {
    const mine = turn.then(job);
    turn = mine;
    return mine;
  };
  const ask = (address: string, what: ProbeQuestion, ms: number): Promise<PeerProbe> =>
    inTurn(() => withDeadline(`,
      },
      {
        file: "src/app/pass/observe.ts",
        from: "      () => LEARNT_NOTHING,\n    );",
        to: "      () => LEARNT_NOTHING,\n    ));",
      },
    ],
    caughtBy: {
      scenario: "fault/f23-seven-dead-hosts-cost-the-time-of-one",
      sign: "expect within 25s all-once: ",
    },
  },
];

export const FURTHER_MUTANTS: readonly FurtherMutant[] = [...HOST_MUTANTS, ...FURTHER_DATA_MUTANTS];
