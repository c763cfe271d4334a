import type { HostUuid } from "../../../src/core/model/ids.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import type { SimHost } from "../../../src/simulation/world.ts";

/** Why nobody renewed the lease of a host, by what was true in the world; the first that holds counts. */
export const CAUSES = [
  "monitor-away",
  "forgotten",
  "no-majority",
  "election",
  "leader-away",
  "cut-off",
  "storm",
  "no-slot",
] as const;
export type Cause = (typeof CAUSES)[number];

export const CAUSE_TEXT: Readonly<Record<Cause, string>> = {
  "monitor-away": "its monitor did not run, or stood still",
  forgotten: "its monitor has started without its state, and no master's XAPI has told it the pool",
  "no-majority": "the running monitors that it reached were no majority",
  election: "a majority had lost its leader, and had not elected one yet",
  "leader-away": "the monitor of its leader did not run, or stood still",
  "cut-off": "no way led to its leader and back",
  storm: "datagrams were lost, doubled or late",
  "no-slot": "its watchdog had no second slot",
};

/** How many resets each cause explains. */
export type CauseCounts = Readonly<Record<Cause, number>>;
export const NO_CAUSES: CauseCounts = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as CauseCounts;

/** A reset with its cause; null: none, so the lease should have been renewed. */
interface Reset {
  readonly atMs: number;
  readonly host: number;
  readonly cause: Cause | null;
}

const LOOK_MS = 500;
/**
 * A lease that nothing hinders is renewed within this time: a monitor that has just started looks at its slots and hears its leader, arms,
 * sends, and hears again.
 */
const RENEWED_MS = 6_000;
const LONGEST_LEASE_MS = 60_000;

/** Watches why leases are not renewed, from the truth of the world; reads of the program only who leads and which roll counts. */
export class ResetWatch {
  readonly resets: Reset[] = [];
  private readonly pool: SimPool;
  private readonly isStormy: () => boolean;
  /** For each host what stood in the way, look by look; null: nothing did. */
  private readonly seen = new Map<number, (Cause | null)[]>();
  private readonly rolls = new Map<number, readonly HostUuid[]>();
  /** Hosts whose state was lost; true: their monitor has started since, and knows no host of the pool. */
  private readonly lost = new Map<number, boolean>();

  constructor(pool: SimPool, isStormy: () => boolean) {
    this.pool = pool;
    this.isStormy = isStormy;
    pool.world.listeners.push(({ what, host, atMs }) => {
      if (what === "watchdog-fired") this.note(Number(host), atMs);
      if (what === "state-lost") this.lost.set(Number(host), false);
    });
    this.look();
  }

  counts(): CauseCounts {
    const counts = { ...NO_CAUSES };
    for (const { cause } of this.resets) if (cause !== null) counts[cause] += 1;
    return counts;
  }

  /** What must not be. */
  failures(): readonly string[] {
    const unexplained = this.resets.filter(({ cause }) => cause === null);
    return unexplained.map(
      ({ atMs, host }) =>
        `reset-unexplained at ${(atMs / 1_000).toFixed(1)} s: h${host} could have renewed its lease`,
    );
  }

  private look(): void {
    const { world } = this.pool;
    const leader = this.leader();
    for (const host of world.hosts) {
      const looks = this.seen.get(host.number) ?? [];
      this.seen.set(host.number, looks);
      looks.push(this.obstacle(host, leader));
      if (looks.length > LONGEST_LEASE_MS / LOOK_MS) looks.shift();
      void world.messengers
        ?.reader(host.number)
        .read()
        .then((hearing) => {
          const hosts = hearing?.group.roll?.hosts;
          if (hosts !== undefined) this.rolls.set(host.number, hosts);
        });
    }
    world.clock.schedule(LOOK_MS, () => this.look());
  }

  /** Who may act now; null: nobody. */
  private leader(): SimHost | null {
    const { world } = this.pool;
    const mayAct = ({ number, power }: SimHost) =>
      power && (world.messengers?.mandateUntilMs(number) ?? 0) > world.nowMs();
    return world.hosts.find(mayAct) ?? null;
  }

