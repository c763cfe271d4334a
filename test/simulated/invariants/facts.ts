import { databaseSeenBy } from "../../../src/simulation/control.ts";
import type { SimDisk } from "../../../src/simulation/ports/disk.ts";
import { poolKeys, settingOf } from "../../../src/simulation/settings.ts";
import type { LogEntry, SimHost, World } from "../../../src/simulation/world.ts";
import { answersTo } from "../../../src/simulation/xapi/process.ts";

/** A XAPI that takes longer than this is silent for a probe. */
const PROBE_PATIENCE_MS = 2_000;

/** The patience of a probe, and the work around it. */
const ROUND_MS = 4_000;

/** Two probes of a host are at most a MONITOR_DELAY apart. */
const PROBED_MS = 60_000;
/** A host that answers for a shorter time may come and go between two looks of another. */
const NOTICED_MS = 120_000;

/** How the last copy of a VM ended. */
export interface LastEnd {
  readonly host: number;
  readonly boot: number;
  readonly atMs: number;
  readonly why: string;
}

/** After none of these a pool is at rest. */
const DISTURBANCES = new Set([
  ...["power-off", "power-on", "link", "heal", "service-stopped", "service-killed", "pool-key", "xapi-ha"],
  ...["watchdog", "state-lost", "promote-asked", "stalled"],
]);

/** One host as another sees it, as the key of a map: all pairs are looked at with every change. */
const pair = (from: number, to: number): number => from * 1_000 + to;

/**
 * What the invariants need to know of the past, gathered from the world alone: who could hear whom and until when, who
 * had a quorum, what became of fences, how VMs ended. The program's own beliefs are not looked at.
 */
export class Facts {
  readonly world: World;
  readonly lastEnd = new Map<string, LastEnd>();
  /** When a fence of the host last succeeded, as its agent said. */
  readonly fencedAtMs = new Map<number, number>();
  /** Since when a host is in maintenance. */
  readonly maintenanceSinceMs = new Map<number, number>();
  readonly changedAtMs = new Map<string, number>();
  readonly forgotten = new Set<number>();
  /**
   * When a host's xapi last started: until it has settled, disabled says nothing (core/README.md, "Who is a member?";
   * adapters/xapi/README.md, "Enabled").
   */
  readonly xapiStartedAtMs = new Map<number, number>();
  /** When a host's memory was last deleted or torn. */
  readonly lostMemoryAtMs = new Map<number, number>();
  /** Hosts whose declaration as dead is under way, with the master that carries it out. */
  readonly declaring = new Map<number, number>();
  /** Since when a host knows that HA is not on. */
  private readonly offSinceMs = new Map<number, number>();
  /** Since when, without a break, one host can ping another; and when its XAPI could last answer. */
  private readonly pingsSinceMs = new Map<number, number>();
  /** Until when a host was last heard for long enough to be noticed. */
  private readonly heardLongUntilMs = new Map<number, number>();
  /** Until when one host could reach another. */
  private readonly reachedUntilMs = new Map<number, number>();
  private readonly xapiSinceMs = new Map<number, number>();
  private readonly xapiUntilMs = new Map<number, number>();
  private readonly quorateUntilMs = new Map<number, number>();
  /** When anything was done to a host, a link, a service or a parameter last. */
  disturbedAtMs = Number.NEGATIVE_INFINITY;
  private readonly disks: readonly SimDisk[];
  private readonly restsSinceMs = new Map<string, number>();

  constructor(world: World, disks: readonly SimDisk[]) {
    this.world = world;
    this.disks = disks;
    world.onTopology.push(() => this.look());
    this.look();
  }

  /**
   * For how long the roll that this host has stored has let HA rest for another one (`target`), or for the pool; 0: it does not, or another
   * roll is not settled yet.
   */
  restsForMs(host: number, target: number | null): number {
    const since = this.restsSinceMs.get(`${host} ${target ?? "pool"}`);
    return since === undefined ? 0 : this.world.nowMs() - since;
  }

  private lookAtRests(): void {
    for (const { number } of this.world.hosts) {
      const vote = this.disks[number - 1]?.vote ?? null;
      const stored = vote === null || vote === "damaged" ? null : vote.stored;
      const of = stored?.before === null ? (stored.roll?.disarm.of ?? []) : [];
      for (const target of [null, ...this.world.hosts]) {
        const rests = of.some((one) => one.host === null || one.host === target?.uuid);
        const key = `${number} ${target?.number ?? "pool"}`;
        if (!rests) this.restsSinceMs.delete(key);
        else if (!this.restsSinceMs.has(key)) this.restsSinceMs.set(key, this.world.nowMs());
      }
    }
  }

  setting(host: SimHost, name: string): string {
    return settingOf(this.world, host, this.disks[host.number - 1]?.override ?? {}, name);
  }

