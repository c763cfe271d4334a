import type { Settings } from "../../config/params.ts";
import { asksHeuristicIps } from "../../config/tie-breaker.ts";
import { heardPeer } from "../../core/members/heard.ts";
import { hasTie } from "../../core/members/vote.ts";
import type { HostHealth } from "../../core/memory/host-health.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type {
  DatabaseView,
  Follows,
  LocalView,
  PeerProbe,
  PoolView,
  XapiResult,
} from "../../core/model/pool-view.ts";
import { masterOf } from "../../core/takeover/other-master.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { PeerAnswer, ProbeQuestion } from "../../ports/peers.ts";
import type { Xapi } from "../../ports/pool-database.ts";
import { readFencingResumed } from "../daemons/report.ts";
import { askRuns, readDiffering } from "./ask-runs.ts";
import type { PassPorts } from "./pass-ports.ts";
import { readHearing } from "./read-hearing.ts";
import { type InventoryLook, readInventory } from "./read-inventory.ts";
import { readReady } from "./read-ready.ts";
import { readStops } from "./read-stops.ts";
import { toldFollows, toldProbe } from "./told-probe.ts";

/** One probe of one peer may take this long: ping waits a second, a hung xapi is given the rest. */
const PROBE_MS = 3_500;
/** How long a probe of this pass may serve its later rounds. */
const REUSE_MS = 4_000;
/** A host that has failed is only asked whether it is back: one that lives answers in milliseconds. */
const FAILED_PROBE_MS = 1_000;
/** Before a host that answers ping is given up, its xapi gets the time that a very slow one needs. */
const PATIENT_PROBE_MS = 10_500;
/** A xapi that restarts as master is asked often, not long. */
const RESTARTING_READ_MS = 1_500;
/** A silent peer holds a round up; what was read before that is read again, for a member may have told something since. */
const OLD_MS = 500;
/** The addresses of the hosts' other networks, which hardly ever change, are read as often as this. */
const ADDRESSES_MS = 60_000;
/** All calls of one read together; each has its own deadline inside the client. */
const READ_FACTOR = 3;

const LEARNT_NOTHING: PeerAnswer = { icmp: "unknown", xapi: "silent" };

/** A probe of an earlier round of this pass, with the time at which it ended. */
export interface RecentProbe {
  readonly probe: PeerAnswer;
  readonly atMs: number;
  /** It had the whole time of a probe, so its silence is worth believing. */
  readonly full: boolean;
}

export interface Observer {
  /** Probes of earlier rounds; those of this one are added. */
  readonly recent: Map<HostUuid, RecentProbe>;
  /** What earlier rounds have read of the inventory; this one may write it. */
  readonly look: InventoryLook;
  readonly ports: PassPorts;
  readonly xapi: Xapi;
  readonly settings: Settings;
  readonly memory: Memory;
  readonly self: LocalView;
}

/** The same with what the monitors hear, which is read once a round. */
interface Listener extends Observer {
  readonly hearing: PoolView["hearing"];
}

type Peer = { readonly uuid: HostUuid; readonly address: string };

/**
 * Everything one round decides from. A slave asks its master first: as long as that answers, the others are nobody's
 * business; when it does not, a question to the own xapi would hang with it (adapters/xapi/README.md, T2), so none is
 * asked.
 */
export async function observe(given: Observer, signal: AbortSignal): Promise<PoolView> {
  // The beginning counts: retries are XAPI_DELAY apart, however long a silent host's probe takes.
  const nowMs = given.ports.clock.uptimeMs();
  const observer: Listener = { ...given, hearing: await readHearing(given.ports, given.self) };
  const seen =
    observer.self.role.kind === "slave"
      ? await observeAsSlave(observer, signal)
      : await observeAsMaster(observer, signal);
  const view: PoolView = {
    nowMs,
    wallMs: given.ports.clock.wallMs(),
    self: observer.self,
    database: seen.database,
    probes: seen.probes,
    hearing: observer.hearing,
    runs: new Map(),
    differing: [],
    stops: new Map(),
    ready: new Set(),
    heuristics: "not-asked",
    inventory: null,
    fencingResumedAtMs: await readFencingResumed(given.ports.store),
  };
  const heuristics = askHeuristics(observer, view, signal);
  const isMaster = observer.self.role.kind === "master";
  if (!seen.database.ok || !(isMaster || observer.settings.SLAVE_VM_STAT))
    return { ...view, heuristics: await heuristics };
  const database = seen.database.value;
  const [runs, stops, ready, inventory] = await Promise.all([
    askRuns(observer, view, database, signal),
    readStops(observer, database, signal),
    readReady(observer, database, signal),
    isMaster ? readInventory({ ...observer, clock: observer.ports.clock }, database, signal) : null,
  ]);
  const differing = isMaster ? await readDiffering(observer, { ...view, runs }, database, signal) : [];
  const probes = withAnswers(view.probes, runs, knownAddresses(observer.memory));
  return { ...view, probes, runs, stops, ready, differing, inventory, heuristics: await heuristics };
}

