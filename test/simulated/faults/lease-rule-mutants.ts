import type { FurtherMutant } from "./further-mutants.ts";
import { EXPLORER } from "./group-mutants.ts";

const core = (name: string) => `src/core/group/${name}`;
const RENEWED = "a lease is renewed";
const OTHER_LEADS = "a lease is renewed, and another host leads";
const ENDS = "a lease ends, and acknowledgements are passed on";
const OTHER_ENDS = "a lease ends, and another host leads";

/** Rules of the lease that are left out (simulated/explore/leases.ts). */
export const LEASE_RULE_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "ONESLOT",
    regression: "a host has one slot, and arms it again when its number is acknowledged",
    edits: [
      {
        file: core("own-lease.ts"),
        from: "    armMs: slots.length < SLOTS && isDue ? leaseMs : null,\n    disarm: slots.slice(0, Math.max(0, acked)),",
        to: "    armMs: isDue && acked >= slots.length - 1 ? leaseMs : null,\n    disarm: isDue && acked >= slots.length - 1 ? slots : [],",
      },
    ],
    caughtBy: { file: EXPLORER, test: RENEWED },
  },
  {
    fault: "ARMAFTER",
    regression: "what was sent just before a slot was armed is an acknowledgement of it",
    edits: [
      {
        file: core("own-lease.ts"),
        from: "slots.findLastIndex(({ armedMs }) => ackedMs !== null && armedMs < ackedMs)",
        to: "slots.findLastIndex(({ armedMs, timeoutMs }) => ackedMs !== null && armedMs - timeoutMs / 3 < ackedMs)",
      },
    ],
    caughtBy: { file: EXPLORER, test: RENEWED },
  },
  {
    fault: "NOCHECK",
    regression: "who has led goes on acknowledging without a look at its mandate",
    edits: [
      {
        file: core("lease-watch.ts"),
        from: "if (mandateUntil(voting, nowMs, timings) === null) return",
        to: "if (last.led === null && mandateUntil(voting, nowMs, timings) === null) return",
      },
      {
        file: core("group.ts"),
        from: 'vote.lead.kind === "leads" ? acknowledged(leases)',
        to: 'vote.lead.kind === "leads" || leases.led !== null ? acknowledged(leases)',
      },
    ],
    caughtBy: { file: EXPLORER, test: OTHER_LEADS },
  },
  {
    fault: "CHECKFIRST",
    regression: "the mandate is looked at, and then the numbers are read that are acknowledged",
    edits: [
      {
        file: core("group.ts"),
        from: "? acknowledged(leases) : passedOn",
        to: "? stepHeard(leases.heard, hearing, nowMs) : passedOn",
      },
      {
        file: core("group.ts"),
        from: 'import { passedOn } from "./acks.ts";',
        to: 'import { passedOn, stepHeard } from "./acks.ts";',
      },
    ],
    caughtBy: { file: EXPLORER, test: OTHER_LEADS },
  },
  {
    fault: "ACKAGE",
    regression: "a lease runs from the number that was acknowledged, though the leader was elected later",
    edits: [
      {
        file: core("lease-watch.ts"),
        from: "Math.max(led.sinceMs, heardOf({ host, bootId }, heard) ?? Number.NEGATIVE_INFINITY)",
        to: "heardOf({ host, bootId }, heard) ?? led.sinceMs",
      },
    ],
    caughtBy: { file: EXPLORER, test: OTHER_LEADS },
  },
  {
    fault: "NOWAIT",
    regression: "a leader does not wait for the leases of those of which it has acknowledged nothing",
    edits: [
      {
        file: core("lease-watch.ts"),
        from: "Math.max(led.sinceMs, heardOf({ host, bootId }, heard) ?? Number.NEGATIVE_INFINITY)",
        to: "heardOf({ host, bootId }, heard) ?? Number.NEGATIVE_INFINITY",
      },
    ],
    caughtBy: { file: EXPLORER, test: RENEWED },
  },
  {
    fault: "NOBOOT",
    regression: "an acknowledgement counts for whatever boot it is",
    edits: [
      {
        file: core("acks.ts"),
        from: ".find(({ host, bootTag: tag }) => host === self && tag === bootTag(bootId))",
        to: ".filter(({ host }) => host === self && bootTag(bootId) > 0).sort((a, b) => wholeMs(b.ms, nowMs) - wholeMs(a.ms, nowMs))[0]",
      },
    ],
    caughtBy: { file: "test/unit/core/group/acks.test.ts", test: "of an earlier boot" },
  },
  {
    fault: "ACKOVER",
    regression: "a host is acknowledged after its lease was over",
    edits: [
      {
        file: core("lease-watch.ts"),
        from: "return over.length === 0 ? heard : heard.filter((one) => !isOver(one));",
        to: "return over.length === 0 ? heard : heard.filter((one) => !isOver(one) || led.sinceMs >= 0);",
      },
    ],
    caughtBy: { file: EXPLORER, test: RENEWED },
  },
  {
    fault: "TOOSHORT",
    regression: "a lease is over a millisecond too early",
    edits: [
      {
        file: core("lease-watch.ts"),
        from: "number => leaseMs * leaseDrift",
        to: "number => (leaseMs - 1) * leaseDrift",
      },
    ],
    caughtBy: { file: EXPLORER, test: RENEWED },
  },
  {
    fault: "NODRIFT",
    regression: "two clocks are taken for the same",
    edits: [{ file: core("timings.ts"), from: "leaseDrift: 1.01", to: "leaseDrift: 1" }],
    caughtBy: { file: EXPLORER, test: "a lease is renewed by clocks that differ" },
  },
  {
    fault: "WORDALONE",
    regression: "a lease has ended when the leader has the word, whatever the rolls show",
    edits: [
      {
        file: core("own-lease.ts"),
        from: "const isOver = shownMs === null && isReleased(withdrawnMs, voting, sight, timings);",
        to: "const isOver = isReleased(withdrawnMs, voting, sight, timings);",
      },
      {
        file: core("own-lease.ts"),
        from: "return isNewest && leaderAckedMs !== null",
        to: "return (isNewest || words.settled) && leaderAckedMs !== null",
      },
      { file: core("own-lease.ts"), from: " || !words.settled) return false;", to: ") return false;" },
    ],
    caughtBy: { file: EXPLORER, test: ENDS },
  },
  {
    fault: "OLDWORD",
    regression: "a lease is entered from a word that is older than the roll",
    edits: [
      {
        file: core("wanted-roll.ts"),
        from: "return isNew && hasRoll && words",
        to: "return isNew && (hasRoll || isNew) && words",
      },
    ],
    caughtBy: { file: EXPLORER, test: OTHER_ENDS },
  },
  {
    fault: "RELAYEDEND",
    regression: "a lease ends by an acknowledgement that another host has passed on",
    edits: [
      {
        file: core("own-lease.ts"),
        from: "return isNewest && leaderAckedMs !== null && leaderAckedMs >= withdrawnMs;",
        to: "return isNewest && leaderAckedMs !== undefined && ackedMs !== null && ackedMs >= withdrawnMs;",
      },
    ],
    caughtBy: { file: EXPLORER, test: ENDS },
  },
];
