import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import { type Action, actionKey } from "../model/action.ts";
import { hashText } from "../model/plain-text.ts";
import { MOST_CHANGES, OFFICE_KEY } from "../model/pool-keys.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { STOP_KEY } from "../model/stop.ts";
import { whenDue } from "../pace/back-off.ts";

/**
 * Has the master's database put on its disk whenever it says something new about who belongs to the pool and where VMs run,
 * whoever caused it: a start, a move, a join. XAPI itself writes every 300 s, and a xapi that is killed comes back with
 * what was written last (adapters/xapi/README.md, "The database on disk"); a VM that this older database has elsewhere is
 * ended on the host where it runs as soon as that host's xapi starts again. Each write is counted in the database, so that
 * the slaves know when their copies are old (own-copy.ts).
 */
export function keepOnDisk(memory: Memory, round: MasterRound): Step {
  const { database, view } = round;
  const placement = fingerprintPlacement(database);
  const lookedMs = view.nowMs - (round.memory.lastGood?.atMs ?? 0);
  if (memory.placementOnDisk === placement && lookedMs <= LOOKED_AWAY_MS) return nothing(memory);
  const action: Action = {
    kind: "store-database",
    master: view.self.uuid,
    placement,
    changes: nextCount(memory, view),
  };
  const failures = memory.retries[actionKey(action)]?.failures ?? 0;
  const reasons: readonly Reason[] = failures >= TROUBLE ? [{ kind: "database-not-on-disk" }] : [];
  return { memory: { ...memory, placementOnDisk: null }, actions: whenDue(action, round), reasons };
}

/**
 * One more than this database counts, and more than any host says that its copy has: after a take-over a slave may have a
 * newer copy than the new master began with, and must see that its database has gone on.
 */
function nextCount({ lastGood }: Memory, { hearing }: PoolView): number {
  const heard = hearing === "unknown" ? [] : hearing.peers.map(({ own }) => own?.changes ?? 0);
  return Math.min(MOST_CHANGES, 1 + Math.max(lastGood?.changes ?? 0, ...heard));
}

/** While nobody looked a VM may have moved there and back, and XAPI may have written what was in between. */
const LOOKED_AWAY_MS = 60_000;

/** A xapi that is just starting again is no trouble of a disk. */
const TROUBLE = 3;

/**
 * The office of its master, the hosts of the pool and what each is said to run, and who stopped what is down, in one text. Compared, never
 * parsed.
 */
export function fingerprintPlacement({ hosts, halted, pool }: DatabaseView): string {
  const lines = hosts.map(({ uuid, residents }) => {
    const vms = residents.map((vm) => `${vm.uuid}${vm.hasStop ? "!" : ""}`).sort();
    return `${uuid}=${vms.join(",")}`;
  });
  const stops = halted.flatMap(({ otherConfig }) => otherConfig[STOP_KEY] ?? []);
  return hashText([pool.otherConfig[OFFICE_KEY] ?? "", ...lines.sort(), ...stops.sort()].join("\n"));
}
