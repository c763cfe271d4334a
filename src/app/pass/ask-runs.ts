import type { Settings } from "../../config/params.ts";
import { namedMaster } from "../../core/group/own-state.ts";
import { waysTo } from "../../core/group/ways.ts";
import { heardOf } from "../../core/members/heard.ts";
import type { LastGoodView } from "../../core/memory/last-good.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { Asked } from "../../core/model/action.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import type { HostRuns } from "../../core/model/hearing.ts";
import type { HostUuid, PoolUuid, VmUuid } from "../../core/model/ids.ts";
import type { DatabaseView, LocalView, PoolView } from "../../core/model/pool-view.ts";
import type { Reachable } from "../../core/model/reachable.ts";
import { askedVms } from "../../core/restart/asked-vms.ts";
import { differingVms } from "../../core/restart/differences.ts";
import { describeHold, runsOnlyOn, whereabouts } from "../../core/restart/who-runs.ts";
import { allAnswers, askedHosts } from "../../core/restart/witnesses.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { HostDomains, Xapi } from "../../ports/pool-database.ts";
import { observeSelf } from "./observe-self.ts";
import type { PassPorts } from "./pass-ports.ts";
import { readHearing } from "./read-hearing.ts";

/** All answers and the start that rests on them lie within two seconds; one that does not come is no answer. */
const ASK_MS = 1_500;

interface Asker {
  readonly ports: PassPorts;
  readonly xapi: Xapi;
  readonly self: LocalView;
  readonly settings: Settings;
}

/** Who asks once more, right before something begins. */
interface LateAsker extends Asker {
  readonly lastGood: LastGoodView | null;
  readonly view: PoolView | null;
}

interface Pool {
  readonly pool: PoolUuid;
  /** What is known of them; a host may be in it twice. */
  readonly hosts: readonly (Reachable & { readonly uuid: HostUuid })[];
}

/** What a round asks: who runs the VMs that HA looks after, those that are down and those that are not. */
export async function askRuns(
  asker: Asker & { readonly memory: Memory },
  view: PoolView,
  database: DatabaseView,
  signal: AbortSignal,
): Promise<PoolView["runs"]> {
  const { settings, memory } = asker;
  // The first look of all only learns who belongs to the pool.
  if (memory.lastGood === null) return NOBODY;
  if (haFlagOf(database.pool.otherConfig, settings.XC_FIELD_NAME) !== "on") return NOBODY;
  const { uuid: pool } = database.pool;
  const vms = askedVms(database, settings, view);
  // A host that is no longer in the database, or not yet in the memory, may run something as well.
  const hosts = [...memory.lastGood.forgotten, ...memory.lastGood.hosts, ...database.hosts];
  return ask(asker, { pool, hosts }, { whom: askedHosts(memory, view), vms, view }, signal);
}

/** What the database says now of VMs about which it and the hosts differ: in a pool that is well, no call. */
export async function readDiffering(
  { ports, xapi, settings, self }: Asker,
  view: PoolView,
  database: DatabaseView,
  signal: AbortSignal,
): Promise<PoolView["differing"]> {
  if (view.runs.size === 0) return [];
  const answers = allAnswers({ self, runs: view.runs }, database.pool.master);
  const vms = differingVms(askedVms(database, settings, view), database, answers);
  if (vms.length === 0) return [];
  return withDeadline<PoolView["differing"]>(
    ports.clock,
    settings.XE_TIMEOUT * 1_000,
    signal,
    async (inner) => {
      const read = await xapi.readVms(vms, inner);
      return read.ok ? read.value : [];
    },
    () => [],
  );
}

/** Why this start must not begin now, by what the hosts say right now; null: it may. */
export async function whyHeld(
  asks: readonly Asked[],
  asker: LateAsker,
  signal: AbortSignal,
): Promise<string | null> {
  const answers = await answersNow(asks, asker, signal);
  if (answers === null) return "the pool is not known";
  const { said, master, nameOf } = answers;
  for (const { vm, witnesses } of asks) {
    const why = describeHold(whereabouts(vm, witnesses, said, master), nameOf);
    if (why !== null) return why;
  }
  return null;
}