interface Seen {
  readonly database: XapiResult<DatabaseView>;
  readonly probes: ReadonlyMap<HostUuid, PeerProbe>;
}

async function observeAsMaster(observer: Listener, signal: AbortSignal): Promise<Seen> {
  const { memory, self, settings } = observer;
  const { clock } = observer.ports;
  const restarting = memory.promotion?.phase === "promoting";
  if (restarting) {
    // Until this host's own xapi serves as master there is nothing to decide, and nobody to ask.
    const early = await readDatabase(observer, RESTARTING_READ_MS, signal);
    if (!early.ok) return { database: early, probes: new Map() };
  }
  const known = peersOf(memory.lastGood?.hosts ?? [], self.uuid);
  const read = () => readDatabase(observer, settings.XE_TIMEOUT * READ_FACTOR * 1_000, signal);
  const [first, probes] = await Promise.all([
    read().then((answer) => ({ answer, atMs: clock.uptimeMs() })),
    probePeers(observer, known, signal),
  ]);
  const isOld = first.answer.ok && clock.uptimeMs() - first.atMs > OLD_MS;
  const database = isOld ? await read() : first.answer;
  if (!database.ok) return { database, probes };
  const fresh = peersOf(database.value.hosts, self.uuid).filter((peer) => !isSamePeer(known, peer));
  const more = await probePeers(observer, fresh, signal);
  return { database, probes: new Map([...probes, ...more]) };
}

async function observeAsSlave(observer: Listener, signal: AbortSignal): Promise<Seen> {
  const { self, memory, settings } = observer;
  const { role } = self;
  const lastGood = memory.lastGood;
  const master = masterOf(role, lastGood);
  const others = peersOf(lastGood?.hosts ?? [], self.uuid).filter((peer) => peer.uuid !== master);
  const probes = new Map<HostUuid, PeerProbe>();
  if (role.kind === "slave" && master !== null) {
    const address = role.masterAddress;
    for (const [uuid, probe] of await probePeers(observer, [{ uuid: master, address }], signal))
      probes.set(uuid, probe);
  }
  const answers = master === null || probes.get(master)?.xapi === "answered";
  const wantOthers = !answers || settings.SLAVE_VM_STAT;
  const [database, more] = await Promise.all([
    answers
      ? readDatabase(observer, settings.XE_TIMEOUT * READ_FACTOR * 1_000, signal)
      : Promise.resolve(MASTER_SILENT),
    probePeers(observer, wantOthers ? others : [], signal),
  ]);
  for (const [uuid, probe] of more) probes.set(uuid, probe);
  if (!database.ok && answers && master !== null) {
    // It lives, yet the database behind it does not answer: perhaps it is no master.
    const kind = probes.get(master)?.follows.kind;
    if (kind === "slave-of" || kind === "lost") {
      // No master at that address: is there one anywhere?
      for (const [uuid, probe] of await probePeers(observer, others, signal)) probes.set(uuid, probe);
    }
  }
  const master2 = database.ok ? database.value.pool.master : null;
  if (master2 !== null && master2 !== self.uuid && !probes.has(master2)) {
    // First sight of this pool, or another master than last time: it is asked like any other.
    const address = database.ok
      ? database.value.hosts.find((host) => host.uuid === master2)?.address
      : undefined;
    if (address !== undefined) {
      for (const [uuid, probe] of await probePeers(observer, [{ uuid: master2, address }], signal))
        probes.set(uuid, probe);
    }
  }
  return { database, probes };
}

const MASTER_SILENT: XapiResult<DatabaseView> = {
  ok: false,
  fault: { kind: "unreachable", detail: "the master does not answer" },
};

function peersOf(hosts: readonly Peer[], self: HostUuid): readonly Peer[] {
  return hosts.filter((host) => host.uuid !== self).map(({ uuid, address }) => ({ uuid, address }));
}

function isSamePeer(peers: readonly Peer[], peer: Peer): boolean {
  return peers.some((known) => known.uuid === peer.uuid && known.address === peer.address);
}

function readDatabase(
  observer: Observer,
  limitMs: number,
  signal: AbortSignal,
): Promise<XapiResult<DatabaseView>> {
  const { ports, xapi, settings, self } = observer;
  const addressesAtMs = observer.memory.lastGood?.addressesAtMs ?? null;
  const addresses = addressesAtMs === null || ports.clock.uptimeMs() - addressesAtMs >= ADDRESSES_MS;
  const storage = Object.values(observer.memory.down).some(({ failure }) => failure !== null);
  const domains = self.domains === "unknown" ? null : { host: self.uuid, vms: self.domains };
  return withDeadline<XapiResult<DatabaseView>>(
    ports.clock,
    limitMs,
    signal,
    (inner) => xapi.read({ appliances: settings.OP_MODE === 1, storage, addresses, domains }, inner),
    () => ({ ok: false, fault: { kind: "timeout" } }),
  );
}

