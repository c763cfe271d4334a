import type { KnownHost, LastGoodView } from "../memory/last-good.ts";
import type { HostUuid } from "../model/ids.ts";
import type { HostView } from "../model/pool-view.ts";

/**
 * `enabled` says nothing for this long after a xapi has started, be it the host's or the master's: `Pool.hello`
 * disables a host until its storage is plugged, and a master that starts has all others disabled (adapters/xapi/README.md, "Enabled").
 */
const STARTING_MS = 180_000;
/** Also a connection that broke disables a host for some seconds; maintenance lasts longer. */
const MAINTENANCE_MS = 60_000;

/** What is remembered of the hosts, and what the pool database has now. */
export interface StartsInput {
  readonly previous: LastGoodView | null;
  readonly hosts: readonly HostView[];
  readonly master: HostUuid;
  readonly nowMs: number;
}

export interface MembershipInput extends StartsInput {
  /** After a promotion every host is disabled in the database for a while; membership stands still. */
  readonly frozen: boolean;
  /** Hosts this side has fenced: `true` when an agent proved it. A proof ends membership, POOL's word does not. */
  readonly fenced: ReadonlyMap<HostUuid, boolean>;
  /** Does this host live and belong to this master, as far as the asker can know? */
  readonly answers: (host: HostView) => boolean;
}

/** The hosts as they will be remembered, with what we saw of the starts of their xapi. */
export function rememberHosts({ previous, hosts, master, nowMs }: StartsInput): readonly KnownHost[] {
  const known = new Map((previous?.hosts ?? []).map((host) => [host.uuid, host]));
  const hasStarted = (host: HostView | undefined): boolean =>
    host === undefined || known.get(host.uuid)?.xapiStartTime !== host.xapiStartTime;
  const masterStarted = previous !== null && hasStarted(byUuid(hosts).get(master));
  return hosts.map((host) => {
    const before = known.get(host.uuid);
    const isSame = before !== undefined && !hasStarted(host);
    const started = masterStarted || (before !== undefined && !isSame);
    return {
      uuid: host.uuid,
      name: host.name,
      address: host.address,
      enabled: host.enabled,
      xapiStartTime: host.xapiStartTime,
      xapiStartedAtMs: isSame ? before.xapiStartedAtMs : nowMs,
      disabledSinceMs: host.enabled ? null : (before?.disabledSinceMs ?? nowMs),
      disabledByStart:
        !host.enabled && (before?.enabled === true ? started : before?.disabledByStart === true),
    };
  });
}

/**
 * The hosts that count for quorum (core/README.md, "Who is a member?"): the enabled ones, and those that are disabled for another reason
 * than an administrator's wish. Maintenance is believed only of a host that lives, follows this master, and stays
 * disabled while nobody's xapi is starting; otherwise a host stays what it was; in the first view of all, every host counts. One
 * member too many costs a fence; one too few made an old master, cut off with an old database, a pool of one.
 */
export function countMembers(input: MembershipInput, known: readonly KnownHost[]): readonly HostUuid[] {
  const before = input.previous === null ? null : new Set(input.previous.members);
  if (input.frozen && before !== null)
    return [...before].filter((uuid) => input.fenced.get(uuid) !== true).sort();
  const records = byUuid(input.hosts);
  const master = byUuid(known).get(input.master);
  const isMasterLongUp = master !== undefined && isStartOver(master, input.nowMs);
  const isMember = (host: KnownHost): boolean => {
    const fenced = input.fenced.get(host.uuid);
    if (fenced === true) return false;
    if (host.enabled) return true;
    const wasMember = before === null || before.has(host.uuid);
    if (!wasMember || fenced === false) return wasMember;
    const record = records.get(host.uuid);
    const isBelievable = isStartOver(host, input.nowMs) && isMasterLongUp;
    const isWanted = isBelievable && isDisabledForLong(host, input.nowMs);
    return !(isWanted && record !== undefined && input.answers(record));
  };
  return known
    .filter(isMember)
    .map(({ uuid }) => uuid)
    .sort();
}

function byUuid<T extends { readonly uuid: HostUuid }>(hosts: readonly T[]): ReadonlyMap<HostUuid, T> {
  return new Map(hosts.map((host) => [host.uuid, host]));
}

function isStartOver(host: KnownHost, nowMs: number): boolean {
  return nowMs - host.xapiStartedAtMs >= STARTING_MS;
}

function isDisabledForLong(host: KnownHost, nowMs: number): boolean {
  return host.disabledSinceMs !== null && nowMs - host.disabledSinceMs >= MAINTENANCE_MS;
}
