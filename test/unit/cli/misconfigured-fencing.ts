import type { StorageFacts } from "../../../src/ports/pool-survey.ts";
import { rowsOf } from "./misconfigured-hosts.ts";
import { hosts, keys, soundPool } from "./sound-pool.ts";
import { FLAG } from "./vms.ts";

const POINTLESS = "FENCE_METHOD=POOL cuts no power: two copies of a VM are possible";
const LIST = "/etc/ha-lizard/fence/IPMI/IPMI.hosts";
const [first, second] = hosts(3);
const two = (params: Readonly<Record<string, string>>) => ({
  ...soundPool(2),
  otherConfig: keys({ FENCE_MIN_HOSTS: "2", ...params }),
});
const gateway = { FENCE_USE_IP_HEURISTICS: "1", FENCE_HEURISTICS_IPS: "192.0.2.254" };
const place = { TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: "ha@192.0.2.2:claims" };
const tested = (wrong: string) => ({
  ...two({ TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: "ha@192.0.2.9:claims" }),
  tieTest: () => wrong,
});
const SR = "00000000-0000-4000-8000-0000000000aa";
export const onSr = (over: Partial<StorageFacts>) => ({
  ...two({ TIE_BREAKER: "sr", TIE_BREAKER_PLACE: SR }),
  storages: {
    ok: true,
    value: [
      {
        uuid: SR,
        name: "store",
        type: "nfs",
        shared: true,
        hosts: hosts(2).map(({ uuid }) => uuid),
        ...over,
      },
    ],
  } as const,
});
const known = (mode: string, address: string | null) =>
  ({
    ok: true,
    value: [{ host: first?.uuid ?? ("" as never), version: "8.3", powerOn: { mode, address } }],
  }) as const;

