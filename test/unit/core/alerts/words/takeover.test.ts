import { describe, expect, test } from "bun:test";
import { TAKEOVER_WORDS } from "../../../../../src/core/alerts/words/takeover.ts";
import type { PromotionRefusal } from "../../../../../src/core/model/reason.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof TAKEOVER_WORDS]: string } = {
  "rival-master":
    "This host is configured as master, but the pool has agreed on xcp2: it starts nothing and becomes a slave of that host (10.0.0.2). If this host is to be master, and xcp2 is off: ha-cfg confirm-off xcp2.",
  "follows-named": "The hosts of the pool have agreed on xcp2 (10.0.0.2) as master: this host follows it.",
  "xapi-held":
    "XAPI of this host is held back from starting: it might end VMs that run here but that the pool database records on another host. It starts as soon as xcp2 has corrected its database. Do not start it by hand: the VMs of this host keep running without it.",
  resigned:
    "XAPI of this master serves no requests, not even after a restart: this host has given up being master, so that another host can replace it. Its VMs keep running.",
  "master-is-slave":
    "This host follows xcp2, which is not a master but follows 10.0.0.3: the pool may have none. The host that the others have agreed on becomes master again; where they have agreed on none, run on the one that should be: xe pool-emergency-transition-to-master, then xe pool-recover-slaves.",
  "taken-over": "xcp2 is or follows a new master (10.0.0.2): this host does not act against the old master.",
  "nobody-leads":
    "As far as this host knows, no host leads this pool: it hears 1 of the 2 hosts that count. Until one does, nothing is started, fenced or replaced.",
  "not-leading":
    "This master does not lead its pool: it hears 1 of the 4 hosts that count. No VM is started, and no host is fenced.",
  "waits-for-members": "These members have not reconnected yet: xcp2, xcp3.",
  "not-promoted":
    "The master has failed and this host does not take over: this host has no quorum. If h1 is off: ha-cfg confirm-off h1.",
  "promotion-under-way": "This host is becoming master: its pool database is being corrected.",
  "stood-down":
    "This host becomes a slave of 10.0.0.2. Its xapi starts again when the pool database of the new master agrees with what runs here.",
  promoting: "This host takes over as master from xcp1.",
  promoted:
    "Promotion complete: this host is pool master, and all surviving members have reconnected. The take-over from xcp1 is complete.",
  "promotion-dropped": "The master answers again: this host stays a slave, its take-over is cancelled.",
};

test("TAKEOVER_WORDS: what an administrator reads", () => expectWords(TAKEOVER_WORDS, SAID));

test("TAKEOVER_WORDS: what is not known leaves no empty place", () => {
  const rival = TAKEOVER_WORDS["rival-master"]({ kind: "rival-master", host: "xcp2", address: "" });
  expect(rival.text).toStartWith(
    "This host is configured as master, but the pool has agreed on xcp2: it starts nothing and becomes a slave of that host. If",
  );
  const held = TAKEOVER_WORDS["xapi-held"]({
    kind: "xapi-held",
    master: null,
    isMasterHeard: false,
    minutes: 0,
  });
  expect(held.text).toContain("It starts as soon as a host leads the pool and has corrected its database.");
  const long = TAKEOVER_WORDS["xapi-held"]({
    kind: "xapi-held",
    master: "h1",
    isMasterHeard: false,
    minutes: 10,
  });
  expect(long.text).toStartWith("XAPI of this host is held back from starting, for 10 minutes now: ");
  expect(long.text).toContain("The monitor of h1 is silent: service ha-lizard start -w there.");
  const masterless = TAKEOVER_WORDS.promoting({ kind: "promoting", oldMaster: null });
  expect(masterless.text).toBe(
    "No host of this pool is master, and the hosts have agreed on this one: it becomes master again.",
  );
});

describe("TAKEOVER_WORDS: a master that is not replaced: is an administrator's word the cure", () => {
  const CURE = " If h1 is off: ha-cfg confirm-off h1.";
  const text = (master: string | null, why: PromotionRefusal) =>
    TAKEOVER_WORDS["not-promoted"]({ kind: "not-promoted", master, why, silent: [], tie: null }).text;
  /** Why it is not, and whether a word would help where this host counts; a new why does not compile before somebody has decided that. */
  const HELPS: Readonly<Record<PromotionRefusal, boolean>> = {
    "promotion-disabled": false,
    "flag-disputed": false,
    "led-by-another": false,
    "too-early": false,
    "in-maintenance": false,
    "disk-not-writable": false,
    "no-quorum": true,
    "away-since-boot": true,
    "old-master-disarmed": false,
    "old-master-not-fenced": true,
  };
  for (const [why, helps] of Object.entries(HELPS) as [PromotionRefusal, boolean][]) {
    test(`${why}: ${helps ? "it is" : "it is not"}`, () =>
      expect(text("h1", why).endsWith(CURE)).toBe(helps));
    test(`${why}, on a host that does not count: it is not, for its word would be for nothing`, () => {
      const said = text(null, why);
      expect(said).toEndWith(".");
      // One that says how it is done by hand names no host, and not this one as the place for the word.
      expect(said).not.toContain("If h1");
      expect(text("h1", why)).toBe(helps ? `${said}${CURE}` : said);
    });
  }

  test("where others are silent, too, each of them is named: one word would not be enough", () => {
    const why = "no-quorum";
    const said = TAKEOVER_WORDS["not-promoted"]({
      kind: "not-promoted",
      master: "h1",
      why,
      silent: ["h2", "h4"],
      tie: null,
    });
    expect(said.text).toEndWith(" If h1, h2 and h4 are off, for each of them: ha-cfg confirm-off HOST.");
  });
  test("where only the tie is missing, it is told why", () => {
    const tie = "the tie cannot be claimed (no route)";
    const said = { kind: "not-promoted", master: "h1", why: "no-quorum", silent: [], tie } as const;
    expect(TAKEOVER_WORDS["not-promoted"](said).text).toBe(
      `The master has failed and this host does not take over: this host has no quorum: ${tie}.${CURE}`,
    );
  });
  test("it is told without an empty place for the name", () =>
    expect(text(null, "no-quorum")).toBe(
      "The master has failed and this host does not take over: this host has no quorum.",
    ));
});
