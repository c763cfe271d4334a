import { isOfNow } from "../../app/pass/read-hearing.ts";
import { rememberedMemory } from "../../app/pass/remembered.ts";
import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import type { Resolved } from "../../config/resolve.ts";
import { rebaseMemory } from "../../core/memory/rebase.ts";
import type { Hearing } from "../../core/model/hearing.ts";
import type { DatabaseView, LocalView, XapiResult } from "../../core/model/pool-view.ts";
import { masterOf } from "../../core/takeover/other-master.ts";
import type { ConfigTexts } from "../../ports/config-source.ts";
import { neverAborts, OVER, withDeadline } from "../../ports/deadline.ts";
import type { PeerAnswer } from "../../ports/peers.ts";
import type { ListedVm, Xapi } from "../../ports/pool-database.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { type LastPass, readLastPass } from "./last-pass.ts";
import type { RememberedMemory, SeenHost, Sight } from "./sight.ts";

/** What a look may take when the master is dead; with what follows it stays below three seconds. */
const LOOK_MS = 1_700;
/** What is told to stop at that time is given this much to say what it has found. */
const GRACE_MS = 200;

/** What of a probe has been learnt by now; shared, so that nobody is asked twice. */
type Probes = Map<string, Promise<PeerAnswer | null>>;

interface Looking {
  readonly ports: CliPorts;
  readonly xapi: Xapi;
  readonly probes: Probes;
}

/**
 * Looks at the pool by all means at once: the database, the files of this host, a probe of every host it knows. A
 * master that answers no probe is not waited for; one that answers may take XE_TIMEOUT for the database. Never rejects
 * for a world in trouble. `mostMs`: the database is not waited for longer than this, whatever XE_TIMEOUT says.
 */
export async function lookAtPool(ports: CliPorts, mostMs = Number.POSITIVE_INFINITY): Promise<Sight> {
  const [texts, parsed, lastPass] = await Promise.all([
    ports.config.read(),
    rememberedMemory(ports.store),
    readLastPass(ports.store),
  ]);
  const cached = resolveTexts(texts, null);
  const xapi = ports.openXapi(cached.settings.XE_TIMEOUT * 1_000);
  const looking: Looking = { ports, xapi, probes: new Map() };
  for (const { address } of parsed?.lastGood?.hosts ?? []) void probe(looking, address);
  try {
    const observing = observe(ports);
    const reading = readPatiently(
      looking,
      Math.min(mostMs, LOOK_MS + cached.settings.XE_TIMEOUT * 1_000),
      observing,
    );
    const self = await observing;
    const { database, vms, readMs } = await reading;
    const published = await ports.hearing.read();
    const isNow = published !== null && self !== null && isOfNow(published, self, ports.clock.uptimeMs());
    const hearing = isNow ? published : null;
    const bootId = self?.bootId ?? parsed?.bootId ?? "";
    const memory =
      parsed === null ? null : { memory: rebaseMemory(parsed, bootId), ofThisBoot: parsed.bootId === bootId };
    const facts: Facts = { texts, cached, self, memory, lastPass, hearing, database, vms, readMs };
    return await assemble(looking, facts);
  } finally {
    await xapi.close();
  }
}

/** Runs a task that answers when it is told to stop; null when it does not even then. */
async function within<T>(
  ports: CliPorts,
  ms: number,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const over = new AbortController();
  const ended = new AbortController();
  const timer = ports.clock.sleep(ms, ended.signal).then(() => over.abort(OVER));
  try {
    return await withDeadline<T | null>(
      ports.clock,
      ms + GRACE_MS,
      neverAborts(),
      (late) => task(AbortSignal.any([late, over.signal])),
      () => null,
    );
  } finally {
    ended.abort(OVER);
    await timer;
  }
}

function observe(ports: CliPorts): Promise<LocalView | null> {
  return within(ports, LOOK_MS, (signal) => ports.localHost.observe(signal));
}

function probe({ ports, probes }: Looking, address: string): Promise<PeerAnswer | null> {
  const known = probes.get(address);
  if (known !== undefined) return known;
  const asked = within(ports, LOOK_MS, (signal) => ports.prober.probe(address, "life", signal));
  probes.set(address, asked);
  return asked;
}

