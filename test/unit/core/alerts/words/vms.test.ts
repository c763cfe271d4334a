import { test } from "bun:test";
import { VMS_WORDS } from "../../../../../src/core/alerts/words/vms.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof VMS_WORDS]: string } = {
  "vm-not-started": "web is halted and is not started: start is blocked.",
  "vm-down": "web has been down for five minutes: its start is blocked.",
  "vm-started": "web was halted and has been started.",
  "vm-start-failed": "web cannot be started: HOST_NOT_ENOUGH_FREE_MEMORY. It is tried again later.",
  "leftover-destroyed":
    "The domain of VM 2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10 was destroyed here: the VM runs on another host since a failover.",
};

test("VMS_WORDS: what an administrator reads", () => expectWords(VMS_WORDS, SAID));
