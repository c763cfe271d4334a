import { type DisarmWord, joinWords } from "../model/disarm-words.ts";
import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { type Absent, hasLeft } from "./absent.ts";
import { bootTag } from "./boot-tag.ts";
import type { RollContent } from "./change-roll.ts";
import { isSameDisarm, restsIn } from "./disarm.ts";
import type { GroupState } from "./group.ts";
import { isVoided, type LeaseWatch } from "./lease-watch.ts";
import { MOST_HOSTS } from "./limits.ts";
import { isLaterLow, lowBits } from "./low-bits.ts";
import type { MessageNumber } from "./message.ts";
import { answersAsMaster, hasResigned, mayReplace } from "./own-state.ts";
import { isHeardDirectly } from "./peer-state.ts";
import { compareRollIds, isOnRoll, officeText, type Roll, type RollHost } from "./roll.ts";
import { GROUP_TIMINGS, type GroupTimings } from "./timings.ts";
import { wantedDisarm } from "./wanted-disarm.ts";
import { wantedTie } from "./wanted-tie.ts";

/** What the leader knows besides the group: its own host, the pool's flag, and strangers that speak to it. */
export interface LeaderSight {
  readonly nowMs: number;
  readonly own: OwnState;
  readonly absent: Absent;
  /** `GroupReport.maintenance`. */
  readonly maintenance: readonly HostUuid[];
  /** What this host says of its own lease now. */
  readonly leaseMs: number | null;
  /** `TieSight.tag`. */
  readonly tieTag: string | null;
  /** `GroupReport.disarm`. */
  readonly disarmWords: readonly DisarmWord[];
  /** Given on this host, which takes them whoever is master. */
  readonly armWords: readonly DisarmWord[];
}

/**
 * The roll as it should be by what the leader sees; null: it is. In comes who is in the pool, is heard, and has stored the
 * roll. Out goes who is known to be off, and who is silent and in maintenance, or not in the pool any more; never who is only
 * silent.
 */
export function wantedRoll(
  state: GroupState,
  sight: LeaderSight,
  timings: GroupTimings = GROUP_TIMINGS,
): RollContent | null {
  const { roll } = state.voting.stored;
  if (roll === null) return null;
  const isMasterGone = state.voting.off.has(roll.master) || hasNamedResigned(state, roll, sight);
  // The leader takes the place of a master that is off, or has given up being it; one that cannot leaves it there, and hands over to who can.
  const mayTake = mayReplace(sight.own) && !hasOtherDatabase(sight.own, roll) && !rests(state, roll.master);
  const takesItsPlace = isMasterGone && mayTake;
  const isOut = (host: HostUuid) => state.voting.off.has(host) && (host !== roll.master || takesItsPlace);
  const kept = roll.hosts
    .filter(({ host }) => !isOut(host) && !isGone(state, sight, host))
    .filter((one) => !isAwayForWork(state, one, sight.nowMs))
    .map((one) => withMaintenance(state, sight, withLease(state, sight, withBoot(state, sight, one))));
  const hosts = [...kept, ...newcomers(state, roll, sight.nowMs)].slice(0, MOST_HOSTS);
  const ha = wantsHa(state, roll, sight);
  const words = joinWords(isNamedMaster(state, sight) ? sight.disarmWords : [], sight.armWords);
  const wanted: RollContent = {
    disarm: roll.disarm,
    hosts,
    master: takesItsPlace ? state.voting.self : masterNow(state, roll, sight),
    ha,
    tie: wantedTie(state, roll, hosts, sight, timings),
  };
  const isChanging = !isSame(wanted, roll);
  const at = { nowMs: sight.nowMs, words, haWished: ha, isChanging };
  const whole = { ...wanted, disarm: wantedDisarm(state.disarm, roll, at) };
  return isChanging || !isSame(whole, roll) ? whole : null;
}

/** HA rests for that host: nobody takes its place. */
function rests({ voting: { stored } }: GroupState, host: HostUuid): boolean {
  return [stored.roll, stored.before].some((roll) => roll !== null && restsIn(roll, host));
}

function hasNamedResigned(state: GroupState, roll: Roll, sight: LeaderSight): boolean {
  return roll.master !== state.voting.self && hasResigned(saidBy(state, sight, roll.master));
}

/** A master whose database is not that of the one which the roll names. */
function hasOtherDatabase(own: OwnState, roll: Roll): boolean {
  return own.role === "master" && own.office !== officeText(roll.office);
}

/** What is in the pool database only this host knows for sure: the XAPI master, as the group has named it. */
function isNamedMaster({ voting }: GroupState, { own }: LeaderSight): boolean {
  return own.role === "master" && own.xapi === "serving" && voting.stored.roll?.master === voting.self;
}

function isGone(state: GroupState, sight: LeaderSight, host: HostUuid): boolean {
  return isNamedMaster(state, sight) && hasLeft(sight.absent, host, sight.nowMs);
}

/** Silent as a host is for longer than a link that breaks and heals. */
const SILENT_MS = 10_000;

/** In maintenance, and silent: an administrator has switched it off. The XAPI master stays: it is replaced by a proof alone. */
function isAwayForWork(
  { hearing, voting }: GroupState,
  { host, maintenance }: RollHost,
  nowMs: number,
): boolean {
  const peer = hearing.peers.get(host);
  if (host === voting.stored.roll?.master) return false;
  return maintenance && peer?.status === "silent" && nowMs - peer.statusSinceMs >= SILENT_MS;
}

/** On any other leader everybody stays what he is. */
function withMaintenance(state: GroupState, sight: LeaderSight, one: RollHost): RollHost {
  return isNamedMaster(state, sight) ? { ...one, maintenance: sight.maintenance.includes(one.host) } : one;
}

