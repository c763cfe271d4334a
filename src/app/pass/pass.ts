import { absorbAll } from "../../core/absorb-all.ts";
import { hookEvents } from "../../core/alerts/hook-event.ts";
import { reportPool } from "../../core/alerts/pool-report.ts";
import { afterSending, alertsToSend, tellRound } from "../../core/alerts/tell-round.ts";
import { decide } from "../../core/decide.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { Round, Step } from "../../core/memory/step.ts";
import { type Action, actionKey, type Outcome } from "../../core/model/action.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { LocalView, PoolView } from "../../core/model/pool-view.ts";
import type { Reason } from "../../core/model/reason.ts";
import { masterOf } from "../../core/takeover/other-master.ts";
import type { Xapi } from "../../ports/pool-database.ts";
import type { SaidLine } from "../../record/events.ts";
import type { RecordedEnds, RecordedRound } from "../../record/recorded.ts";
import { type Executor, execute } from "./execute.ts";
import type { RecentProbe } from "./observe.ts";
import type { PassConfig } from "./pass-config.ts";
import type { PassPorts } from "./pass-ports.ts";
import type { Proofs } from "./proofs.ts";
import type { InventoryLook } from "./read-inventory.ts";
import { forgetSpentWords } from "./spent-words.ts";
import { tellMonitor } from "./tell-monitor.ts";

/** What one pass carries from round to round. The only mutable thing of an iteration, and only iterate.ts owns one. */
export interface Pass {
  readonly ports: PassPorts;
  readonly xapi: Xapi;
  readonly signal: AbortSignal;
  /** By uptime. */
  readonly startedMs: number;
  config: PassConfig;
  memory: Memory;
  self: LocalView;
  view: PoolView | null;
  /** Probes of this pass, for its later rounds. */
  readonly recent: Map<HostUuid, RecentProbe>;
  /** What of the inventory this pass has read, for its later rounds. */
  readonly look: InventoryLook;
  /** What the last round said; it still holds when the pass ends. */
  reasons: readonly Reason[];
  /** Why the memory of this host is not on its disk; null: it is. What must not be forgotten by a boot is not begun. */
  notSaved: string | null;
  /** What the other passes of this boot remember of it, as text; null: it could not be written. */
  kept: string | null;
  /** What this pass has written last; null: nothing yet. */
  saved: string | null;
  /** What the monitor was told last, as text; null: it is not known. */
  toldMonitor: string | null;
  readonly proofs: Proofs;
  /** Until when a fence may begin, as uptime: a later one could not end before the pass. */
  readonly fencesUntilMs: number;
  readonly inFlight: Map<string, Promise<Outcome>>;
  readonly ended: Outcome[];
  /** How often each action was begun in this pass. */
  readonly begun: Map<string, number>;
  /** Reasons that arose from outcomes since the last telling. */
  readonly events: Reason[];
  /** The last round as it was recorded; null: none yet. */
  recorded: RecordedRound | null;
  /** Lines of the log since then. */
  readonly said: SaidLine[];
}

/** The same action again and again within one pass is a loop, not persistence. */
const BEGINS_PER_PASS = 3;

/** Actions whose memory must be on disk before they begin: a second reboot, a take-over without its gate. */
const NEEDS_DISK = new Set<Action["kind"]>(["promote-self", "reboot-self"]);
/** Actions that the next pass would begin again: what is done once a day would be done with every pass. */
const NEEDS_MEMORY = new Set<Action["kind"]>(["check-fence-devices"]);

/**
 * A decision, of which what must not be forgotten by a boot is on disk. Where the disk refuses, it is the decision of a
 * host that cannot write, and this boot remembers nothing of the other one. A write that is given up may still land: then
 * a boot before the next save remembers a step that was not begun.
 */
export async function decideOnDisk(
  pass: Pass,
  round: Omit<Round, "isDiskWritable">,
): Promise<{ readonly decision: Step; readonly isDiskWritable: boolean }> {
  const isDiskWritable = pass.notSaved === null;
  const decision = decide({ ...round, isDiskWritable });
  if (!needsDisk(decision.actions)) return { decision, isDiskWritable };
  await writeToDisk(pass, decision.memory, true);
  return pass.notSaved === null
    ? { decision, isDiskWritable }
    : { decision: decide({ ...round, isDiskWritable: false }), isDiskWritable: false };
}

/**
 * Writes the memory for the other passes of this boot, and on disk for those of the next, unless this pass has written the
 * same just before. While something is only waited for the disk is left alone: a slow one would have used up its time
 * before the next step (app/pass/patience.ts).
 * @param next what is to begin once the memory is written
 */
export async function saveMemory(pass: Pass, next: readonly Action[] = []): Promise<void> {
  const text = JSON.stringify(pass.memory);
  if (text !== pass.kept) {
    const isKept = await pass.ports.store.save("recent-memory", pass.memory).then(
      () => true,
      () => false,
    );
    pass.kept = isKept ? text : null;
  }
  await tellMonitor(pass, next);
  const { store, clock } = pass.ports;
  if (pass.toldMonitor !== null) await forgetSpentWords(store, pass.memory, clock.uptimeMs());
  const isOnlyWaiting = pass.kept !== null && pass.inFlight.size > 0 && next.length === 0;
  if (!isOnlyWaiting) await writeToDisk(pass, pass.memory, needsDisk(next));
}

