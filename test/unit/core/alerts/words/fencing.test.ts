import { test } from "bun:test";
import { FENCING_WORDS } from "../../../../../src/core/alerts/words/fencing.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof FENCING_WORDS]: string } = {
  "fence-refused":
    "xcp2 is not fenced: this host has no quorum. Its VMs stay where they are. Make sure that the host is off, then run on a surviving host: ha-cfg confirm-off xcp2.",
  "waits-for-lease": "xcp2 is treated as off when its lease expires: its watchdog has reset it by then.",
  "host-lease-over": "xcp2 is off: its lease has expired, so its watchdog has reset it.",
  "fence-waits": "xcp2 waits to be fenced: several hosts have failed, and they are fenced one at a time.",
  "host-rests":
    "xcp2 was fenced twice within an hour: no VM is started there until it has been healthy for ten minutes. Find out why it fails.",
  "host-fenced": "xcp2 was fenced: its agent confirms that it is off.",
  "host-confirmed-off": "xcp2 is treated as off: an administrator has confirmed it (ha-cfg confirm-off).",
  "fence-failed":
    "xcp2 could not be fenced: agent-timeout (60 s). Its VMs stay where they are. Make sure that the host is off, then run on a surviving host: ha-cfg confirm-off xcp2. The attempt is repeated.",
  "fence-device-wrong":
    "The fence device of xcp2 cannot be relied on: no answer. If xcp2 failed now, its VMs would stay down. Try again with: ha-cfg fence-test xcp2",
  "proof-over":
    "xcp2 was fenced, and its device says that it is on again. Everything that depends on it being off has stopped: HA-Lizard waits for it, or fences it again.",
  "proof-doubted":
    "xcp2 was fenced, and its device does not say now whether it is still off: ILO: no answer within 10 s. Everything that depends on it waits. If it is off: ha-cfg confirm-off xcp2",
  "host-switched-on":
    "xcp2 was switched on again (FENCE_ACTION=reset): its VMs do not wait for it to be off.",
  "fence-device-back": "The fence device of xcp2 answers again.",
};

test("FENCING_WORDS: what an administrator reads", () => expectWords(FENCING_WORDS, SAID));
