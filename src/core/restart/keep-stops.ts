import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import { mayBegin } from "../pace/back-off.ts";
import { seeStops, stopVerdicts } from "./stops.ts";

/** Keys of one round; the next round goes on where this one ended. */
const KEYS_PER_ROUND = 20;

/**
 * Keeps with each VM that stays down who stopped it: the messages that say it are on this master alone, and a later one must leave the VM
 * down, too. The key of a VM that runs is over.
 */
export function keepStops(before: Memory, round: MasterRound): Step {
  const memory = seeStops(before, round);
  const rows = hostRows(memory, round.view);
  const kept = [...stopVerdicts(memory, round)].flatMap(([vm, { toKeep }]): readonly Action[] =>
    toKeep === null ? [] : [{ kind: "keep-stop", vm, stop: toKeep }],
  );
  const over = round.database.hosts
    .filter(({ uuid }) => rowOf(rows, uuid).isSelf || rowOf(rows, uuid).isAlive)
    .flatMap(({ residents }) => residents)
    .filter(({ hasStop }) => hasStop)
    .map(({ uuid }): Action => ({ kind: "keep-stop", vm: uuid, stop: null }));
  const actions = [...kept, ...over].filter((action) => mayBegin(action, round)).slice(0, KEYS_PER_ROUND);
  return { memory, actions, reasons: [] };
}
