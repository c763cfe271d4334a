import { test } from "bun:test";
import { VMS_WORDS } from "../../../../../src/core/alerts/words/vms.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof VMS_WORDS]: string } = {
  "vm-not-started": "web is halted and is not started: start is blocked.",
  "vm-left-down":
    "web was shut down by a client of XAPI on 2026-11-30 at 12:03 UTC, and stays down: start it by hand, or let HA start it: xe vm-param-set uuid=v1 other-config:HA_RESTART_STOPPED=1.",
  "vm-stop-doubted": "web is halted, and nothing says who stopped it; it is started.",
  "vm-has-no-host":
    "web cannot be started: no host can run it: h1 with too little free memory. It is started as soon as one can.",
  "vm-down": "web has been down for five minutes: its start is blocked.",
  "vm-started": "web was halted and has been started.",
  "vm-start-failed": "web cannot be started: HOST_NOT_ENOUGH_FREE_MEMORY. The start is retried later.",
  "database-wrong":
    "web runs on xcp2, and the pool database lists it as halted: the database is corrected as soon as that is safe.",
  "vm-runs-twice":
    "web runs on xcp2 and on xcp3 at the same time: both write its disks. Nothing is ended, because nothing says which copy is the right one. Decide, and shut the other one down on its host: xl list, xl shutdown.",
  "leftover-found":
    "web runs on xcp3, and xcp2 still runs the earlier copy: it was treated as off, but was not. XAPI of xcp2 is restarted as soon as that is safe, which ends that copy.",
};

test("VMS_WORDS: what an administrator reads", () => expectWords(VMS_WORDS, SAID));
