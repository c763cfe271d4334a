import type { FurtherMutant } from "./further-mutants.ts";

/** The rules of the lease (core/group/README.md, "The lease"), each left out. */
export const LEASE_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "LEASEHALF",
    regression: "a lease is over before the watchdog of its host has fired",
    edits: [
      {
        file: "src/core/group/lease-watch.ts",
        from: "): number => leaseMs * leaseDrift + leaseMarginMs;",
        to: "): number => (leaseMs / 2) * leaseDrift + leaseMarginMs;",
      },
    ],
    caughtBy: { scenario: "lease/a-host-is-cut-off", sign: "rule vm-twice broken" },
  },
  {
    fault: "LEASEELECTION",
    regression: "a new leader counts a lease of which it has heard nothing as over",
    edits: [
      {
        file: "src/core/group/lease-watch.ts",
        from: "const sinceMs = Math.max(led.sinceMs, heardOf({ host, bootId }, heard) ?? Number.NEGATIVE_INFINITY);",
        to: "const sinceMs = led.sinceMs - 30_000;",
      },
    ],
    caughtBy: { scenario: "lease/the-master-is-cut-off", sign: "rule promoted-before-fence broken" },
  },
  {
    fault: "STALELEASE",
    regression: "the lease of a master proves it off for ever, although it has long booted",
    edits: [
      {
        file: "src/core/members/lease.ts",
        from: "if (lastGood?.master === host && view.nowMs - heardMs > PROVES_MASTER_MS) return false;",
        to: "",
      },
    ],
    caughtBy: { scenario: "lease/a-take-over-that-was-held-for-long", sign: "rule vm-twice broken" },
  },
  {
    fault: "LEASEDEVICE",
    regression: "a host that was reset counts as on, because its device says so",
    edits: [
      {
        file: "src/app/pass/proofs.ts",
        from: "if (proof.proofOf(host).by === LEASE_METHOD) return null;",
        to: "",
      },
    ],
    caughtBy: { scenario: "lease/its-device-says-that-it-is-on", sign: "expect all-once" },
  },
  {
    fault: "LEASEEND",
    regression: "a service that is stopped leaves its watchdog armed",
    edits: [
      {
        file: "src/app/daemons/monitor.ts",
        from: "if (!ports.isRestart()) await ports.endLease();",
        to: "",
      },
    ],
    caughtBy: { scenario: "lease/a-service-is-stopped", sign: "expect calm" },
  },
  {
    fault: "FORGETFUL",
    regression: "a master that has forgotten its pool keeps its place for ever",
    edits: [
      {
        file: "src/core/takeover/resign.ts",
        from: "const address = lastGood === null ? OWN_LOOPBACK : known;",
        to: "const address = known;",
      },
    ],
    caughtBy: { scenario: "state/deleted-on-a-master-whose-xapi-is-broken", sign: "expect masters" },
  },
  {
    fault: "LEASEBOOT",
    regression:
      "a lease of an earlier boot proves that a host is off which has booted since without a monitor",
    edits: [
      {
        file: "src/core/members/lease.ts",
        from: "return known !== undefined && known.bootedAtMs < heardMs;",
        to: "return known !== undefined;",
      },
      {
        file: "src/core/group/lease-sights.ts",
        from: ".map(({ host, heardMs }) => ({ host, heardMs })),",
        to: ".map(({ host }) => ({ host, heardMs: 0 })),",
      },
    ],
    caughtBy: { scenario: "lease/booted-without-a-monitor", sign: "rule vm-twice broken" },
  },
  {
    fault: "XAPIHA",
    regression: "a lease proves that a host is off whose slots XAPI's own HA has destroyed",
    edits: [
      {
        file: "src/core/group/void-leases.ts",
        from: "const voided = isTaken ? shown : shown.filter((one) => isVoided(last, one));",
        to: "const voided: HostBoot[] = [];",
      },
    ],
    caughtBy: { scenario: "lease/xapi-ha-ends-all-proofs", sign: "rule vm-twice broken" },
  },
  {
    fault: "LASTACK",
    regression:
      "a leader acknowledges nothing when no lease is left on the roll, and whoever took back the last one is reset",
    edits: [
      {
        file: "src/core/group/group.ts",
        from: "const isOwnTerm = voting.stored.term.host === voting.self;",
        to: "const isOwnTerm = false;",
      },
    ],
    caughtBy: { scenario: "lease/the-method-is-changed", sign: "expect calm" },
  },
];
