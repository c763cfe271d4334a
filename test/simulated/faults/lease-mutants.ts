import type { Mutant } from "./mutants.ts";

/** The rules of the lease (core/group/README.md, "The lease"), each left out. */
export const LEASE_MUTANTS: readonly Mutant[] = [
  {
    fault: "LEASESHORT",
    regression: "a lease is over before the watchdog of its host has fired",
    edits: [
      {
        file: "src/core/group/lease-watch.ts",
        from: "export const runsOutAfterMs = (leaseMs: number): number => leaseMs * DRIFT + MARGIN_MS;",
        to: "export const runsOutAfterMs = (leaseMs: number): number => leaseMs / 2;",
      },
    ],
    caughtBy: { scenario: "lease/a-host-is-cut-off", sign: "start-before-proof" },
  },
];
