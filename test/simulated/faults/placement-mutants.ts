import type { FurtherMutant } from "./further-mutants.ts";

/** Rules of what was meant and of where a VM can run. */
export const PLACEMENT_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "TOLDBEFORE",
    regression: "a start is asked of XAPI that the database tells to fail",
    edits: [
      {
        file: "src/core/placement/obstacle.ts",
        from: "  if (storage !== undefined) return",
        to: "  if (storage === null) return",
      },
    ],
    caughtBy: { scenario: "placement/local-disk-waits", sign: "refused at" },
  },
  {
    fault: "BOOTED",
    regression: "what ended with its host counts as shut down by its guest",
    edits: [
      {
        file: "src/core/intent/judge-stop.ts",
        from: '  if (signs.hasHostBooted) return { kind: "host-lost" };\n',
        to: "",
      },
    ],
    caughtBy: { scenario: "intent/power-loss-is-no-guest-shutdown", sign: "expect all-once" },
  },
];
