import { BRAKE_MUTANTS } from "./brake-mutants.ts";
import { DISARM_MUTANTS } from "./disarm-mutants.ts";
import { FOLLOW_MUTANTS } from "./follow-mutants.ts";
import { FURTHER_DATA_MUTANTS } from "./further-mutants-data.ts";
import { GROUP_MUTANTS } from "./group-mutants.ts";
import { LEASE_MUTANTS } from "./lease-mutants.ts";
import { LEASE_RULE_MUTANTS } from "./lease-rule-mutants.ts";
import type { Edit } from "./mutants.ts";
import { NAMED_MUTANTS } from "./named-mutants.ts";
import { PLACEMENT_MUTANTS } from "./placement-mutants.ts";
import { STORY_MUTANTS } from "./story-mutants.ts";
import { TIE_MUTANTS } from "./tie-mutants.ts";

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
    fault: "X1",
    regression: "no answer is a no",
    edits: [
      {
        file: "src/core/restart/who-runs.ts",
        from: 'if (answer === undefined) return witness.isExcused ? null : "silent";',
        to: "if (answer === undefined) return null;",
      },
    ],
    caughtBy: { scenario: "who-runs/start-behind-a-cut-master", sign: "rule vm-twice broken" },
  },
  {
    fault: "X1",
    regression: "what the database calls halted is started, whoever says that it runs",
    edits: [
      {
        file: "src/core/restart/who-runs.ts",
        from: "      hosts.push(witness.host);\n      continue;",
        to: "      continue;",
      },
    ],
    caughtBy: { scenario: "who-runs/masters-database-older-than-a-start", sign: "rule vm-twice broken" },
  },
  {
    fault: "NOWHO",
    regression: "a move is on disk when XAPI writes it, five minutes later",
    edits: [
      {
        file: "src/core/members/on-disk.ts",
        from: "actions: whenDue(action, round), reasons",
        to: "actions: whenDue(action, round).slice(1), reasons",
      },
    ],
    caughtBy: { scenario: "who-runs/move-is-on-disk-at-once", sign: "rule only-copy-ended broken" },
  },
  {
    fault: "NOWHO",
    regression: "in one pass the database is put on disk three times at most",
    edits: [{ file: "src/app/pass/pass.ts", from: ' && action.kind !== "store-database"', to: "" }],
    caughtBy: {
      scenario: "who-runs/moves-during-a-long-pass",
      sign: "and the pool database says that it runs",
    },
  },
  {
    fault: "NOWHO",
    regression: "what was on disk before nobody looked is believed",
    edits: [
      {
        file: "src/core/members/on-disk.ts",
        from: " && lookedMs <= LOOKED_AWAY_MS",
        to: " && lookedMs >= 0",
      },
    ],
    caughtBy: { scenario: "who-runs/moved-while-nobody-looked", sign: "rule only-copy-ended broken" },
  },
  {
    fault: "NOWHO",
    regression: "what a slave starts is on nobody's disk",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: "return onMastersDisk(start(action, executor, signal), executor, signal);",
        to: "return start(action, executor, signal);",
      },
    ],
    caughtBy: {
      scenario: "who-runs/a-slaves-start-is-on-the-masters-disk",
      sign: "rule only-copy-ended broken",
    },
  },
  {
    fault: "§4",
    regression:
      "who has read for the last time that HA is on replaces a master that was switched off with HA off",
    edits: [
      {
        file: "src/core/roles/slave.ts",
        from: "const flag = lastFlag(lastGood, view);",
        to: 'const flag: string = lastGood.haFlag === "on" ? "on" : lastFlag(lastGood, view);',
      },
    ],
    caughtBy: { scenario: "flag/switched-off-while-a-service-was-stopped", sign: "expect promoted none" },
  },
  {
    fault: "§2",
    regression: "what a slave starts it asks its own xapi for, which repeats it when the link is back",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: 'return role.kind === "slave" ?',
        to: 'return role.kind === "broken" ?',
      },
    ],
    caughtBy: {
      file: "test/simulated/pool/slave-starts.test.ts",
      test: "a start that did not reach the master is asked for anew when the link is back",
    },
  },
  {
    fault: "TGT3",
    regression: "what was declared is not on disk when a VM is started because of it",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: "return onDisk(xapi.declareDead(action.host, action.proved, signal).then(resultOf), executor, signal);",
        to: "return resultOf(await xapi.declareDead(action.host, action.proved, signal));",
      },
    ],
    caughtBy: {
      file: "test/unit/app/pass/on-disk.test.ts",
      test: "what was declared or forgotten is there before it counts as done",
    },
  },
  {
    fault: "T6",
    regression: "no slave fetches a copy of the database by itself",
    edits: [
      {
        file: "src/core/roles/slave.ts",
        from: "[keepCopyFresh, startVmsAtRest]",
        to: "[startVmsAtRest]",
      },
    ],
    caughtBy: { scenario: "copies/new-vm-outlives-its-master", sign: "expect vm new h3: found nowhere" },
  },
  {
    fault: "T6",
    regression: "a copy is asked for on the slave's socket, from where XAPI forwards the question",
    edits: [{ file: "src/adapters/xapi/marker.ts", from: "overTcp: true", to: "overTcp: false" }],
    caughtBy: { scenario: "copies/new-vm-outlives-its-master", sign: "expect vm new h3: found nowhere" },
  },
  {
    fault: "T6",
    regression: "what is put on disk is not counted",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: "      await count(action.changes, executor, signal);\n",
        to: "",
      },
    ],
    caughtBy: { scenario: "copies/what-was-switched-off-stays-off", sign: "expect vm web nowhere: found h3" },
  },
  {
    fault: "T6",
    regression: "no slave is woken when its master tells of a change",
    edits: [
      {
        file: "src/core/group/behind.ts",
        from: "wokenAtMs: nowMs }, wakes: true }",
        to: "wokenAtMs: nowMs }, wakes: false }",
      },
    ],
    caughtBy: { scenario: "copies/fetched-when-the-master-tells", sign: "expect vm new h3: found nowhere" },
  },
  {
    fault: "X1",
    regression: "a no counts although a start may be under way inside that host's xapi",
    edits: [
      {
        file: "src/core/restart/who-runs.ts",
        from: 'return witness.isUnsettled ? "just-reconnected" : null;',
        to: "return null;",
      },
    ],
    caughtBy: {
      file: "test/unit/core/restart/who-runs.test.ts",
      test: "whereabouts: the no of a host that has only just come back does not count, its yes does",
    },
  },
  {
    fault: "X1",
    regression: "nobody is asked again right before a start",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: 'if (why !== null) return { kind: "held", why };',
        to: "",
      },
    ],
    caughtBy: {
      file: "test/simulated/pool/who-runs.test.ts",
      test: "once more right before the start: what runs by then is not started",
    },
  },
  {
    fault: "X2",
    regression: "what an old database has forgotten is not declared again",
    edits: [
      {
        file: "src/core/fencing/recover-hosts.ts",
        from: "return hasVmsAgain(row) ?",
        to: "return hasVmsAgain(row) && false ?",
      },
    ],
    caughtBy: { scenario: "who-runs/declared-and-forgotten", sign: "all-once" },
  },
  {
    fault: "S2",
    regression: "a master does not ask itself",
    edits: [
      {
        file: "src/core/restart/witnesses.ts",
        from: "return [own, ...others];",
        to: "return others;",
      },
      // Else the decision is refused before it does any harm.
      {
        file: "src/core/safety.ts",
        from: "invariant(countsAsOff(incidents[host]), ",
        to: "invariant(countsAsOff(incidents[host]) || host !== null, ",
      },
    ],
    caughtBy: {
      scenario: "who-runs/master-runs-what-its-database-calls-halted",
      sign: "rule vm-twice broken",
    },
  },
  {
    fault: "C1",
    regression: "VMs of a host are started while it is still being declared dead",
    edits: [
      {
        file: "src/core/restart/restart-plan.ts",
        from: 'unreleased.has(vm) ? "being-released"',
        to: 'unreleased.has(vm) && false ? "being-released"',
      },
    ],
    caughtBy: { scenario: "vm/disks-locked-until-declared", sign: "start-before-release" },
  },
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
      sign: "expect within 60s key autopromote_uuid h3: found h2",
    },
  },
  {
    fault: "F23",
    regression: "peers are probed one after the other",
    edits: [
      {
        file: "src/app/pass/observe.ts",
        from: "  const ask = (address: string, what: ProbeQuestion, ms: number): Promise<PeerAnswer> =>\n    withDeadline(",
        to: `  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (job: () => Promise<PeerAnswer>): Promise<PeerAnswer> => {
    const mine = turn.then(job);
    turn = mine;
    return mine;
  };
  const ask = (address: string, what: ProbeQuestion, ms: number): Promise<PeerAnswer> =>
    inTurn(() => withDeadline(`,
      },
      {
        file: "src/app/pass/observe.ts",
        from: "      () => LEARNT_NOTHING,\n    );",
        to: "      () => LEARNT_NOTHING,\n    ));",
      },
    ],
    caughtBy: {
      scenario: "fault/f23-five-dead-hosts-cost-the-time-of-one",
      sign: "expect within 25s all-once: ",
    },
  },
];

export const FURTHER_MUTANTS: readonly FurtherMutant[] = [
  ...HOST_MUTANTS,
  ...FURTHER_DATA_MUTANTS,
  ...STORY_MUTANTS,
  ...PLACEMENT_MUTANTS,
  ...GROUP_MUTANTS,
  ...LEASE_RULE_MUTANTS,
  ...NAMED_MUTANTS,
  ...BRAKE_MUTANTS,
  ...DISARM_MUTANTS,
  ...LEASE_MUTANTS,
  ...FOLLOW_MUTANTS,
  ...TIE_MUTANTS,
];