const needsDisk = (actions: readonly Action[]) => actions.some(({ kind }) => NEEDS_DISK.has(kind));

/** What the disk refuses is told, and holds back what must not be forgotten. */
async function writeToDisk(pass: Pass, memory: Memory, isWaitedFor: boolean): Promise<void> {
  const text = JSON.stringify(memory);
  if (text === pass.saved) return;
  try {
    await pass.ports.store.save("memory", memory, isWaitedFor);
    pass.saved = text;
    pass.notSaved = null;
  } catch (error) {
    pass.saved = null;
    pass.notSaved = error instanceof Error ? error.message : String(error);
  }
}

/** Neither the passes of this boot nor those of the next will know what this one does. */
const cannotRemember = (pass: Pass) => pass.notSaved !== null && pass.kept === null;

/** Is it for the next pass, because this one would end too soon for it? */
export const isTooLate = ({ ports, fencesUntilMs }: Pass, { kind }: Action): boolean =>
  kind === "fence-host" && ports.clock.uptimeMs() > fencesUntilMs;

/** The actions of a decision that may begin in this pass. */
export function admit(pass: Pass, actions: readonly Action[]): readonly Action[] {
  return actions.filter((action) => {
    const key = actionKey(action);
    if (cannotRemember(pass) && NEEDS_MEMORY.has(action.kind)) return false;
    // What is new in the database is put on disk however often it changes: its own waits bound it.
    const isAgain = (pass.begun.get(key) ?? 0) >= BEGINS_PER_PASS && action.kind !== "store-database";
    return !pass.inFlight.has(key) && !isAgain && !isTooLate(pass, action);
  });
}

/** Begins actions; each reports itself as ended. */
export function launch(pass: Pass, actions: readonly Action[]): void {
  const { ports, xapi, config } = pass;
  const report = () => reportPool(pass.memory, pass.self, pass.view, ports.clock.uptimeMs());
  const probedAtMs = (host: HostUuid) => {
    const last = pass.recent.get(host);
    return last?.full === true ? last.atMs : null;
  };
  const followed = masterOf(pass.self.role, pass.memory.lastGood);
  const { self, memory, view } = pass;
  const database = view?.database.ok ? view.database.value : null;
  const master = database?.hosts.find(({ uuid }) => uuid === database.pool.master);
  const executor: Executor = {
    ...{ ports, self, followed, xapi, settings: config.settings, report, probedAtMs },
    proofs: pass.proofs,
    proofOf: (host) => memory.incidents[host] ?? { isWord: false, by: null },
    view,
    lastGood: memory.lastGood,
    xapiStartTime: master?.xapiStartTime ?? null,
  };
  for (const action of actions) {
    const key = actionKey(action);
    pass.begun.set(key, (pass.begun.get(key) ?? 0) + 1);
    const running = execute(action, executor, pass.signal).then((result): Outcome => {
      const outcome = { action, result };
      pass.inFlight.delete(key);
      pass.ended.push(outcome);
      return outcome;
    });
    pass.inFlight.set(key, running);
  }
}

/** Learns from the actions that have ended since the last look; null: none has. */
export function absorbEnded(pass: Pass): RecordedEnds | null {
  const outcomes = pass.ended.splice(0);
  if (outcomes.length === 0) return null;
  const { memory: before, self, view } = pass;
  const nowMs = pass.ports.clock.uptimeMs();
  const step = absorbAll(before, outcomes, { nowMs, settings: pass.config.settings, self, view });
  pass.memory = step.memory;
  pass.events.push(...step.reasons);
  return { nowMs, outcomes, before, after: step.memory, reasons: step.reasons };
}

/** Logs what is new and returns what is to be sent now: a mail, messages for XAPI. */
export function tell(pass: Pass, reasons: readonly Reason[], decided: readonly Action[]): readonly Action[] {
  const { ports } = pass;
  const nowMs = ports.clock.uptimeMs();
  const { notSaved: why } = pass;
  const lasting: readonly Reason[] =
    why === null ? [] : [{ kind: "state-not-saved", why, isForgetful: pass.kept === null }];
  const said = tellRound(pass.memory, [...pass.events.splice(0), ...lasting, ...reasons], {
    self: pass.self.uuid,
    nowMs,
    settings: pass.config.settings,
    isForgetful: cannotRemember(pass) && ports.lostPasses > 0,
  });
  for (const line of said.lines) ports.logger.log(line.severity, line.from, line.body);
  if (said.told.length > 0) ports.hooks?.tell(hookEvents(said.told, pass.self.uuid, ports.clock.wallMs()));
  pass.said.push(...said.lines);
  pass.memory = said.memory;
  // A mail on its way would die with this host: it is sent after the boot.
  if (decided.some(({ kind }) => kind === "reboot-self")) return [];
  const waiting = alertsToSend(pass.memory, nowMs, pass.view?.database.ok === true);
  const actions = admit(pass, waiting.actions);
  pass.memory = afterSending(waiting.memory, actions, nowMs);
  return actions;
}

/** A line about the pass itself; LOG_write_pool_state is off unless somebody wants to read along. */
export function logSummary(pass: Pass, text: string): void {
  const { settings } = pass.config;
  if (settings.ENABLE_LOGGING && !settings.logOff.has("write_pool_state"))
    pass.ports.logger.log("debug", "write_pool_state", text);
}
