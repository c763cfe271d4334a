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

/** A master that starts has all others disabled for 7 to 11 s: whom nobody saw disabled is enabled again by then. */
export const ENABLED_AGAIN_MS = 20_000;

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
  const known = byUuid(previous?.hosts ?? []);
  const masterStarted = hasStarted(previous, byUuid(hosts).get(master));
  return hosts.map((host) => {
    const before = known.get(host.uuid);
    const isSame = before !== undefined && !hasStarted(previous, host);
    const started = masterStarted || (before !== undefined && !isSame);
    return {
      uuid: host.uuid,
      name: host.name,
      address: host.address,
      // They are read less often than the hosts.
      otherAddresses: host.otherAddresses ?? before?.otherAddresses ?? [],
      enabled: host.enabled,
      xapiStartTime: host.xapiStartTime,
      xapiStartedAtMs: isSame ? before.xapiStartedAtMs : nowMs,
      bootTime: host.bootTime,
      bootedAtMs: isSameBoot(before?.bootTime, host.bootTime) && before ? before.bootedAtMs : nowMs,
      enabledSinceMs: host.enabled ? (before?.enabledSinceMs ?? nowMs) : null,
      disabledSinceMs: host.enabled ? null : (before?.disabledSinceMs ?? nowMs),
      disabledByStart:
        !host.enabled && (before?.enabled === true ? started : before?.disabledByStart === true),
      work: host.work ?? null,
    };
  });
}

/** Each start of a xapi reckons it anew by a wall clock that may have been set a little since. */
const BOOT_SLACK_S = 5;

/** Of two boot times of a host; what is not known is another one. */
export function isSameBoot(a: string | null | undefined, b: string | null): boolean {
  if (a == null || b === null) return false;
  return Math.abs(Number.parseFloat(a) - Number.parseFloat(b)) <= BOOT_SLACK_S;
}

/** Hosts that were known and are not in a database whose master's xapi has started; who was ejected vanishes without that. */
export function rememberForgotten(input: StartsInput): readonly KnownHost[] {
  const { previous, hosts } = input;
  if (previous === null) return [];
  const known = [...previous.forgotten, ...(hasMasterStarted(input) ? previous.hosts : [])];
  const listed = byUuid(hosts);
  return [...byUuid(known).values()].filter(({ uuid }) => !listed.has(uuid));
}

/** Has the master's xapi started since the last view, or is it another master's? */
export function hasMasterStarted({ previous, hosts, master }: StartsInput): boolean {
  if (previous !== null && previous.master !== master) return true;
  return hasStarted(previous, byUuid(hosts).get(master));
}

function hasStarted(previous: LastGoodView | null, host: HostView | undefined): boolean {
  if (previous === null) return false;
  const before = previous.hosts.find(({ uuid }) => uuid === host?.uuid);
  return host === undefined || before?.xapiStartTime !== host.xapiStartTime;
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
