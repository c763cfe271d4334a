import { heldHosts } from "../members/heard.ts";
import { fingerprintPlacement } from "../members/on-disk.ts";
import type { Agreed } from "../memory/agreed.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import type { HostRuns } from "../model/hearing.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import { allAnswers } from "./witnesses.ts";

/**
 * Whose held xapi may start: all that its host runs is there in this database, or nowhere, and that is on the master's disk. Then its
 * comparison ends none of its domains (adapters/xapi/README.md, "The comparison after a restart"), but those that the database does not know
 * at all, and what a failover has left behind on that host while the VM runs where the database has it. With each the time at which it had
 * said what it runs.
 */
export function seeAgreement(memory: Memory, round: MasterRound): Step {
  const { database, view } = round;
  const held = heldHosts(view.hearing);
  if (held.length === 0) return nothing({ ...memory, agreed: {} });
  const isOnDisk = memory.placementOnDisk === fingerprintPlacement(database);
  const found = held.map((host): [HostUuid, Agreed | null] => [
    host,
    isOnDisk ? agreedWith(host, memory, round) : null,
  ]);
  const seen = Object.fromEntries(found.map(([host]) => [host, view.nowMs]));
  return nothing({
    ...memory,
    agreed: Object.fromEntries(found),
    heldAtMs: { ...memory.heldAtMs, ...seen },
  });
}

function agreedWith(host: HostUuid, memory: Memory, { database, view }: MasterRound): Agreed | null {
  const { master } = database.pool;
  const answers = allAnswers(view, master);
  const { own, runs, atMs, bootId } = answers.get(host) ?? NO_ANSWER;
  if (own.xapi !== "held" || own.master !== master || runs === "unknown") return null;
  if (atMs === null || bootId === null) return null;
  const left = memory.declaredDead[host]?.vms ?? [];
  const runsThere = (at: HostUuid, vm: VmUuid) => {
    const there = answers.get(at)?.runs ?? "unknown";
    return there !== "unknown" && there.includes(vm);
  };
  const isWrong = (at: HostUuid, vm: VmUuid) =>
    runs.includes(vm) && !(left.includes(vm) && runsThere(at, vm));
  const others = database.hosts.filter(({ uuid }) => uuid !== host);
  return others.some(({ uuid, residents }) => residents.some((vm) => isWrong(uuid, vm.uuid)))
    ? null
    : { atMs, bootId };
}

const NO_ANSWER: HostRuns = {
  own: { role: "unknown", master: null, xapi: "silent" },
  runs: "unknown",
  atMs: null,
  bootId: null,
};
