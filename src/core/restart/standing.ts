import { waitsForFence } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { Standing } from "../memory/standing.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import { customFieldKey, haFlagOf } from "../model/ha-flag.ts";
import { hashText } from "../model/plain-text.ts";
import { HOME_POOL_KEY, RAN_KEY } from "../model/pool-keys.ts";
import type { DatabaseView, Inventory } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import type { RestartSettings } from "../model/settings.ts";
import { STOP_KEY } from "../model/stop.ts";
import { foresee } from "./foresee.ts";
import { type StaysDown, staysDownBy } from "./kept-stop.ts";
import { stopVerdicts } from "./stops.ts";

/** After a boot VMs start and storage is attached: nothing stands still yet. */
const FIRST_UPTIME_MS = 300_000;
/** Reading what the VMs of a large pool need costs something, so that is done less often: of a thousand VMs every twenty seconds. */
const PER_VM_MS = 20;
const MIN_EVERY_MS = 10_000;
/** A pool that does not say what it has is not asked with every pass: those that look after it would wait. */
const UNREAD_MS = 60_000;
/** VMs that went down just now are started first; those that stay down are part of the pool as it is. */
const DOWN_MS = 60_000;

type Known = Pick<Memory, "standing" | "incidents" | "promotion" | "health" | "down">;

/** Is it time to look how the pool would stand the failure of a host? Not in the middle of one. */
export function isStandingDue(memory: Known, nowMs: number): boolean {
  const { standing } = memory;
  if (nowMs < FIRST_UPTIME_MS || !isCalm(memory, nowMs)) return false;
  return standing === null || nowMs >= standing.nextMs;
}

/** Nothing waits that matters more: no host is about to fail, and no VM was lost just now. */
function isCalm({ incidents, promotion, health, down }: Known, nowMs: number): boolean {
  const isFailing = Object.values(incidents).some(
    (incident) => waitsForFence(incident) || incident.phase === "fenced",
  );
  const isSuspect = Object.values(health).some(({ state }) => state === "suspect");
  const isLost = Object.values(down).some(({ sinceMs }) => nowMs - sinceMs < DOWN_MS);
  return promotion === null && !isFailing && !isSuspect && !isLost;
}

/**
 * Plays the failure of each host in turn, as `ha-cfg plan` does, and tells when its VMs would not all find memory on the others,
 * and which VMs would be started nowhere else, whatever memory is free. What has not changed is not played again.
 */
export function keepStanding(memory: Memory, round: MasterRound): Step {
  const { settings, view } = round;
  if (settings.OP_MODE !== 2) return { memory: { ...memory, standing: null }, actions: [], reasons: [] };
  const standing = isStandingDue(memory, view.nowMs) ? look(memory, round) : memory.standing;
  return { memory: { ...memory, standing }, actions: [], reasons: reasonsOf(standing) };
}

const NOTHING_SEEN: Omit<Standing, "nextMs"> = {
  ...{ atMs: null, inService: 0, seen: "" },
  ...{ weakHosts: [], unprotected: [] },
};

function look(memory: Memory, round: MasterRound): Standing {
  const { standing, health } = memory;
  const { view, database, settings } = round;
  const { nowMs: atMs, inventory } = view;
  if (inventory === null) return { ...(standing ?? NOTHING_SEEN), nextMs: atMs + UNREAD_MS };
  const times = { atMs, nextMs: atMs + Math.max(inventory.vms.length * PER_VM_MS, MIN_EVERY_MS) };
  // XAPI calls a dead host live for ten minutes.
  const hosts = database.hosts.map((host) =>
    health[host.uuid]?.state === "failed" ? { ...host, live: false } : host,
  );
  const staysDown = staysDownBy(stopVerdicts(memory, round));
  const stopped = database.halted.filter(({ uuid }) => staysDown(uuid) !== null).map(({ uuid }) => uuid);
  const seen = fingerprint(hosts, inventory, [stopped, wishesOf(settings)], settings.XC_FIELD_NAME);
  if (standing?.seen === seen) return { ...standing, ...times };
  return { ...times, seen, ...standingOf({ ...database, hosts }, inventory, settings, staysDown) };
}

/** The parameters that the look reads, and no other one. */
const wishesOf = (settings: RestartSettings) => [
  settings.GLOBAL_VM_HA,
  settings.XC_FIELD_NAME,
  settings.ANTI_AFFINITY_TAGS,
  settings.SPARE_HOSTS,
];

function fingerprint(
  hosts: DatabaseView["hosts"],
  { vms, hosts: attached, names }: Inventory,
  more: unknown,
  fieldName: string,
): string {
  const has = [...attached].map(([uuid, { storages, networks }]) => [uuid, [...storages], [...networks]]);
  const known = hosts.map(({ otherConfig: _, otherAddresses: __, ...host }) => host);
  const asked = vms.map(({ otherConfig, ...vm }) => [vm, keysRead(fieldName).map((key) => otherConfig[key])]);
  return hashText(JSON.stringify([known, asked, has, [...names], more]));
}

/** What of a VM's keys the look reads: those of other programs change all the time, and may be passwords. */
const keysRead = (fieldName: string) => [customFieldKey(fieldName), HOME_POOL_KEY, RAN_KEY, STOP_KEY];

function reasonsOf(standing: Standing | null): readonly Reason[] {
  const { weakHosts = [], unprotected = [] } = standing ?? {};
  return [
    ...(weakHosts.length > 0 ? [{ kind: "pool-not-surviving" as const, hosts: weakHosts }] : []),
    ...(unprotected.length > 0 ? [{ kind: "vms-unprotected" as const, vms: unprotected }] : []),
  ];
}

function standingOf(
  database: DatabaseView,
  inventory: Inventory,
  settings: RestartSettings,
  staysDown: StaysDown,
): Pick<Standing, "inService" | "weakHosts" | "unprotected"> {
  const hosts = database.hosts.filter(({ enabled, live }) => enabled && live);
  const inService = hosts.length;
  // A pool of one has nowhere else to go, and whoever runs it knows.
  if (inService < 2) return { inService, weakHosts: [], unprotected: [] };
  const weakHosts: string[] = [];
  const unprotected: string[] = [];
  const flags = new Map(
    inventory.vms.map(({ uuid, otherConfig }) => [uuid, haFlagOf(otherConfig, settings.XC_FIELD_NAME)]),
  );
  for (const host of hosts) {
    const falling = foresee(new Set([host.uuid]), database, inventory, settings, staysDown).filter(
      ({ on }) => on === host.uuid,
    );
    let isWeak = false;
    for (const { uuid, name, fate } of falling) {
      if (fate.kind === "no-host" && !fate.isTied) isWeak = true;
      else if (fate.kind === "no-host") unprotected.push(`${name} (${fate.lacks})`);
      else if (fate.kind !== "left") continue;
      else if (fate.why === "start-blocked") unprotected.push(`${name} (its start is blocked)`);
      else if (fate.why === "not-managed" && flags.get(uuid) === "unset")
        unprotected.push(`${name} (its HA flag is neither true nor false)`);
    }
    if (isWeak) weakHosts.push(host.name);
  }
  return { inService, weakHosts: weakHosts.sort(), unprotected: unprotected.sort() };
}