interface DatabaseRead {
  readonly database: XapiResult<DatabaseView>;
  readonly vms: readonly ListedVm[] | null;
  readonly readMs: number;
}

async function readPatiently(
  looking: Looking,
  patienceMs: number,
  observing: Promise<LocalView | null>,
): Promise<DatabaseRead> {
  const { ports, xapi } = looking;
  const { clock } = ports;
  const hurry = new AbortController();
  const done = new AbortController();
  const impatience = clock.sleep(LOOK_MS, done.signal).then(async () => {
    if (done.signal.aborted || (await doesMasterAnswer(looking, observing))) return;
    hurry.abort(OVER);
  });
  const begunMs = clock.uptimeMs();
  const late = (): XapiResult<never> => ({ ok: false, fault: { kind: "timeout" } });
  const limit = <T>(task: (signal: AbortSignal) => Promise<XapiResult<T>>): Promise<XapiResult<T>> =>
    withDeadline<XapiResult<T>>(clock, patienceMs, hurry.signal, task, late);
  let readMs = 0;
  const [database, listed] = await Promise.all([
    limit((signal) =>
      xapi.read({ appliances: false, storage: false, addresses: false, domains: null }, signal),
    ).then((answer) => {
      readMs = clock.uptimeMs() - begunMs;
      return answer;
    }),
    limit((signal) => xapi.listVms(signal)),
  ]);
  done.abort(OVER);
  await impatience;
  return { database, vms: listed.ok ? listed.value : null, readMs };
}

/** Is there anything to wait for? Own xapi on a master, the master's on a slave. */
async function doesMasterAnswer(looking: Looking, observing: Promise<LocalView | null>): Promise<boolean> {
  const self = await observing;
  if (self?.role.kind === "master") return self.xapiAnswers;
  if (self?.role.kind !== "slave") return false;
  return (await probe(looking, self.role.masterAddress))?.xapi === "answered";
}

interface Facts extends DatabaseRead {
  readonly texts: ConfigTexts;
  readonly cached: Resolved;
  readonly self: LocalView | null;
  readonly memory: RememberedMemory | null;
  readonly lastPass: LastPass | null;
  readonly hearing: Hearing | null;
}

async function assemble(looking: Looking, facts: Facts): Promise<Sight> {
  const { texts, cached, self, memory, lastPass, hearing, database, vms, readMs } = facts;
  const lastGood = memory?.memory.lastGood ?? null;
  const read = database.ok ? database.value : null;
  const resolved = read === null ? cached : resolveTexts(texts, read.pool.otherConfig);
  const known = read?.hosts ?? lastGood?.hosts ?? [];
  const hosts = await Promise.all(
    known.map(async ({ uuid, name, address, enabled }): Promise<SeenHost> => {
      const isSelf = uuid === self?.uuid;
      const running = read?.hosts.find((host) => host.uuid === uuid)?.residents.length ?? null;
      const ownDomains = isSelf && self.domains !== "unknown" ? self.domains.length : null;
      const answer = isSelf ? null : await probe(looking, address);
      return { uuid, name, address, enabled, isSelf, vms: running ?? ownDomains, probe: answer };
    }),
  );
  const own = read?.pool ?? (lastGood && { uuid: lastGood.pool, name: lastGood.poolName });
  return {
    texts,
    resolved,
    self,
    memory,
    lastPass,
    hearing,
    database,
    readMs,
    vms,
    pool: own && { uuid: own.uuid, name: own.name },
    master: read?.pool.master ?? rememberedMaster(facts),
    hosts,
  };
}

/** pool.conf is newer than any memory: it names the master that this host follows now. */
function rememberedMaster({ self, memory }: Facts): Sight["master"] {
  const lastGood = memory?.memory.lastGood ?? null;
  if (self?.role.kind === "master") return self.uuid;
  if (self === null) return lastGood?.master ?? null;
  return masterOf(self.role, lastGood) ?? lastGood?.master ?? null;
}

/** The exit code of what shows a look at the pool. What was shown came from the caches: the caller has to be told. */
export function exitOf({ database }: Sight): ExitCode {
  if (database.ok) return EXIT.done;
  const { kind } = database.fault;
  return kind === "timeout" || kind === "unreachable" ? EXIT.xapiSilent : EXIT.failed;
}
