import type { FurtherMutant } from "./further-mutants.ts";

/** Rules of the question "who runs it?", under the names of the stories in which a model showed what happens without them. */
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
    regression: "a no counts at once after a start of the master's xapi, and nobody waits for the members",
    edits: [
      {
        file: "src/core/restart/who-runs.ts",
        from: 'return witness.isUnsettled ? "just-reconnected" : null;',
        to: "return null;",
      },
      {
        file: "src/core/roles/master.ts",
        from: "gathering: stepGathering(entered, mastership, round) };",
        to: "gathering: null };",
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
];
