import { expect, test } from "bun:test";
import { HOSTS_WORDS } from "../../../../../src/core/alerts/words/hosts.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof HOSTS_WORDS]: string } = {
  "host-suspect": "xcp2 does not answer: retrying.",
  "host-xapi-down": "xcp2 answers ping but not XAPI: it is considered alive for 300 s. Check its toolstack.",
  "host-reported":
    "xcp2 does not answer this host, but xcp3 hears it: it lives. Check the network between xcp2 and this host.",
  "monitor-silent":
    "XAPI of xcp2 answers, but its monitor is not heard: it takes no part in HA. Check the service ha-lizard there, and that the UDP port of HEARTBEAT_PORT is open between the hosts.",
  "host-without-address":
    "xcp2 has no address in the pool database, and its monitor is not heard: nobody can tell whether it lives, and it is not fenced. Check its management interface: xe host-management-reconfigure there.",
  "host-failed": "xcp2 is down: no response to any of the retries.",
  "host-left-alone":
    "xcp2 was disabled by hand, and XAPI has enabled it with its start: it counts as in maintenance until a VM is moved or started there by hand, for half an hour at the most. Sooner: xe host-disable, and a minute later xe host-enable. Longer: ha-cfg disarm --host xcp2.",
  "master-lost":
    "xcp1 does not answer this host, and no host has taken over. Check the network of this host, and the successor.",
  "xapi-restarted":
    "XAPI of xcp2 is restarted: then it compares the VMs that it runs with the pool database.",
  "host-declared-dead": "xcp2 was declared dead: its VMs can be started elsewhere.",
  "host-answers-xapi":
    "XAPI still reaches xcp2, which does not answer this host: its VMs are left alone. Check the network between them.",
  "host-back": "xcp2 is back.",
  "host-forgotten":
    "xcp2 was removed from the pool permanently (FENCE_HOST_FORGET=1, deprecated): it must be reinstalled.",
  "host-enabled":
    "xcp2 was enabled again: it had come back while it was being declared dead, which disabled it.",
};

test("HOSTS_WORDS: what an administrator reads", () => expectWords(HOSTS_WORDS, SAID));

test("HOSTS_WORDS: a silent XAPI of a host whose monitor is heard", () => {
  const text = (long: boolean) =>
    HOSTS_WORDS["host-xapi-down"]({ kind: "host-xapi-down", host: "xcp2", toleranceS: null, long }).text;
  expect(text(false)).toBe("XAPI of xcp2 does not answer, its monitor does: it may be starting.");
  expect(text(true)).toBe(
    "XAPI of xcp2 does not answer, its monitor does: it lives, and no VM is started there. Check its toolstack.",
  );
});
