import type { FakeWorld } from "./fake-ports.ts";
import { hearing, hosts, keys } from "./sound-pool.ts";

/** What somebody has done wrong, the check and verdict that doctor has for it, a part of what it says, and the world that shows it. */
export interface Misconfiguration {
  readonly name: string;
  readonly check: string;
  readonly verdict: "warn" | "bad";
  readonly says: string;
  readonly world: Partial<FakeWorld>;
}

type Row = readonly [
  name: string,
  check: string,
  verdict: "warn" | "bad",
  says: string,
  world: Partial<FakeWorld>,
];

export const rowsOf = (rows: readonly Row[]): readonly Misconfiguration[] =>
  rows.map(([name, check, verdict, says, world]) => ({ name, check, verdict, says, world }));

const THREE = hosts(3);
const HOOK = "/etc/xapi.d/vm-pre-start/50-ha-lizard";
const EVENT_HOOK = "/etc/ha-lizard/hooks/host-fenced";
const hook = { path: EVENT_HOOK, name: "host-fenced", why: null, cure: null };
const [, second] = THREE;
const installed = { guard: "there", plugin: "there", brokenHooks: [] } as const;
const deaf = hearing(THREE, { peers: hearing(THREE).peers.map((peer) => ({ ...peer, heard: "silent" })) });

/** Of one host: its services, its files, its firewall, and its way to the others. */
export const OF_A_HOST = rowsOf([
  [
    "the monitor was never started",
    "monitor",
    "bad",
    "the monitor does not run on this host -> service ha-lizard start",
    { daemon: () => ({ state: "dead", pid: null, atBoot: true }) },
  ],
  [
    "somebody stopped the watchdog and forgot it",
    "watchdog",
    "bad",
    "the watchdog was stopped by an administrator -> service ha-lizard-watchdog start",
    { daemon: () => ({ state: "stopped-on-purpose", pid: null, atBoot: true }) },
  ],
  [
    "the services are not started at boot",
    "monitor",
    "bad",
    "the monitor is not started when this host boots -> chkconfig ha-lizard on",
    { daemon: () => ({ state: "running", pid: 1, atBoot: false }) },
  ],
  [
    "an upgrade by the installation medium took the hook away",
    "installation",
    "warn",
    "START_GUARD=1, but its hook is not in /etc/xapi.d/vm-pre-start",
    { installed: { ...installed, guard: "missing" } },
  ],
  [
    "a hook that cannot be run",
    "installation",
    "bad",
    `${HOOK} cannot be run: XAPI takes that for a refusal, and no VM starts on this host`,
    { installed: { ...installed, guard: "unusable", brokenHooks: [HOOK] } },
  ],
  [
    "the plugin leads nowhere",
    "installation",
    "warn",
    "the plugin of this program is not in /etc/xapi.d/plugins",
    { installed: { ...installed, plugin: "unusable" } },
  ],
  [
    "a hook that cannot be executed",
    "hooks",
    "warn",
    `the hook ${EVENT_HOOK} is not run: it cannot be executed -> chmod 755 ${EVENT_HOOK}`,
    { hooks: [{ ...hook, why: "it cannot be executed", cure: `chmod 755 ${EVENT_HOOK}` }] },
  ],
  [
    "a hook that is named after no event",
    "hooks",
    "warn",
    `the hook ${EVENT_HOOK}d is never run: no event has this name (ha-cfg manual services) -> mv ${EVENT_HOOK}d ${EVENT_HOOK}`,
    { hooks: [{ ...hook, path: `${EVENT_HOOK}d`, name: "host-fencedd" }] },
  ],
  [
    "the disk of Dom0 is full",
    "room",
    "bad",
    "the disk of /etc/ha-lizard/state is full (3 MB free)",
    { room: [{ path: "/etc/ha-lizard/state", freeBytes: 3_500_000 }] },
  ],
  [
    "old logs fill the disk",
    "room",
    "warn",
    "the disk of /var/log is nearly full (150 MB free)",
    { room: [{ path: "/var/log", freeBytes: 150_000_000 }] },
  ],
  [
    "a file of overrides that only one host has",
    "override-file",
    "warn",
    "the override file of this host sets XE_TIMEOUT",
    { override: { XE_TIMEOUT: "7" } },
  ],
  [
    "portreserve keeps the port of the heartbeats",
    "heartbeat-port",
    "bad",
    "portreserve keeps UDP port 694 for xha, and the monitor has not got it",
    { keeper: "xha", hearing: hearing(THREE, { trouble: "cannot use UDP port 694 (IPv4): it is in use" }) },
  ],
  [
    "firewalld closes the port of the heartbeats",
    "firewall",
    "bad",
    "the firewall of this host (firewalld) does not let in UDP port 694, by which the hosts hear each other -> firewall-cmd --permanent --add-port=694/udp",
    { gate: { kind: "closed", by: "firewalld" }, hearing: deaf },
  ],
  [
    "a firewall that lets in nothing but answers",
    "firewall",
    "warn",
    "they are heard only as long as this host speaks first -> iptables -I INPUT -p udp --dport 694 -j ACCEPT",
    { gate: { kind: "closed", by: "iptables" } },
  ],
  [
    "ICMP is filtered between the hosts",
    "members",
    "bad",
    "answers XAPI but not ping",
    { probe: () => ({ icmp: "silent", xapi: "answered" }) },
  ],
  [
    "ports 80 and 443 are filtered between the hosts",
    "members",
    "bad",
    "answers ping but not XAPI",
    { probe: () => ({ icmp: "answered", xapi: "silent" }) },
  ],
  [
    "maintenance was forgotten",
    "members",
    "warn",
    "dom0-2 (192.0.2.2) is in maintenance (disabled): no VM is started there",
    { hosts: THREE.map((host) => (host === second ? { ...host, enabled: false } : host)) },
  ],
  [
    "the monitor of another host does not run",
    "heartbeats",
    "bad",
    "dom0-2 is not heard by anybody",
    { hearing: deaf },
  ],
  [
    "another pool, or another version, speaks on the port",
    "heartbeats",
    "warn",
    "datagrams were refused since the monitor began",
    { hearing: hearing(THREE, { refused: { malformed: 9, otherPool: 0, wrongTag: 0, unknownHost: 0 } }) },
  ],
  [
    "no clock is kept right",
    "clocks",
    "warn",
    "the clock of dom0-2 is 60 s ahead of this host's -> systemctl enable chronyd",
    { hostClock: () => ({ ok: true, value: 60_000 }) },
  ],
  [
    "no xenwatchdogd",
    "xen-watchdog",
    "bad",
    "xenwatchdogd is not installed on this host",
    {
      otherConfig: keys({ FENCE_METHOD: "WATCHDOG" }),
      watchdogTools: { program: null, serviceOn: false },
    },
  ],
  [
    "xen-watchdog.service is on",
    "xen-watchdog",
    "bad",
    "xen-watchdog.service is on: it has one of the two slots",
    {
      otherConfig: keys({ FENCE_METHOD: "IPMI,WATCHDOG" }),
      watchdogTools: { program: "/usr/sbin/xenwatchdogd", serviceOn: true },
    },
  ],
]);
