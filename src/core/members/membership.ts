import type { KnownHost, LastGoodView } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { HostView } from "../model/pool-view.ts";

/**
 * `enabled` says nothing for this long after a xapi has started, be it the host's or the master's: `Pool.hello`
 * disables a host until its storage is plugged, and a master that starts has all others disabled (xapi.md §3.8, §10).
 */
const STARTING_MS = 180_000;
/** Also a connection that broke disables a host for some seconds; maintenance lasts longer. */
const MAINTENANCE_MS = 60_000;

export interface MembershipInput {
  readonly previous: LastGoodView | null;
  readonly hosts: readonly HostView[];
  readonly master: HostUuid;
  readonly nowMs: number;
  /** After a promotion every host is disabled in the database for a while; membership stands still. */
  readonly frozen: boolean;
  /** Hosts this side has fenced: `true` when an agent proved it. A proof ends membership, POOL's word does not. */
  readonly fenced: ReadonlyMap<HostUuid, boolean>;
  /** Does this host live and belong to this master, as far as the asker can know? */
  readonly answers: (host: HostView) => boolean;
}

/** The hosts as they will be remembered, with what we saw of the starts of their xapi. */
export function rememberHosts(input: MembershipInput): readonly KnownHost[] {
  const { nowMs } = input;
  const beforeOf = (uuid: HostUuid) => input.previous?.hosts.find((known) => known.uuid === uuid);
  const isSame = (uuid: HostUuid) =>
    beforeOf(uuid)?.agentStartTime === input.hosts.find((host) => host.uuid === uuid)?.agentStartTime;
  const masterStarted = input.previous !== null && !isSame(input.master);
  return input.hosts.map((host) => {
    const before = beforeOf(host.uuid);
    const same = before !== undefined && isSame(host.uuid);
    const started = masterStarted || (before !== undefined && !same);
    return {
      uuid: host.uuid,
      name: host.name,
      address: host.address,
      enabled: host.enabled,
      agentStartTime: host.agentStartTime,
      agentStartedAtMs: same ? before.agentStartedAtMs : nowMs,
      disabledSinceMs: host.enabled ? null : (before?.disabledSinceMs ?? nowMs),
      disabledByStart:
        !host.enabled && (before?.enabled === true ? started : before?.disabledByStart === true),
    };
  });
}

/**
 * The hosts that count for quorum (behaviour.md §5): the enabled ones, and those that are disabled for another reason
 * than an administrator's wish. Maintenance is believed only of a host that lives, follows this master, and stays
 * disabled while nobody's xapi is starting; otherwise a host stays what it was, and one never seen before counts. One
 * member too many costs a fence; one too few made an old master, cut off with an old database, a pool of one.
 */
export function countMembers(input: MembershipInput, known: readonly KnownHost[]): readonly HostUuid[] {
  const before = input.previous === null ? null : new Set(input.previous.members);
  if (input.frozen && before !== null)
    return [...before].filter((uuid) => input.fenced.get(uuid) !== true).sort();
  const master = known.find((host) => host.uuid === input.master);
  return known
    .filter((host) => {
      const fenced = input.fenced.get(host.uuid);
      if (fenced === true) return false;
      if (host.enabled) return true;
      const wasMember = before === null || before.has(host.uuid);
      if (!wasMember || fenced === false) return wasMember;
      const view = input.hosts.find((candidate) => candidate.uuid === host.uuid);
      const believable =
        isSettled(host, input.nowMs) && master !== undefined && isSettled(master, input.nowMs);
      return !(believable && isInMaintenance(host, input.nowMs) && view !== undefined && input.answers(view));
    })
    .map((host) => host.uuid)
    .sort();
}

function isSettled(host: KnownHost, nowMs: number): boolean {
  return nowMs - host.agentStartedAtMs >= STARTING_MS;
}

function isInMaintenance(host: KnownHost, nowMs: number): boolean {
  return host.disabledSinceMs !== null && nowMs - host.disabledSinceMs >= MAINTENANCE_MS;
}
