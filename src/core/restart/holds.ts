import { type HostRows, hostName, hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound } from "../memory/step.ts";
import type { VmUuid } from "../model/ids.ts";
import { describeHold, type Whereabouts, whereabouts } from "./who-runs.ts";
import { allAnswers, witnessesOf } from "./witnesses.ts";

/** Why a VM that the database calls halted is not started, by what the hosts say of it. */
export interface Hold {
  readonly kind: "runs-already" | "whereabouts-not-known";
  readonly why: string;
  /** It ends by itself within seconds. */
  readonly isSettling: boolean;
  /** It has lasted long enough to be told: a host that answers some seconds late is not worth a word. */
  readonly isLong: boolean;
}

/** A hold of a minute is told. */
const TELL_AFTER_MS = 60_000;

/** The holds of this round, one for each VM that has one. */
export function holdsOf(memory: Memory, round: MasterRound): ReadonlyMap<VmUuid, Hold> {
  const { view, database } = round;
  const { master } = database.pool;
  const witnesses = witnessesOf(memory, view);
  const answers = allAnswers(view, master);
  const rows = hostRows(memory, view);
  const holds = new Map<VmUuid, Hold>();
  for (const { uuid } of database.halted) {
    const found = whereabouts(uuid, witnesses(uuid), answers, master);
    const why = describeHold(found, (host) => hostName(memory, host));
    if (why === null) continue;
    const downMs = view.nowMs - (memory.down[uuid]?.sinceMs ?? view.nowMs);
    const heldMs = Math.min(downMs, sameForMs(found, rows, view.nowMs));
    const kind = found.kind === "runs" ? "runs-already" : "whereabouts-not-known";
    const isSettling = found.kind === "not-known" && found.why === "just-reconnected";
    holds.set(uuid, { kind, why, isSettling, isLong: heldMs >= TELL_AFTER_MS });
  }
  return holds;
}

/** So long the host whose word is missing has been as it is: one that has just come back is about to say it. */
function sameForMs(found: Whereabouts, rows: HostRows, nowMs: number): number {
  const health = found.kind === "not-known" ? rowOf(rows, found.host).health : null;
  return health === null ? Number.POSITIVE_INFINITY : nowMs - health.sinceMs;
}