/** What the hosts say of these VMs right now, this host among them; null: the pool is not known. */
async function answersNow(asks: readonly Asked[], asker: LateAsker, signal: AbortSignal) {
  const { ports, self, lastGood } = asker;
  if (lastGood === null || asker.view === null) return null;
  const view = { ...asker.view, hearing: await readHearing(ports, self) };
  const whom = [...new Set(asks.flatMap(({ witnesses }) => witnesses.map(({ host }) => host)))];
  const others = whom.filter((host) => host !== self.uuid);
  const vms = asks.map(({ vm }) => vm);
  const { master } = lastGood;
  const hosts = [...lastGood.forgotten, ...lastGood.hosts];
  const [own, runs] = await Promise.all([
    // What runs here is looked at again as well: the round may have begun seconds ago.
    observeSelf(ports, ASK_MS, signal),
    ask(asker, { pool: lastGood.pool, hosts }, { whom: others, vms, view }, signal),
  ]);
  const seen = { self: { ...self, domains: own?.domains ?? "unknown" }, runs } as const;
  const nameOf = (host: HostUuid) => hosts.find(({ uuid }) => uuid === host)?.name ?? host;
  return { said: allAnswers(seen, master), master, nameOf };
}

/** Does this VM run on that host and nowhere else, by what the hosts say right now? */
export async function runsThereAlone(
  { vm, witnesses }: Asked,
  host: HostUuid,
  asker: LateAsker,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = await answersNow([{ vm, witnesses }], asker, signal);
  return answers !== null && runsOnlyOn(host, vm, witnesses, answers.said, answers.master);
}

const NOBODY: ReadonlyMap<HostUuid, HostRuns> = new Map();

interface Question {
  readonly whom: readonly HostUuid[];
  readonly vms: readonly VmUuid[];
  /** Who is heard, and whose XAPI answers. */
  readonly view: Pick<PoolView, "hearing" | "probes">;
}

/** The monitors of those that are heard; through XAPI those whose monitor is silent while their XAPI answers. */
async function ask(
  asker: Asker,
  pool: Pool,
  { whom, vms, view }: Question,
  signal: AbortSignal,
): Promise<PoolView["runs"]> {
  if (vms.length === 0) return NOBODY;
  const isSilent = (host: HostUuid) => heardOf(view.hearing, host) === "silent";
  const heard = whom.filter((host) => !isSilent(host));
  const silent = whom.filter((host) => isSilent(host) && view.probes.get(host)?.xapi === "answered");
  const [monitors, ...others] = await Promise.all([
    askMonitors(asker, pool, { hosts: heard, vms }, signal),
    ...silent.map((host) => askThroughXapi(asker, pool, { host, vms }, signal)),
  ]);
  return new Map([...monitors, ...others.flat()]);
}

async function askMonitors(
  { ports, self, settings }: Asker,
  { pool, hosts: known }: Pool,
  { hosts, vms }: { readonly hosts: readonly HostUuid[]; readonly vms: readonly VmUuid[] },
  signal: AbortSignal,
): Promise<PoolView["runs"]> {
  if (hosts.length === 0) return NOBODY;
  const peers = hosts.map((host) => ({ host, addresses: waysTo(known.filter(({ uuid }) => uuid === host)) }));
  const group = { self: self.uuid, pool, port: settings.HEARTBEAT_PORT, peers };
  return withDeadline<PoolView["runs"]>(
    ports.clock,
    ASK_MS,
    signal,
    (inner) => ports.runsAsker.ask({ group, bootId: self.bootId, hosts: peers, vms }, inner),
    () => NOBODY,
  );
}

async function askThroughXapi(
  { ports, xapi }: Asker,
  { hosts }: Pool,
  { host, vms }: { readonly host: HostUuid; readonly vms: readonly VmUuid[] },
  signal: AbortSignal,
): Promise<readonly [HostUuid, HostRuns][]> {
  const said = await withDeadline<HostDomains | null>(
    ports.clock,
    ASK_MS,
    signal,
    async (inner) => {
      const answer = await xapi.askDomains(host, inner);
      return answer.ok ? answer.value : null;
    },
    () => null,
  );
  if (said === null) return [];
  const known = said.vms;
  const runs = known === "unknown" ? known : vms.filter((vm) => known.includes(vm));
  const peers = hosts.map((known) => ({ host: known.uuid, addresses: waysTo([known]) }));
  const own = { role: said.role.kind, master: namedMaster(said.role, host, peers), xapi: "serving" } as const;
  return [[host, { own, runs, atMs: null, bootId: null }]];
}
