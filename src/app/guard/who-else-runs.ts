import { heardOf, isHeardNow } from "../../core/members/heard.ts";
import { parseMemory } from "../../core/memory/memory.ts";
import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ConfigSource } from "../../ports/config-source.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { HearingReader, RunsAsker } from "../../ports/group.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { readHearing } from "../pass/read-hearing.ts";
import { resolveTexts } from "../pass/resolve-texts.ts";

/** A start is never held up for longer by this question. */
const ASK_MS = 900;

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
    ASK_MS,
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
  const [loaded, texts, hearing] = await Promise.all([
    ports.store.load("recent-memory"),
    ports.config.read(),
    readHearing(ports, host),
  ]);
  const memory = loaded.kind === "found" ? parseMemory(loaded.value) : null;
  const { settings } = resolveTexts(texts, null);
  const lastGood = memory?.bootId === host.bootId ? memory.lastGood : null;
  if (lastGood?.haFlag !== "on" || !settings.START_GUARD) return null;
  const hosts = [...lastGood.forgotten, ...lastGood.hosts].filter(
    ({ uuid, address }) => uuid !== host.uuid && address !== "" && isHeardNow(heardOf(hearing, uuid)),
  );
  const peers = hosts.map(({ uuid, address }) => ({ host: uuid, addresses: [address] }));
  const group = { self: host.uuid, pool: lastGood.pool, port: settings.HEARTBEAT_PORT, peers };
  const answers = await ports.runsAsker.ask({ group, bootId: host.bootId, hosts: peers, vms: [vm] }, signal);
  const runs = hosts.find(({ uuid }) => {
    const said = answers.get(uuid)?.runs ?? "unknown";
    return said !== "unknown" && said.includes(vm);
  });
  return runs?.name ?? null;
}
