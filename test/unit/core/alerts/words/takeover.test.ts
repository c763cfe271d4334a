import { describe, expect, test } from "bun:test";
import { TAKEOVER_WORDS } from "../../../../../src/core/alerts/words/takeover.ts";
import type { PromotionRefusal } from "../../../../../src/core/model/reason.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof TAKEOVER_WORDS]: string } = {
  "rival-master":
    "xcp2 follows or is another master (10.0.0.2): this host stands down, starts nothing and fences nobody. If this host should be master, run on it: xe pool-recover-slaves.",
  "master-is-slave":
    "This host follows xcp2, which is no master but follows 10.0.0.3: the pool may have none. If all hosts say so for a minute and more, one of them becomes master; else run on the one that should be: xe pool-emergency-transition-to-master, then xe pool-recover-slaves.",
  "taken-over": "xcp2 is or follows a new master (10.0.0.2): this host waits to be called by it.",
  "nobody-leads":
    "No host leads this pool, by what this one knows: it hears 1 of the 2 hosts that count. Until one does nothing is started, fenced or replaced.",
  "not-leading":
    "This master does not lead its pool: it hears 1 of the 4 hosts that count. No VM is started, and no host is fenced.",
  "waits-for-members": "No VM is started until these members have come back or are fenced: xcp2, xcp3.",
  "not-promoted":
    "The master has failed and this host does not take over: this host has no quorum. If h1 is off: ha-cfg confirm-off h1.",
  "promotion-under-way": "This host is becoming master: called.",
  "stood-down": "The other hosts follow 10.0.0.2: this host becomes its slave.",
  promoting: "This host takes over as master from xcp1.",
  promoted: "This host is master now, all living members follow it. The take-over from xcp1 is complete.",
  "promotion-dropped": "The master answers again: this host stays a slave, its take-over is dropped.",
};

test("TAKEOVER_WORDS: what an administrator reads", () => expectWords(TAKEOVER_WORDS, SAID));

describe("TAKEOVER_WORDS: a master that is not replaced: is an administrator's word the cure", () => {
  const CURE = " If h1 is off: ha-cfg confirm-off h1.";
  const text = (master: string | null, why: PromotionRefusal) =>
    TAKEOVER_WORDS["not-promoted"]({ kind: "not-promoted", master, why }).text;
  /** Why it is not, and whether a word would help where this host counts; a new why does not compile before somebody has decided that. */
  const HELPS: Readonly<Record<PromotionRefusal, boolean>> = {
    "promotion-disabled": false,
    "flag-disputed": false,
    "not-the-successor": false,
    "waits-its-turn": false,
    "in-maintenance": false,
    "disk-not-writable": false,
    "no-quorum": true,
    "away-since-boot": true,
    "old-master-not-fenced": true,
  };
  for (const [why, helps] of Object.entries(HELPS) as [PromotionRefusal, boolean][]) {
    test(`${why}: ${helps ? "it is" : "it is not"}`, () =>
      expect(text("h1", why).endsWith(CURE)).toBe(helps));
    test(`${why}, on a host that does not count: it is not, for its word would be for nothing`, () => {
      const said = text(null, why);
      expect(said).toEndWith(".");
      expect(said).not.toContain("confirm-off");
      expect(text("h1", why)).toBe(helps ? `${said}${CURE}` : said);
    });
  }

  test("it is told without an empty place for the name", () =>
    expect(text(null, "no-quorum")).toBe(
      "The master has failed and this host does not take over: this host has no quorum.",
    ));
});
