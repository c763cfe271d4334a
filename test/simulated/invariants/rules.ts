import { databaseSeenBy, masterDatabases } from "../../../src/simulation/control.ts";
import type { Fields } from "../../../src/simulation/database.ts";
import { Datagrams } from "../../../src/simulation/ports/datagrams.ts";
import { POOL_UUID } from "../../../src/simulation/spec.ts";
import type { LogEntry, SimHost } from "../../../src/simulation/world.ts";
import type { Facts } from "./facts.ts";

/**
 * One thing that may never be (core/README.md, "The rules that may never be broken"): says what is wrong with an event,
 * or null.
 */
export interface Rule {
  readonly name: string;
  /** Holds only with a fence method that proves: with POOL, FENCE_ENABLED=0 or FENCE_HA_ONFAIL=1 it is counted. */
  readonly needsProof?: true;
  readonly check: (entry: LogEntry, facts: Facts) => string | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A decision may be as old as the probes it was made from. */
const PROBE_SLACK_MS = 25 * SECOND;
/** How long after its promise a host's answers may have gone unheard by a probe that was already under way. */
const LAST_PROBE_MS = 6 * SECOND;

const hostBy = (entry: LogEntry, facts: Facts): SimHost => facts.world.host(Number(entry["by"]));
const seconds = (ms: number): string => `${Math.round(ms / SECOND)} s`;

/** A VM that ended with its host's power is started elsewhere only after that host was fenced, or came back. */
const startAfterProof: Rule = {
  name: "start-before-proof",
  needsProof: true,
  check: (entry, facts) => {
    if (entry.what !== "domain-started") return null;
    const end = facts.lastEnd.get(String(entry["vm"]));
    if (end === undefined || end.why !== "power-off" || end.host === entry["host"]) return null;
    if (facts.world.host(end.host).bootCount !== end.boot) return null;
    const fencedAtMs = facts.fencedAtMs.get(end.host) ?? Number.NEGATIVE_INFINITY;
    if (fencedAtMs >= end.atMs || facts.forgotten.has(end.host)) return null;
    return `${entry["vm"]} starts on h${entry["host"]}, but nobody has proved that h${end.host} is off`;
  },
};

const DESTRUCTIVE = new Set(["fence-begun", "promote-asked"]);

const quorum: Rule = {
  name: "no-quorum",
  check: (entry, facts) => {
    if (!DESTRUCTIVE.has(entry.what)) return null;
    const host = hostBy(entry, facts);
    if (facts.setting(host, "FENCE_QUORUM_REQUIRED") !== "1") return null;
    const fenceMs = Number(facts.setting(host, "FENCE_TIMEOUT")) * SECOND;
    const slackMs = PROBE_SLACK_MS + (entry.what === "promote-asked" ? fenceMs + MINUTE : 0);
    const withoutMs = facts.withoutQuorumMs(host.number);
    return withoutMs > slackMs
      ? `h${host.number} has had no quorum for ${seconds(withoutMs)}: ${entry.what}`
      : null;
  },
};

/** Maintenance counts once every host has had the time to see it. */
const noFenceInMaintenance: Rule = {
  name: "fenced-in-maintenance",
  check: (entry, facts) => {
    if (entry.what !== "fence-begun") return null;
    const host = hostBy(entry, facts);
    const sinceMs = facts.maintenanceSinceMs.get(Number(entry["host"]));
    const seenAfterMs = 4 * MINUTE + 2 * Number(facts.setting(host, "MONITOR_DELAY")) * SECOND;
    const startedMs = facts.xapiStartedAtMs.get(Number(entry["host"])) ?? 0;
    if (sinceMs === undefined || entry.atMs - Math.max(sinceMs, startedMs) < seenAfterMs) return null;
    return `h${host.number} fences h${entry["host"]}, which is in maintenance`;
  },
};

const noFenceOfTheLiving: Rule = {
  name: "fenced-alive",
  check: (entry, facts) => {
    if (entry.what !== "fence-begun") return null;
    const host = hostBy(entry, facts);
    const victim = Number(entry["host"]);
    const toleranceMs = Number(facts.setting(host, "XAPI_DOWN_TOLERANCE")) * SECOND;
    const silentMs = facts.xapiSilentMs(host.number, victim);
    const steady = facts.pingsForMs(host.number, victim) > LAST_PROBE_MS;
    const tolerated =
      silentMs === 0
        ? facts.xapiAnswersForMs(host.number, victim) > LAST_PROBE_MS
        : silentMs + SECOND < toleranceMs;
    return steady && tolerated ? `h${host.number} fences h${victim}, which is alive` : null;
  },
};

const fenceBeforePromotion: Rule = {
  name: "promoted-before-fence",
  needsProof: true,
  check: (entry, facts) => {
    if (entry.what !== "promote-asked") return null;
    const host = hostBy(entry, facts);
    const old = facts.world.hosts.find((other) => host.poolConf === `slave:${other.address}`);
    // One that has said it is no master is nobody to take anything from (a pool without any master).
    if (old === undefined || (old.power && old.poolConf !== "master")) return null;
    const fencedAtMs = facts.fencedAtMs.get(old.number) ?? Number.NEGATIVE_INFINITY;
    const off = !old.power || old.bootedAtMs >= fencedAtMs - MINUTE;
    if (Number.isFinite(fencedAtMs) && off) return null;
    return `h${host.number} takes over from h${old.number}, which was not fenced`;
  },
};

/** What the program does of itself; the successor and the slaves' copies are kept fresh while HA is off. */
const ACTS = new Set([
  "fence-begun",
  "promote-asked",
  "start-asked",
  "reboot-self",
  "toolstack-restart",
  "xapi-held",
]);

const nothingWhileOff: Rule = {
  name: "acted-while-off",
  check: (entry, facts) => {
    const destroyed = entry.what === "domain-ended" && entry["why"] === "destroyed";
    if (!ACTS.has(entry.what) && !destroyed) return null;
    const host = facts.world.host(Number(entry["by"] ?? entry["host"]));
    const offMs = facts.knowsOffMs(host.number);
    return offMs > facts.learnsOffMs(host.number)
      ? `HA is off for ${seconds(offMs)}, and h${host.number}: ${entry.what}`
      : null;
  },
};

/** What a VM's owner has done is seen by the next look. */
const OWNER_SLACK_MS = 20 * SECOND;

const stayDown: Rule = {
  name: "must-stay-down",
  check: (entry, facts) => {
    if (entry.what !== "start-asked") return null;
    const host = hostBy(entry, facts);
    const vm = [...facts.world.vms.values()].find((known) => known.name === entry["vm"]);
    const database = databaseSeenBy(host) ?? masterDatabases(facts.world)[0];
    if (vm === undefined || database === undefined) return null;
    if (entry.atMs - (facts.changedAtMs.get(vm.name) ?? -OWNER_SLACK_MS) < OWNER_SLACK_MS) return null;
    const record = database.get("VM", vm.ref);
    const setting = (name: string) => facts.setting(host, name);
    const why = record === undefined ? null : whyDown(record, setting);
    return why === null ? null : `h${host.number} starts ${vm.name}, which ${why}`;
  },
};

/** Why a VM is left alone (core/README.md, "Which VM is restarted"), from its record; null when it should run. */
export function whyDown(record: Fields, setting: (name: string) => string): string | null {
  const other = record["other_config"] as Fields;
  const flag = other[`XenCenter.CustomFields.${setting("XC_FIELD_NAME")}`];
  if (record["is_a_template"] === true || record["is_control_domain"] === true) return "is no VM";
  if (record["power_state"] === "Suspended" || record["power_state"] === "Paused")
    return `is ${record["power_state"]}`;
  if ("start" in (record["blocked_operations"] as Fields)) return "has its start blocked";
  if (other["home-pool"] === undefined || other["ha-lizard-ran"] !== record["uuid"]) return "never ran here";
  if (other["home-pool"] !== POOL_UUID) return "belongs to another pool";
  const single = setting("OP_MODE") === "2";
  if (single && setting("GLOBAL_VM_HA") !== "1" && flag !== "true") return "is not managed";
  return null;
}

const rebootedAtMs = new WeakMap<Facts, Map<number, number>>();

const oneReboot: Rule = {
  name: "rebooted-twice",
  check: (entry, facts) => {
    if (entry.what !== "reboot-self") return null;
    const number = Number(entry["host"]);
    const times = rebootedAtMs.get(facts) ?? new Map<number, number>();
    rebootedAtMs.set(facts, times);
    const last = times.get(number);
    // Who has lost its memory since does not know of its first one.
    const before = last === undefined || (facts.lostMemoryAtMs.get(number) ?? 0) > last ? undefined : last;
    times.set(number, entry.atMs);
    if (facts.setting(facts.world.host(number), "FENCE_REBOOT_LONE_HOST") !== "1")
      return `h${number} reboots itself without FENCE_REBOOT_LONE_HOST=1`;
    const again = before !== undefined && facts.quorateAtMs(number) <= before;
    return again ? `h${number} reboots itself twice in one incident` : null;
  },
};

/** A pass has its own deadline, one whole fence attempt and 150 s; the kill by the monitor is for bugs. */
const passDeadline: Rule = {
  name: "pass-deadline",
  check: (entry, facts) => {
    if (entry.what === "pass-crashed") return `a pass of h${entry["host"]} crashed: ${entry["text"]}`;
    if (entry.what === "killed-by-monitor") return `a pass of h${entry["host"]} hung and was killed`;
    if (entry.what !== "pass") return null;
    const host = facts.world.host(Number(entry["host"]));
    const limitMs = Number(facts.setting(host, "FENCE_TIMEOUT")) * SECOND + 165 * SECOND;
    return Number(entry["tookMs"]) > limitMs
      ? `a pass of h${host.number} took ${seconds(Number(entry["tookMs"]))}`
      : null;
  },
};

/** The administrator's choice that half of a pool, or a single host, may fence without a majority. */
const isFencingByChoice = (host: SimHost, facts: Facts): boolean =>
  facts.setting(host, "FENCE_QUORUM_REQUIRED") !== "1" ||
  facts.setting(host, "FENCE_USE_IP_HEURISTICS") === "1";

/** At no instant may two hosts act; where a half may fence the other one without a majority, it costs a host at the most. */
const oneMandate: Rule = {
  name: "two-mandates",
  needsProof: true,
  check: (entry, facts) => {
    if (entry.what !== "two-mandates") return null;
    const [one, other] = [Number(entry["host"]), Number(entry["with"])];
    return isFencingByChoice(facts.world.host(one), facts) ? null : `h${one} and h${other} may act at once`;
  },
};

const LEADERS = new Set(["fence-begun", "promote-asked", "start-asked", "told-dead"]);
/** Between the last look at the mandate and what the world sees of it are some calls of XAPI. */
const CALLS_MS = 5 * SECOND;

/** What only the leader may do begins under its mandate. */
const underMandate: Rule = {
  name: "no-mandate",
  check: (entry, facts) => {
    const { messengers } = facts.world;
    if (!LEADERS.has(entry.what) || messengers === null || entry["by"] === undefined) return null;
    const host = hostBy(entry, facts);
    if (entry.what === "fence-begun" && isFencingByChoice(host, facts)) return null;
    const untilMs = messengers.mandateUntilMs(host.number);
    const isOver = untilMs === null || untilMs + CALLS_MS < entry.atMs;
    return isOver ? `${entry.what} by h${host.number} without a mandate` : null;
  },
};

/** What HA does not begin while it rests, and for whom it would: the host that is fenced, the pool, the host itself. */
const RESTING: Readonly<Record<string, (entry: LogEntry) => number | null>> = {
  "fence-begun": (entry) => Number(entry["host"]),
  "start-asked": () => null,
  "promote-asked": (entry) => Number(entry["by"]),
};

/** By the roll that the one who acts has stored, settled, for longer than what was decided before takes. */
const atRest: Rule = {
  name: "acts-while-disarmed",
  check: (entry, facts) => {
    const target = RESTING[entry.what];
    if (target === undefined || entry["by"] === undefined) return null;
    const host = hostBy(entry, facts);
    // Who fences without a mandate goes by its own count.
    if (entry.what === "fence-begun" && isFencingByChoice(host, facts)) return null;
    const restsMs = facts.restsForMs(host.number, target(entry));
    return restsMs > CALLS_MS
      ? `${entry.what} by h${host.number}, ${seconds(restsMs)} after it was disarmed`
      : null;
  },
};

/** A lease is renewed within seconds; what was disturbed is at rest by then. */
const REST_MS = 30 * SECOND;

/** A watchdog resets only a host that has lost the majority, or whose monitor was ended. */
const noResetAtRest: Rule = {
  name: "reset-at-rest",
  check: (entry, facts) => {
    if (entry.what !== "watchdog-fired") return null;
    const host = facts.world.host(Number(entry["host"]));
    const leaseMs = Number(facts.setting(host, "FENCE_WATCHDOG_TIMEOUT")) * SECOND;
    const restMs = entry.atMs - facts.disturbedAtMs;
    // Where many of them are lost none may come through for the whole of a short lease: `ResetWatch` tells what stood in the way.
    const { messengers } = facts.world;
    if (messengers instanceof Datagrams && messengers.weather !== null) return null;
    const isAtRest = restMs > leaseMs + REST_MS && facts.withoutQuorumMs(host.number) === 0;
    return isAtRest ? `the watchdog of h${host.number} fires in a pool at rest` : null;
  },
};

export const RULES: readonly Rule[] = [
  noResetAtRest,
  startAfterProof,
  quorum,
  noFenceInMaintenance,
  noFenceOfTheLiving,
  fenceBeforePromotion,
  nothingWhileOff,
  stayDown,
  oneReboot,
  passDeadline,
  oneMandate,
  atRest,
  underMandate,
];