  private obstacle(host: SimHost, leader: SimHost | null): Cause | null {
    if (!this.runs(host)) {
      if (this.lost.has(host.number)) this.lost.set(host.number, true);
      return "monitor-away";
    }
    if (this.isTold(host)) this.lost.delete(host.number);
    if (this.lost.get(host.number) === true) return "forgotten";
    if (leader === null) return this.hasMajority(host) ? "election" : "no-majority";
    if (!this.runs(leader)) return "leader-away";
    // A leader may act for a while yet when it has lost its majority; its own lease it cannot renew.
    if (host === leader && !this.hasMajority(host)) return "no-majority";
    if (host !== leader && !this.hasWay(host, leader))
      return this.hasMajority(host) ? "cut-off" : "no-majority";
    if (this.isStormy()) return "storm";
    const { foreign, isMissing, slowMs } = host.watchdog;
    return foreign > 0 || isMissing || slowMs > 0 ? "no-slot" : null;
  }

  /** Does a master's xapi answer it? */
  private isTold({ number }: SimHost): boolean {
    return this.pool.world.hosts.some(
      ({ xapi, number: other }) =>
        xapi?.role.kind === "master" &&
        xapi.serving &&
        !xapi.frozen &&
        this.pool.world.reaches(number, other),
    );
  }

  private runs({ power, number }: SimHost): boolean {
    return power && this.pool.monitor(number).isRunning;
  }

  /** Both ways, directly or over a third host, over whatever network. */
  private hasWay(one: SimHost, other: SimHost): boolean {
    const passes = (from: SimHost, to: SimHost) =>
      this.pool.world.reachesAnyWay(from.number, to.number) &&
      this.pool.world.letsProbe(from.number, to.number);
    const both = (a: SimHost, b: SimHost) => passes(a, b) && passes(b, a);
    if (both(one, other)) return true;
    const isBetween = (third: SimHost) =>
      third !== one && third !== other && this.runs(third) && both(one, third) && both(third, other);
    return this.pool.world.hosts.some(isBetween);
  }

  /** More than half of its roll runs where it reaches it; of half of it the other half is no less. */
  private hasMajority(host: SimHost): boolean {
    const roll = this.rolls.get(host.number) ?? [];
    const reached = this.pool.world.hosts.filter(
      (other) =>
        roll.includes(other.uuid as HostUuid) &&
        this.runs(other) &&
        (other === host || this.hasWay(host, other)),
    );
    return reached.length * 2 > roll.length;
  }

  /** The slot that fires is replaced after a quarter of its time, or sooner: what came after that is what counts. */
  private note(number: number, atMs: number): void {
    const [first, second] = this.pool.world.host(number).watchdog.slots;
    const dueMs = first === undefined ? 0 : first.armedAtMs + first.timeoutMs / 4;
    const sinceMs = Math.min(dueMs, second?.armedAtMs ?? dueMs);
    const count = Math.ceil((atMs - sinceMs) / LOOK_MS);
    const looks = this.seen.get(number) ?? [];
    const cause = causeOf(looks.slice(-count)) ?? overBy(looks, first?.timeoutMs ?? 0);
    this.resets.push({ atMs, host: number, cause });
  }
}

/**
 * What was in the way for as long as a lease: it is over then, and nothing renews it. XAPI's own HA has destroyed the slots meanwhile, else the host would
 * have been reset sooner; its monitor arms one that does it. null: nothing was.
 */
function overBy(looks: readonly (Cause | null)[], leaseMs: number): Cause | null {
  const most = Math.ceil(leaseMs / LOOK_MS);
  let since = 0;
  for (const [at, look] of looks.entries()) {
    if (look === null) since = at + 1;
    else if (at + 1 - since >= most) return causeOf(looks.slice(since, at + 1));
  }
  return null;
}

/** What was in the way for the longest time; null: for long enough nothing was. */
export function causeOf(looks: readonly (Cause | null)[]): Cause | null {
  let [free, mostFree] = [0, 0];
  const times = new Map<Cause, number>();
  for (const look of looks) {
    free = look === null ? free + 1 : 0;
    mostFree = Math.max(mostFree, free);
    if (look !== null) times.set(look, (times.get(look) ?? 0) + 1);
  }
  if (mostFree * LOOK_MS >= RENEWED_MS) return null;
  const [most] = [...times].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

export function addCauses(a: CauseCounts, b: CauseCounts): CauseCounts {
  const sums = { ...a };
  for (const cause of CAUSES) sums[cause] += b[cause];
  return sums;
}