/** A host that has booted is entered anew. */
function withBoot({ hearing, voting }: GroupState, { nowMs }: LeaderSight, one: RollHost): RollHost {
  if (one.host === voting.self) return { ...one, bootId: hearing.bootId };
  const peer = hearing.peers.get(one.host);
  const heardBoot = peer !== undefined && isHeardDirectly(peer, nowMs) ? peer.newest?.bootId : undefined;
  const bootId = heardBoot ?? one.bootId;
  // Whatever was armed in the boot before is over.
  return { ...one, bootId, leaseMs: bootId === one.bootId ? one.leaseMs : null };
}

/**
 * As the host says it, when it says so of the boot that the roll has, and has this very roll: an older word may have been taken back since, and
 * the host have been told that the roll shows no lease (own-lease.ts).
 */
function withLease({ hearing, voting, leases }: GroupState, sight: LeaderSight, one: RollHost): RollHost {
  if (one.host === voting.self) return { ...one, leaseMs: sight.leaseMs };
  // Who is armed all the same says so again, of the roll that shows it without a lease.
  if (leases.isTaken || isVoided(leases, { host: one.host, bootId: one.bootId ?? "" }))
    return { ...one, leaseMs: null };
  const peer = hearing.peers.get(one.host);
  if (peer === undefined || peer.newest === null || peer.newest.bootId !== one.bootId) return one;
  const said = voting.said.get(one.host);
  // What was said to a leader before this mandate may have been overtaken by what nobody here remembers.
  const isOfMandate = (said?.answersMs ?? Number.NEGATIVE_INFINITY) >= (leases.led?.sinceMs ?? 0);
  const isNew =
    isOfMandate && isHeardDirectly(peer, sight.nowMs) && !isOvertaken(one.host, peer.newest, leases);
  const words = said?.words;
  const hasRoll = compareRollIds(words?.roll ?? null, voting.stored.roll?.id ?? null) === 0;
  return isNew && hasRoll && words !== undefined ? { ...one, leaseMs: words.leaseMs } : one;
}

/** A later number of it is known by a report, and acknowledged: what it said in that is not known. */
function isOvertaken(host: HostUuid, { bootId, ms }: MessageNumber, { heard }: LeaseWatch): boolean {
  const tag = bootTag(bootId);
  return heard.some((one) => one.host === host && one.bootTag === tag && isLaterLow(one.ms, lowBits(ms)));
}

function newcomers({ hearing, voting }: GroupState, roll: Roll, nowMs: number): readonly RollHost[] {
  const known = new Set(roll.hosts.map(({ host }) => host));
  // A leader may have been elected while only the roll before had it.
  const own = { host: voting.self, bootId: hearing.bootId, maintenance: false, leaseMs: null };
  const others = [...hearing.peers].flatMap(([host, peer]) => {
    const stored = voting.said.get(host)?.words.roll ?? null;
    const isIn = isHeardDirectly(peer, nowMs) && compareRollIds(stored, roll.id) === 0;
    return isIn && !known.has(host) && peer.newest !== null
      ? [{ host, bootId: peer.newest.bootId, maintenance: false, leaseMs: null }]
      : [];
  });
  return known.has(voting.self) ? others : [own, ...others];
}

/**
 * An administrator's word. With HA on: the named master says itself that it follows another host, which answers as master and has the
 * office of the roll in its database, so that database is the one which the named master has handed over; XAPI itself can make a master
 * the slave of an old one that is back; or the named one is known to be off, by a proof or by his word, and he has made a host master that
 * had its database. With HA off he does as he likes: the only one that is master, where the named one is not heard or says that it is none.
 */
function masterNow(state: GroupState, roll: Roll, sight: LeaderSight): HostUuid {
  const said = (host: HostUuid) => saidBy(state, sight, host);
  const named = said(roll.master);
  if (named !== null && named.role !== "slave") return roll.master;
  const next = named?.master ?? null;
  const isHandedOver = (host: HostUuid): boolean =>
    answersAsMaster(said(host)) && said(host)?.office === officeText(roll.office);
  if (next !== null && isOnRoll(roll, next) && isHandedOver(next)) return next;
  if (roll.ha && !(named === null && state.voting.off.has(roll.master))) return roll.master;
  const isMaster = (host: HostUuid) => (roll.ha ? isHandedOver(host) : answersAsMaster(said(host)));
  const masters = roll.hosts.map(({ host }) => host).filter(isMaster);
  const [only] = masters;
  return masters.length === 1 && only !== undefined ? only : roll.master;
}

/** As the XAPI master reads it in its database. */
function wantsHa(state: GroupState, roll: Roll, sight: LeaderSight): boolean {
  const said = saidBy(state, sight, roll.master);
  return (said?.role === "master" ? said.haWished : null) ?? roll.ha;
}

/** What a host says of itself now; null: it is not heard. */
function saidBy(
  { hearing, voting }: GroupState,
  { nowMs, own }: LeaderSight,
  host: HostUuid,
): OwnState | null {
  if (host === voting.self) return own;
  const peer = hearing.peers.get(host);
  return peer !== undefined && isHeardDirectly(peer, nowMs) ? peer.own : null;
}

function isSame(a: RollContent, b: RollContent): boolean {
  const same = (one: RollHost, other: RollHost | undefined) =>
    one.host === other?.host &&
    one.bootId === other.bootId &&
    one.maintenance === other.maintenance &&
    one.leaseMs === other.leaseMs;
  if (a.master !== b.master || a.ha !== b.ha || a.tie !== b.tie || !isSameDisarm(a.disarm, b.disarm))
    return false;
  if (a.hosts.length !== b.hosts.length) return false;
  return a.hosts.every((one, index) => same(one, b.hosts[index]));
}