  /** How long a host has been able to ping another without a break; 0 when it cannot. */
  pingsForMs(from: number, to: number): number {
    const since = this.pingsSinceMs.get(pair(from, to));
    return since === undefined ? 0 : this.world.nowMs() - since;
  }

  /** How long the XAPI of one host has answered another without a break. */
  xapiAnswersForMs(from: number, to: number): number {
    const since = this.xapiSinceMs.get(pair(from, to));
    return since === undefined ? 0 : this.world.nowMs() - since;
  }

  /** How long the XAPI of one host has been silent for another; 0 while it answers. */
  xapiSilentMs(from: number, to: number): number {
    const target = this.world.host(to);
    if (this.hears(from, target)) return 0;
    const until = this.xapiUntilMs.get(pair(from, to));
    return until === undefined ? Number.POSITIVE_INFINITY : this.world.nowMs() - until;
  }

  /** How long ago a host last had a quorum; 0 when it has one. */
  withoutQuorumMs(host: number): number {
    if (this.isQuorate(this.world.host(host))) return 0;
    const until = this.quorateUntilMs.get(host);
    return until === undefined ? Number.POSITIVE_INFINITY : this.world.nowMs() - until;
  }

  /** When a host last had a quorum, in the world's time. */
  quorateAtMs(host: number): number {
    return this.isQuorate(this.world.host(host))
      ? this.world.nowMs()
      : (this.quorateUntilMs.get(host) ?? Number.NEGATIVE_INFINITY);
  }

  /** How long a host has known that HA is not on; 0 when it is on, or the host cannot know. */
  knowsOffMs(host: number): number {
    // It may have come back to a database in which HA is on again, without anything else having happened.
    this.lookAtFlags();
    return this.offMs(host);
  }

  /** Within this time of the switch, or of its first sight of it, a host has read the flag. */
  learnsOffMs(host: number): number {
    return Number(this.setting(this.world.host(host), "MONITOR_DELAY")) * 1_000 + 120_000;
  }

  private offMs(host: number): number {
    const since = this.offSinceMs.get(host);
    return since === undefined ? 0 : this.world.nowMs() - since;
  }

  note(entry: LogEntry): void {
    const { world } = this;
    const host = Number(entry["host"]);
    this.lookAtRests();
    if (DISTURBANCES.has(entry.what)) this.disturbedAtMs = entry.atMs;
    switch (entry.what) {
      case "domain-ended": {
        const boot = world.host(host).bootCount;
        const end = { host, boot, atMs: entry.atMs, why: String(entry["why"]) };
        this.lastEnd.set(String(entry["vm"]), end);
        return;
      }
      case "fence-ended":
        if (entry["outcome"] === "fenced") this.fencedAtMs.set(host, entry.atMs);
        return;
      case "lease-ended":
      case "watchdog-fired":
        this.fencedAtMs.set(host, entry.atMs);
        return;
      case "vouched-dead":
        // An administrator says so: XAPI's own way to be told.
        this.fencedAtMs.set(host, entry.atMs);
        return;
      case "maintenance":
        if (entry["on"] === true) this.maintenanceSinceMs.set(host, entry.atMs);
        else this.maintenanceSinceMs.delete(host);
        return;
      case "xapi-started":
        this.xapiStartedAtMs.set(host, entry.atMs);
        return;
      case "declaring-dead":
        this.declaring.set(host, Number(entry["by"]));
        return;
      case "declared-dead":
        this.declaring.delete(host);
        return;
      case "xapi-ended":
        for (const [dead, by] of this.declaring) if (by === host) this.declaring.delete(dead);
        return;
      case "state-lost":
        this.lostMemoryAtMs.set(host, entry.atMs);
        return;
      case "vm-changed":
        this.changedAtMs.set(String(entry["vm"]), entry.atMs);
        return;
      case "host-forgotten": {
        const gone = world.hosts.find((known) => known.uuid === entry["host"]);
        if (gone !== undefined) this.forgotten.add(gone.number);
        return;
      }
      case "pool-key":
        // The database changes right after this line: what it is then is looked at with the next event.
        this.world.clock.schedule(0, () => this.lookAtFlags());
        return;
      default:
        return;
    }
  }

  /** What was true until now is kept with the time; called before and after every change of power, links and XAPIs. */
  private look(): void {
    const nowMs = this.world.nowMs();
    for (const from of this.world.hosts) {
      for (const to of this.world.hosts) {
        if (from === to) continue;
        const key = pair(from.number, to.number);
        const reaches = this.world.reachesAnyWay(from.number, to.number);
        const pings = reaches && this.world.letsProbe(from.number, to.number);
        if (!pings) this.pingsSinceMs.delete(key);
        else if (!this.pingsSinceMs.has(key)) this.pingsSinceMs.set(key, nowMs);
        this.keepUntil(this.reachedUntilMs, key, reaches, nowMs);
        const hears = this.hears(from.number, to);
        this.noteXapi(key, hears, nowMs);
      }
      this.keepUntil(this.quorateUntilMs, from.number, this.isQuorate(from), nowMs);
    }
    this.lookAtFlags();
  }

