import { isHeardNow } from "../members/heard.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { SeenRunning } from "../memory/seen-running.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import { allAnswers, askedHosts } from "./witnesses.ts";

/**
 * Remembers who has said that it runs what, as long as some host says nothing: should it have failed without a proof, what
 * was seen running elsewhere after its last sign of life does not wait for it. Times are those of the beginning of a round:
 * in the round in which a host is heard nothing has been seen after that.
 */
export function seeRunning(memory: Memory, { view, database }: MasterRound): Step {
  const rows = hostRows(memory, view);
  const asked = askedHosts(memory, view);
  const isHeard = (uuid: (typeof asked)[number]) =>
    rowOf(rows, uuid).isHeard || isHeardNow(rowOf(rows, uuid).heard) || view.runs.has(uuid);
  const heard = asked.filter(isHeard).map((uuid) => [uuid, view.nowMs]);
  const heardAtMs = { ...memory.heardAtMs, ...Object.fromEntries(heard) };
  const empty = [...view.runs].flatMap(([uuid, { runs }]) => (runs.length === 0 ? [[uuid, view.nowMs]] : []));
  const emptyAtMs = { ...memory.emptyAtMs, ...Object.fromEntries(empty) };
  const next = { ...memory, heardAtMs, emptyAtMs };
  if (asked.every((host) => view.runs.has(host))) return nothing({ ...next, seenRunning: {} });
  const seenRunning: Record<string, SeenRunning> = { ...memory.seenRunning };
  for (const [host, { runs }] of allAnswers(view, database.pool.master))
    if (runs !== "unknown") for (const vm of runs) seenRunning[vm] = { host, atMs: view.nowMs };
  return nothing({ ...next, seenRunning });
}
