import { test } from "bun:test";
import { POOL_WORDS } from "../../../../../src/core/alerts/words/pool.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof POOL_WORDS]: string } = {
  "xapi-ha-enabled":
    "XenServer HA is enabled: HA-Lizard switches itself off, because two HA systems would fight. Disable one of them.",
  "ha-off": "HA is switched off: watching only.",
  "ha-unset":
    "HA is neither on nor off: the pool's custom field ha-lizard-enabled is not true or false. Nothing is done; run: ha-cfg ha-enable.",
  disarmed:
    "HA is disarmed for this pool, for 120 min: no host is fenced, no master replaced, no VM started. It ends by itself; sooner: ha-cfg arm.",
  armed: "HA is armed again for xcp2.",
  "ha-switched-off": "HA-Lizard was switched off for this pool.",
  "pool-not-surviving":
    "The pool does not survive the loss of any one host: if xcp1, xcp2 or xcp3 failed now, the others would lack memory for its VMs.",
  "vms-unprotected":
    "If their hosts failed now, these VMs would not be started elsewhere: db (its start is blocked); web (h2 without its storage).",
  "no-successor": "No slave can replace this master now: none is enabled, live and responding.",
  "successor-chosen": "xcp2 is the successor of this master.",
  "database-not-on-disk":
    "The pool database of this master cannot be put on its disk. If its xapi were killed now, it would come back with an older one, which has some VMs where they do not run. The attempt is repeated.",
  "copy-is-old":
    "The copy of the pool database on this host is old: it cannot be fetched from xcp1. If this host took over as master now, what has changed since would be lost. The attempt is repeated.",
};

test("POOL_WORDS: what an administrator reads", () => expectWords(POOL_WORDS, SAID));