  /** When one host could hear the XAPI of another; a moment between two probes is nothing it could know of. */
  private noteXapi(key: number, hears: boolean, nowMs: number): void {
    const sinceMs = this.xapiSinceMs.get(key);
    if (hears) {
      if (sinceMs === undefined) this.xapiSinceMs.set(key, nowMs);
      return;
    }
    if (sinceMs === undefined) return;
    this.xapiSinceMs.delete(key);
    if (nowMs - sinceMs >= PROBED_MS) this.xapiUntilMs.set(key, nowMs);
    if (nowMs - sinceMs >= NOTICED_MS) this.heardLongUntilMs.set(key, nowMs);
  }

  /** While it holds the time is open (+∞); when it ends, the time at which it was last seen to hold is now. */
  private keepUntil<K>(times: Map<K, number>, key: K, holds: boolean, nowMs: number): void {
    if (holds) times.set(key, Number.POSITIVE_INFINITY);
    else if (times.get(key) === Number.POSITIVE_INFINITY) times.set(key, nowMs);
  }

  private lookAtFlags(): void {
    for (const host of this.world.hosts) {
      const database = databaseSeenBy(host);
      // Behind a xapi that hangs, or needs longer than a call is given, nobody learns that it is off.
      const deaf = host.xapi?.frozen === true || host.slowMs > 0;
      if (database === null || deaf) {
        // It could see it for too short a time to be sure that a pass has read it.
        if (this.offMs(host.number) <= this.learnsOffMs(host.number)) this.offSinceMs.delete(host.number);
        continue;
      }
      const field = this.setting(host, "XC_FIELD_NAME");
      const on = poolKeys(database)[`XenCenter.CustomFields.${field}`] === "true";
      if (on) this.offSinceMs.delete(host.number);
      else if (!this.offSinceMs.has(host.number)) this.offSinceMs.set(host.number, this.world.nowMs());
    }
  }

  private hears(from: number, to: SimHost): boolean {
    const inTime = to.slowMs < PROBE_PATIENCE_MS;
    return inTime && answersTo(this.world, from, to) && this.world.letsProbe(from, to.number);
  }

  /**
   * Does this host see more than half of the pool, or half and the heuristic IPs? Whom a fence has proved off counts no
   * more until it is heard again, and maintenance is an administrator's word: both reach a host with a delay, so every
   * way of counting them is good.
   */
  private isQuorate(host: SimHost): boolean {
    if (!host.power) return false;
    const known = this.world.hosts.filter((other) => !this.forgotten.has(other.number));
    const back = known.filter(
      (other) => !this.isProvedOff(host, other) || this.world.reachesAnyWay(host.number, other.number),
    );
    const backForLong = known.filter((other) => !this.isProvedOff(host, other));
    return [back, backForLong].some((members) => {
      const enabled = members.filter((other) => !this.maintenanceSinceMs.has(other.number));
      return this.hasVotes(host, members) || this.hasVotes(host, enabled);
    });
  }

  private isProvedOff(host: SimHost, other: SimHost): boolean {
    const fencedAtMs = this.fencedAtMs.get(other.number);
    if (fencedAtMs === undefined || host === other) return false;
    if (this.xapiAnswersForMs(host.number, other.number) >= NOTICED_MS) return false;
    const heardMs = this.heardLongUntilMs.get(pair(host.number, other.number));
    return heardMs === undefined || heardMs <= fencedAtMs;
  }

  /** One round of probes lasts until the silent have had their time: its votes are not of one instant. */
  private reachedInRound(host: SimHost, other: SimHost): boolean {
    if (other.power && this.world.reachesAnyWay(host.number, other.number)) return true;
    const until = this.reachedUntilMs.get(pair(host.number, other.number));
    return until !== undefined && this.world.nowMs() - until <= ROUND_MS;
  }

  private hasVotes(host: SimHost, members: readonly SimHost[]): boolean {
    const alive = members.filter((other) => other === host || this.reachedInRound(host, other));
    if (alive.length * 2 !== members.length) return alive.length * 2 > members.length;
    // Who has claimed the tie counts double, else the XAPI master, unless the heuristic IPs decide.
    const { claims } = this.world.ties;
    if (/^(ssh|sr)$/.test(this.setting(host, "TIE_BREAKER"))) return [...claims.values()].includes(host.uuid);
    if (this.setting(host, "FENCE_USE_IP_HEURISTICS") !== "1")
      return alive.some(({ poolConf }) => poolConf === "master");
    const addresses =
      this.setting(host, "FENCE_HEURISTICS_IPS")
        .match(/\[[^\]]+\]|[^:]+/g)
        ?.map((text) => text.replace(/[[\]]/g, "")) ?? [];
    return (
      addresses.length > 0 && addresses.every((address) => this.world.reachesExternal(host.number, address))
    );
  }
}
