import type { FurtherMutant } from "./further-mutants.ts";

/**
 * Rules of the question "who runs it?" and of what rests on a proof, under the names of the stories in which a model showed what
 * happens without them.
 */
export const STORY_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "UNPROVED",
    regression: "a host that has failed and is not proved off is not asked",
    edits: [
      {
        file: "src/core/restart/witnesses.ts",
        from: "isExcused: isGone && (isElsewhere || hasLeftEmpty) };",
        to: "isExcused: isGone };",
      },
    ],
    caughtBy: { scenario: "who-runs/start-behind-a-cut-master", sign: "rule vm-twice broken" },
  },
  {
    fault: "XQWAIT",
    regression: "a no counts at once after a start of the master's xapi",
    edits: [
      {
        file: "src/core/restart/who-runs.ts",
        from: 'return witness.isUnsettled ? "just-reconnected" : null;',
        to: "return null;",
      },
    ],
    caughtBy: { scenario: "who-runs/start-inside-a-members-xapi", sign: "rule vm-twice broken" },
  },
  {
    fault: "QUEUEDNO",
    regression: "a host says only which domains it has, and nothing of what its xenopsd was told",
    edits: [
      {
        file: "src/simulation/xenopsd.ts",
        from: "return [...new Set([...host.domains.keys(), ...host.starts.keys()])];",
        to: "return [...host.domains.keys()];",
      },
    ],
    caughtBy: { scenario: "who-runs/start-queued-in-xenopsd", sign: "rule vm-twice broken" },
  },
  {
    fault: "VOID",
    regression: "what the hosts have said in the round counts for the start, and nobody is asked again",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: '  if (why !== null) return { kind: "held", why };\n  if (isStopped)',
        to: "  if (isStopped)",
      },
    ],
    caughtBy: {
      file: "test/simulated/pool/who-runs.test.ts",
      test: "once more right before the start: what runs by then is not started",
    },
  },
  {
    fault: "LEFTOVERS",
    regression: "a copy that is left over is ended, though it may be the only one by now",
    edits: [
      {
        file: "src/adapters/xapi/recovery.ts",
        from: "export function createRecovery(",
        to: 'export const END = "VM.hard_shutdown";\nexport function createRecovery(',
      },
    ],
    caughtBy: {
      file: "test/unit/adapters/xapi/methods.test.ts",
      test: "all that the program calls in XAPI, and nothing that ends a domain",
    },
  },
  {
    fault: "AGAIN",
    regression: "a host that was fenced counts as off until it is heard, whatever its device says by now",
    edits: [
      {
        file: "src/app/pass/proofs.ts",
        from: "const offAtMs = proofs.offAtMs.get(host);",
        to: "const offAtMs = ports.clock.uptimeMs();",
      },
    ],
    caughtBy: { scenario: "fence/switched-on-again-before-the-take-over", sign: "rule vm-twice broken" },
  },
  {
    fault: "RESETMASTER",
    regression: "FENCE_ACTION=reset switches a replaced master on, too",
    edits: [
      {
        file: "src/core/fencing/recover-hosts.ts",
        from: "  if (memory.promotion?.oldMaster === host || memory.promoted?.oldMaster === host) return false;\n",
        to: "",
      },
    ],
    caughtBy: { scenario: "fence/action-reset-leaves-a-replaced-master-off", sign: "rule vm-twice broken" },
  },
];
