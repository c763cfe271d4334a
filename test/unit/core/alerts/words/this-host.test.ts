import { expect, test } from "bun:test";
import { THIS_HOST_WORDS } from "../../../../../src/core/alerts/words/this-host.ts";
import { expectWords } from "./expect-words.ts";

/** What is said of the examples (../reasons.ts): read it as an administrator would. */
const SAID: { readonly [Kind in keyof typeof THIS_HOST_WORDS]: string } = {
  "role-unknown":
    "Cannot tell the role of this host: pool.conf is empty. Nothing is done until /etc/xensource/pool.conf can be read.",
  "xapi-silent":
    "Cannot read the pool database: no answer in time. Continuing with the last known good state.",
  "not-master-in-database":
    "pool.conf says master, the pool database names xcp2: nothing is done until they agree.",
  "parameters-unknown":
    "Neither the pool database nor the last good copy of the parameters can be read: nothing is done until one can.",
  "parameter-problem": "XAPI_COUNT is 0: 2 is used",
  "state-damaged":
    "The state file of this host cannot be used: it is no JSON. It was moved aside; this host starts with an empty state.",
  "state-not-saved":
    "Cannot write the state file: ENOSPC: no space left on device, write. This host does not take over and does not reboot itself until it can, and lasting problems are reported in the log only.",
  isolated: "This host sees no other member and has no quorum: it reboots itself. Check its network.",
  "out-of-ha-after-reboot":
    "This host rebooted itself because it was isolated: it stays out of HA until it has seen a healthy pool again.",
  "toolstack-restarted": "The toolstack of this host was restarted: it had not answered for too long.",
  "action-failed": "Cannot enable xcp2: no answer in time.",
};

test("THIS_HOST_WORDS: what an administrator reads", () => expectWords(THIS_HOST_WORDS, SAID));

test("a host alone that lacks only the tie: why, and what a person can do", () => {
  const said = (reboots: boolean) =>
    THIS_HOST_WORDS.isolated({ kind: "isolated", reboots, tie: "h1 has claimed the tie", silent: ["h1"] })
      .text;
  const end = "Check its network. If h1 is off: ha-cfg confirm-off h1.";
  const why = "This host sees no other member and has no quorum: h1 has claimed the tie";
  expect(said(false)).toBe(`${why}. Nothing is done. ${end}`);
  expect(said(true)).toBe(`${why}. It reboots itself. ${end}`);
});