/** What proves that a host is off, and who decides it. */
export const OF_FENCING = rowsOf([
  [
    "POOL: no proof is possible",
    "fencing",
    "warn",
    POINTLESS,
    { otherConfig: keys({ FENCE_METHOD: "POOL" }) },
  ],
  [
    "POOL behind a method that proves",
    "fencing",
    "warn",
    "when all others fail, POOL counts as fenced without cutting power",
    { otherConfig: keys({ FENCE_METHOD: "IPMI,POOL" }) },
  ],
  [
    "fencing off while HA is on",
    "fencing",
    "warn",
    "fencing is off (FENCE_ENABLED=0): nothing proves that a dead host is off",
    { otherConfig: keys({ FENCE_ENABLED: "0" }) },
  ],
  [
    "fencing off, and VMs started all the same",
    "fencing",
    "warn",
    "VMs are started all the same: two copies of a VM are possible",
    { otherConfig: keys({ FENCE_ENABLED: "0", FENCE_HA_ONFAIL: "1" }) },
  ],
  [
    "an action that cuts nobody off",
    "fencing",
    "bad",
    "FENCE_ACTION=start cuts nobody off",
    { otherConfig: keys({ FENCE_ACTION: "start" }) },
  ],
  [
    "VMs are started although a fence has failed",
    "dangerous-values",
    "warn",
    "FENCE_HA_ONFAIL=1: dangerous",
    { otherConfig: keys({ FENCE_HA_ONFAIL: "1" }) },
  ],
  [
    "a host is missing in the list of devices",
    "fence-devices",
    "bad",
    `fence device of dom0-2 by IPMI: Cannot fence: ${second?.uuid} is not listed in ${LIST}`,
    {
      device: (host) =>
        host === second?.uuid
          ? { kind: "unknown", why: `Cannot fence: ${host} is not listed in ${LIST}` }
          : { kind: "on" },
    },
  ],
  [
    "the device of another machine",
    "fence-devices",
    "bad",
    "fence device of dom0-2 by IPMI: it says off, and the host is up",
    { device: (host) => (host === second?.uuid ? { kind: "off" } : { kind: "on" }) },
  ],
  [
    "an agent that nobody has tested",
    "fence-agents",
    "warn",
    "/fence/MINE/MINE.sh has not been tested on this host",
    {
      otherConfig: keys({ FENCE_METHOD: "MINE" }),
      method: () => ({ untestedAgent: "/fence/MINE/MINE.sh" }),
    },
  ],
  [
    "an agent of one's own that is never run",
    "fence-agents",
    "warn",
    "/opt/fence/IPMI/IPMI.sh is not used, because IPMI is built in",
    { method: () => ({ ignoredAgent: "/opt/fence/IPMI/IPMI.sh" }) },
  ],
  [
    "a BMC found in XAPI and not used",
    "bmc",
    "warn",
    "XAPI knows a BMC of dom0-1 (IPMI 203.0.113.1), and FENCE_METHOD=POOL does not use it: with it a dead host is proved to be off -> ha-cfg fence-hosts from-xapi --method IPMI --password; ha-cfg set FENCE_METHOD IPMI; ha-cfg fence-test",
    { otherConfig: keys({ FENCE_METHOD: "POOL" }), hostFacts: known("IPMI", "203.0.113.1") },
  ],
  [
    "a BMC found in XAPI while fencing is off",
    "bmc",
    "warn",
    "XAPI knows a BMC of dom0-1 (DRAC), and fencing, which is off, does not use it",
    { otherConfig: keys({ FENCE_ENABLED: "0" }), hostFacts: known("DRAC", null) },
  ],
  [
    "two hosts and the default of FENCE_MIN_HOSTS",
    "quorum",
    "bad",
    "2 hosts are fewer than FENCE_MIN_HOSTS=3: none is fenced",
    { ...soundPool(2), otherConfig: keys() },
  ],
  [
    "two hosts that nothing outside decides between",
    "tie-breaker",
    "bad",
    "with two hosts and TIE_BREAKER=none nothing decides which one goes on alone: when the master dies, the other host does nothing before somebody says there: ha-cfg confirm-off",
    two({}),
  ],
  [
    "four hosts that nothing outside decides between",
    "tie-breaker",
    "warn",
    "when the half with the master dies, the other half does nothing",
    soundPool(4),
  ],
  [
    "an even number and heuristic IPs, which both halves may reach",
    "tie-breaker",
    "warn",
    "2 hosts are an even number, and heuristic IPs decide between two halves: both may reach them",
    two(gateway),
  ],
  [
    "an exclusive tie without a place",
    "tie-breaker",
    "bad",
    "TIE_BREAKER=ssh, but TIE_BREAKER_PLACE names no place",
    two({ TIE_BREAKER: "ssh" }),
  ],
  [
    "an exclusive tie with a place of another kind",
    "tie-breaker",
    "bad",
    "TIE_BREAKER=sr, but TIE_BREAKER_PLACE is ha@192.0.2.2:claims, another kind of place",
    two({ ...place, TIE_BREAKER: "sr" }),
  ],
  [
    "an exclusive tie on a host of the pool",
    "tie-breaker",
    "bad",
    "TIE_BREAKER_PLACE is on dom0-2, a host of the pool",
    two(place),
  ],
  [
    "a tie-breaker for which this host has no key",
    "tie-breaker",
    "bad",
    "this host cannot claim a tie: Cannot use the key",
    tested("Cannot use the key /etc/ha-lizard/tie-breaker-key: ENOENT"),
  ],
  [
    "a tie-breaker whose host key is not pinned here",
    "tie-breaker",
    "bad",
    "this host cannot claim a tie: its host key is not pinned on this host",
    tested("its host key is not pinned on this host"),
  ],
  [
    "a tie-breaker that does not answer",
    "tie-breaker",
    "bad",
    "this host cannot claim a tie: no answer within 10 s",
    tested("no answer within 10 s"),
  ],
  [
    "a tie-breaker where two claims win",
    "tie-breaker",
    "bad",
    "this host cannot claim a tie: of two claims at the same time 2 have won",
    tested("of two claims at the same time 2 have won"),
  ],
  [
    "a tie on an SR that the pool does not have",
    "tie-breaker",
    "bad",
    "TIE_BREAKER_PLACE is 00000000-0000-4000-8000-0000000000aa, which is no SR of this pool",
    onSr({ uuid: "00000000-0000-4000-8000-0000000000bb" }),
  ],
  [
    "a tie on an SR without files",
    "tie-breaker",
    "bad",
    "TIE_BREAKER_PLACE is the SR store, which has no files (lvmoiscsi)",
    onSr({ type: "lvmoiscsi" }),
  ],
  [
    "a tie on the SR of one host",
    "tie-breaker",
    "bad",
    "TIE_BREAKER_PLACE is the SR store, which only one host has",
    onSr({ type: "ext", shared: false }),
  ],
  [
    "a tie on an SR that one host has not attached",
    "tie-breaker",
    "bad",
    "the SR store of TIE_BREAKER_PLACE is not attached on dom0-2",
    onSr({ hosts: hosts(1).map(({ uuid }) => uuid) }),
  ],
  [
    "a heuristic IP that is a host of the pool",
    "heuristic-ips",
    "bad",
    "heuristic IP 192.0.2.2 is dom0-2, a host of the pool",
    two({ ...gateway, FENCE_HEURISTICS_IPS: "192.0.2.2" }),
  ],
  [
    "a heuristic IP that filters ping",
    "heuristic-ips",
    "bad",
    "heuristic IP 192.0.2.254 does not answer ping",
    { ...two(gateway), ping: () => "silent" },
  ],
  [
    "heuristic IPs asked for, and none named",
    "heuristic-ips",
    "bad",
    "FENCE_USE_IP_HEURISTICS=1, but there are no addresses",
    two({ FENCE_USE_IP_HEURISTICS: "1" }),
  ],
  [
    "no quorum wanted",
    "quorum",
    "warn",
    "no quorum is required: after a network split both sides act",
    { otherConfig: keys({ FENCE_QUORUM_REQUIRED: "0" }) },
  ],
  ["XAPI's own HA is on", "xapi-ha", "bad", "HA-Lizard does nothing beside it", { haEnabled: true }],
  ["HA is off", "ha-flag", "warn", "HA is off", { otherConfig: { ...keys(), [FLAG]: "false" } }],
]);
