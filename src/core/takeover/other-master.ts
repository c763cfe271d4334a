import { hostRows, rowOf } from "../members/host-rows.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PeerProbe, PoolView, Role } from "../model/pool-view.ts";
import { hostWithAddress } from "../model/reachable.ts";
import type { Reason } from "../model/reason.ts";

/** The host that this slave follows, by what it knows; null when it has never seen the pool. */
export function masterOf(role: Role, lastGood: LastGoodView | null): HostUuid | null {
  if (role.kind !== "slave") return null;
  return hostWithAddress(lastGood?.hosts ?? [], role.masterAddress)?.uuid ?? lastGood?.master ?? null;
}

/** Has a host said of itself that it is no master? Silence is no. */
export function saysItIsNone(probe: PeerProbe | null | undefined): boolean {
  return probe?.follows.kind === "slave-of" || probe?.follows.kind === "lost";
}

/**
 * Another host than `master` is master, or a member follows someone else: this host waits to be called. null: none. Whom a member
 * follows may have become a slave meanwhile, and says so: then nobody would ever call.
 */
export function findOtherMaster(master: HostUuid, memory: Memory, view: PoolView): Reason | null {
  const rows = hostRows(memory, view);
  const oldAddress = rowOf(rows, master).known?.address;
  const isNone = (address: string) => {
    const followed = [...rows.values()].find(({ known }) => known?.address === address);
    return followed?.isSelf === true || saysItIsNone(followed?.probe);
  };
  for (const [uuid, { follows }] of view.probes) {
    const { name, known } = rowOf(rows, uuid);
    if (follows.kind === "is-master" && uuid !== master)
      return { kind: "taken-over", host: name, address: known?.address ?? "" };
    if (follows.kind === "slave-of" && follows.address !== oldAddress && !isNone(follows.address))
      return { kind: "taken-over", host: name, address: follows.address };
  }
  return null;
}

/**
 * Whom this slave follows says that it is none. null: it does not. Known when another host has taken over; else the pool
 * may have no master at all.
 */
export function reportNoMaster(master: HostUuid, memory: Memory, view: PoolView): Reason | null {
  const { name, probe } = rowOf(hostRows(memory, view), master);
  if (probe?.follows.kind !== "slave-of") return null;
  const other = memory.lastGood === null ? null : findOtherMaster(master, memory, view);
  const hasMaster = [...view.probes.values()].some(({ follows }) => follows.kind === "is-master");
  if (other !== null && hasMaster) return other;
  return { kind: "master-is-slave", host: name, address: probe.follows.address };
}
