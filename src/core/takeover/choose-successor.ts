import { isHostDisarmed } from "../group/disarmed.ts";
import { type HostRow, hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { fingerprintParameters } from "../members/parameters.ts";
import type { HostHealth } from "../memory/host-health.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import { NO_SUCCESSOR, RANKING_KEY, readRanking, SUCCESSOR_KEY } from "../model/pool-keys.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { mayBegin, whenDue } from "../pace/back-off.ts";
import { rankSuccessors, type SuccessorCandidate } from "./successor.ts";

/** Chooses and stores the successors, and copies the database to the slaves when they or a parameter changed. */
export function chooseSuccessor(memory: Memory, round: MasterRound): Step {
  const { otherConfig } = round.database.pool;
  const rows = hostRows(memory, round.view);
  const slaves = round.database.hosts.map(({ uuid }) => rowOf(rows, uuid)).filter(({ isSelf }) => !isSelf);
  const ranking = rankSuccessors(
    readRanking(otherConfig),
    slaves.map((row) => candidateOf(row, round.view)),
  );
  const first = ranking[0];
  const wanted: readonly [string, string][] = [
    [SUCCESSOR_KEY, first ?? NO_SUCCESSOR],
    [RANKING_KEY, ranking.join(":")],
  ];
  const changes = wanted
    .filter(([key, value]) => (otherConfig[key] ?? "") !== value)
    .map(([key, value]): Action => ({ kind: "set-pool-key", key, value }));
  const reason: Reason =
    first === undefined
      ? { kind: "no-successor" }
      : { kind: "successor-chosen", host: hostName(memory, first) };
  const isOneComing = first === undefined && slaves.some((row) => mayQualifySoon(row, round.view.nowMs));
  const reasons = slaves.length === 0 || isOneComing ? [] : [reason];
  const actions =
    changes.length > 0
      ? changes.filter((action) => mayBegin(action, round))
      : syncWhenChanged(memory, otherConfig, round);
  return { memory, actions, reasons };
}

/** A toolstack that restarts, or a host that boots, keeps its place for so long. */
const AWAY_MS = 120_000;

/** One whose xapi has been silent for longer could not be told to become master. */
const isAway = (health: HostHealth | null, nowMs: number) =>
  health?.state === "xapi-down" && nowMs - health.sinceMs >= AWAY_MS;

function candidateOf({ uuid, record, health }: HostRow, view: PoolView): SuccessorCandidate {
  const { nowMs } = view;
  const isEnabled = record?.enabled === true && !isHostDisarmed(view, uuid);
  return {
    uuid,
    eligible: isEnabled && record.live && health?.state === "alive",
    mayStay: isEnabled && health?.state !== "failed" && !isAway(health, nowMs),
  };
}

/** xapi disables a host when it starts, and enables it again within this time. */
const START_MS = 60_000;

/** A slave whose xapi starts, or that is being retried, is nothing to wake anybody for. */
function mayQualifySoon({ record, health, known }: HostRow, nowMs: number): boolean {
  const state = health?.state;
  if (state !== "alive") return state === "suspect" || (state === "xapi-down" && !isAway(health, nowMs));
  const disabledMs = nowMs - (known?.disabledSinceMs ?? 0);
  return record?.enabled !== true && (known?.disabledByStart === true || disabledMs < START_MS);
}

/** Slaves decide by their copy of the database, so they get it whenever what they decide by has changed (adapters/xapi/README.md, T6). */
function syncWhenChanged(
  memory: Memory,
  otherConfig: Readonly<Record<string, string>>,
  round: MasterRound,
): readonly Action[] {
  const parameters = fingerprintParameters(otherConfig);
  return memory.lastGood?.parameters === parameters
    ? []
    : whenDue({ kind: "sync-database", parameters }, round);
}
