import { waysTo } from "../../core/group/ways.ts";
import { heardOf, isHeardNow } from "../../core/members/heard.ts";
import type { LastGoodView } from "../../core/memory/last-good.ts";
import { parseMemory } from "../../core/memory/memory.ts";
import type { HostRuns } from "../../core/model/hearing.ts";
import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ConfigSource } from "../../ports/config-source.ts";
import { OVER, withDeadline } from "../../ports/deadline.ts";
import type { HearingReader, RunsAsker, RunsRequest } from "../../ports/group.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { readHearing } from "../pass/read-hearing.ts";
import { resolveTexts } from "../pass/resolve-texts.ts";

/** A start is never held up for longer by this question: some host may be silent, and the answers of the others count. */
const ASK_MS = 900;
/** With the reading of files, which takes milliseconds. */
const WHOLE_MS = 1_400;

export interface GuardPorts {
  readonly clock: Clock;
  readonly store: Pick<StateStore, "load">;
  readonly config: Pick<ConfigSource, "read">;
  readonly hearing: HearingReader;
  readonly runsAsker: RunsAsker;
}

/** The host that asks, by its own files. */
export interface GuardedHost {
  readonly uuid: HostUuid;
  readonly bootId: string;
}

/**
 * The name of another host that says, right now, that it runs this VM; null: none has said so within a second. A start that
 * an administrator asks for does not ask the master's program, and the database of XAPI may be older than the VM
 * (core/README.md, "Who runs it?"). Only a clear yes counts: whoever is silent, and whatever goes wrong here, is in nobody's
 * way. Does nothing while HA is off, or with START_GUARD=0.
 */
export async function whoElseRuns(
  vm: VmUuid,
  host: GuardedHost,
  ports: GuardPorts,
  signal: AbortSignal,
): Promise<string | null> {
  return await withDeadline<string | null>(
    ports.clock,
    WHOLE_MS,
    signal,
    (inner) => ask(vm, host, ports, inner),
    () => null,
  );
}

async function ask(
  vm: VmUuid,
  host: GuardedHost,
  ports: GuardPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const [lastGood, texts, hearing] = await Promise.all([
    loadLastGood(ports),
    ports.config.read(),
    readHearing(ports, host),
  ]);
  const { settings } = resolveTexts(texts, null);
  if (lastGood?.haFlag !== "on" || !settings.START_GUARD) return null;
  const hosts = [...lastGood.forgotten, ...lastGood.hosts].filter(
    (other) =>
      other.uuid !== host.uuid && waysTo([other]).length > 0 && isHeardNow(heardOf(hearing, other.uuid)),
  );
  const peers = hosts.map((other) => ({ host: other.uuid, addresses: waysTo([other]) }));
  const group = { self: host.uuid, pool: lastGood.pool, port: settings.HEARTBEAT_PORT, peers };
  const request = { group, bootId: host.bootId, hosts: peers, vms: [vm] };
  const answers = await askInTime(request, ports, signal);
  const runs = hosts.find(({ uuid }) => {
    const said = answers.get(uuid)?.runs ?? "unknown";
    return said !== "unknown" && said.includes(vm);
  });
  return runs?.name ?? null;
}

/** Who belongs to the pool, and whether HA is on; just after a boot by what is left of the boot before. */
async function loadLastGood({ store }: GuardPorts): Promise<LastGoodView | null> {
  for (const name of ["recent-memory", "memory"] as const) {
    const loaded = await store.load(name);
    const memory = loaded.kind === "found" ? parseMemory(loaded.value) : null;
    if (memory !== null) return memory.lastGood;
  }
  return null;
}

/** What was answered when the time is over: one host that is silent takes nothing from the answers of the others. */
async function askInTime(
  request: RunsRequest,
  { clock, runsAsker }: GuardPorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<HostUuid, HostRuns>> {
  const over = new AbortController();
  const stop = () => over.abort(OVER);
  const ended = new AbortController();
  signal.addEventListener("abort", stop, { once: true });
  void clock.sleep(ASK_MS, ended.signal).then(stop);
  try {
    return await runsAsker.ask(request, over.signal);
  } finally {
    ended.abort(OVER);
    signal.removeEventListener("abort", stop);
  }
}