/**
 * All peers at once: sixty-four dead hosts cost the time of one. Within a pass a probe is good for a moment, so that
 * rounds after the first do not wait for a dead host's silence again: for less than XAPI_DELAY, so that one probe never
 * counts as two retries, and for the whole pass when the host has failed (before its fence it is asked once more).
 */
async function probePeers(
  observer: Listener,
  peers: readonly Peer[],
  signal: AbortSignal,
): Promise<ReadonlyMap<HostUuid, PeerProbe>> {
  const { ports, recent, memory, settings, hearing } = observer;
  const addressOf = knownAddresses(memory);
  const ask = (address: string, what: ProbeQuestion, ms: number): Promise<PeerAnswer> =>
    withDeadline(
      ports.clock,
      ms,
      signal,
      (inner) => ports.prober.probe(address, what, inner),
      () => LEARNT_NOTHING,
    );
  const probed = await Promise.all(
    peers.map(async ({ uuid, address }): Promise<readonly [HostUuid, PeerProbe][]> => {
      const peer = heardPeer(hearing, uuid);
      const told = toldProbe(peer, addressOf);
      if (told !== null) return [[uuid, told]];
      const own = peer === "unknown" ? null : peer.own;
      const follows = own === null ? UNKNOWN : toldFollows(own, addressOf);
      // Host.address is empty while its management interface changes. Who cannot be asked is not silent.
      if (address === "") return [];
      const failed = memory.health[uuid]?.state === "failed";
      const reuseMs = failed ? Number.POSITIVE_INFINITY : Math.min(REUSE_MS, settings.XAPI_DELAY * 500);
      const known = recent.get(uuid);
      if (known !== undefined && ports.clock.uptimeMs() - known.atMs < reuseMs)
        return [[uuid, withFollows(known.probe, follows)]];
      const patient = isFading(memory.health[uuid], ports.clock.uptimeMs(), settings);
      const quick = failed ? await ask(address, "life", FAILED_PROBE_MS) : null;
      const probe =
        quick ??
        (await ask(address, patient ? "life-patiently" : "life", patient ? PATIENT_PROBE_MS : PROBE_MS));
      recent.set(uuid, { probe, atMs: ports.clock.uptimeMs(), full: !failed });
      return [[uuid, withFollows(probe, follows)]];
    }),
  );
  return new Map(probed.flat());
}

const UNKNOWN: Follows = { kind: "unknown" };

/** Nobody follows anybody whose XAPI is silent. */
function withFollows(probe: PeerAnswer, follows: Follows): PeerProbe {
  return { ...probe, follows: probe.xapi === "answered" ? follows : UNKNOWN };
}

function knownAddresses({ lastGood }: Memory): (host: HostUuid) => string | null {
  return (host) => lastGood?.hosts.find(({ uuid }) => uuid === host)?.address ?? null;
}

/** Whose monitor has not been heard says whom it follows when it is asked what it runs. */
function withAnswers(
  probes: PoolView["probes"],
  runs: PoolView["runs"],
  addressOf: (host: HostUuid) => string | null,
): PoolView["probes"] {
  return new Map(
    [...probes].map(([host, probe]) => {
      const own = runs.get(host)?.own;
      const isAsked = own !== undefined && probe.xapi === "answered" && probe.follows.kind === "unknown";
      return [host, isAsked ? { ...probe, follows: toldFollows(own, addressOf) } : probe];
    }),
  );
}

/** Answers ping, and its xapi has been silent for most of the time that it is given: it may only be slow. */
function isFading(health: HostHealth | undefined, nowMs: number, settings: Settings): boolean {
  const toleranceMs = settings.XAPI_DOWN_TOLERANCE * 1_000;
  if (health === undefined || !health.pings || health.xapiSilentSinceMs === null || toleranceMs === 0)
    return false;
  const waits = health.state === "xapi-down" || health.state === "suspect";
  return waits && nowMs - health.xapiSilentSinceMs > toleranceMs / 2;
}

/** The heuristic IPs are asked only when their vote could count: a tie, and somebody missing. */
async function askHeuristics(
  observer: Observer,
  view: PoolView,
  signal: AbortSignal,
): Promise<PoolView["heuristics"]> {
  const { ports, settings } = observer;
  const addresses = settings.FENCE_HEURISTICS_IPS;
  if (!asksHeuristicIps(settings) || view.probes.size === 0 || !hasTie(view)) return "not-asked";
  if (addresses.length === 0) return "not-all-answered";
  const answers = await Promise.all(
    addresses.map((address) =>
      withDeadline(
        ports.clock,
        PROBE_MS,
        signal,
        (inner) => ports.pinger.ping(address, inner),
        () => "silent" as const,
      ),
    ),
  );
  return answers.every((answer) => answer === "answered") ? "all-answered" : "not-all-answered";
}
