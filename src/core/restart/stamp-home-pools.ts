import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import { mayBegin } from "../pace/back-off.ts";

/** Stamps of one round; the next round goes on where this one ended. */
const STAMPS_PER_ROUND = 20;

/** A running VM gets this pool as its home pool: what ran here may be restarted here. */
export function stampHomePools(memory: Memory, round: MasterRound): Step {
  if (memory.promotion !== null) return nothing(memory);
  const { uuid: pool } = round.database.pool;
  const rows = hostRows(memory, round.view);
  const actions = round.database.hosts
    .filter(({ uuid }) => rowOf(rows, uuid).isSelf || rowOf(rows, uuid).isAlive)
    .flatMap(({ residents }) => residents)
    .filter((vm) => vm.homePool !== pool)
    .map((vm): Action => ({ kind: "stamp-home-pool", vm: vm.uuid, pool }))
    .filter((action) => mayBegin(action, round))
    .slice(0, STAMPS_PER_ROUND);
  return { memory, actions, reasons: [] };
}
