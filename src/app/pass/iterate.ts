import { describeReason } from "../../core/alerts/describe-reason.ts";
import { failoverTasks } from "../../core/alerts/failover-tasks.ts";
import { decideOwnXapi } from "../../core/decide.ts";
import type { GroupReport } from "../../core/group/own-state.ts";
import { emptyMemory, type Memory, parseMemory } from "../../core/memory/memory.ts";
import type { Round } from "../../core/memory/step.ts";
import type { LocalView } from "../../core/model/pool-view.ts";
import type { Reason } from "../../core/model/reason.ts";
import { forgetOld, nextPassMs } from "../../core/pace/schedule.ts";
import { neverAborts, OVER, withDeadline } from "../../ports/deadline.ts";
import { AROUND_FENCE_MS } from "./execute.ts";
import { fenceLimitMs } from "./fence.ts";
import { groupReport } from "./group-report.ts";
import { keepEnds, keepRound } from "./keep-record.ts";
import { observe } from "./observe.ts";
import { observeSelf } from "./observe-self.ts";
import {
  absorbEnded,
  admit,
  decideOnDisk,
  isTooLate,
  launch,
  logSummary,
  type Pass,
  saveMemory,
  tell,
} from "./pass.ts";
import { areKnown, openConfig, refreshConfig } from "./pass-config.ts";
import type { PassPorts, PassReport } from "./pass-ports.ts";
import { withPatience } from "./patience.ts";
import { summarise } from "./summary.ts";

/** While something is in flight the world is looked at this often, so that a VM never waits behind a fence. */
const TICK_MS = 1_000;
/** More rounds than this in one pass is a bug; the next pass goes on from the saved state. */
const MAX_ROUNDS = 600;
/** What a pass may take beyond one whole fence attempt. */
const PASS_MARGIN_MS = 150_000;
const LOCAL_MS = 5_000;
const CLOSE_MS = 1_500;

/** The result of a pass that could not learn who this host is. */
export const UUID_UNKNOWN = "own uuid unknown";

/**
 * One iteration: observe, decide, save, act, absorb, save; again as long as there is something to do; then say when the
 * next one is wanted. A kill at any point loses nothing that the next iteration does not find in the state file.
 */
export async function runPass(given: PassPorts, signal: AbortSignal): Promise<PassReport> {
  const ports = withPatience(given);
  const startedMs = ports.clock.uptimeMs();
  const config = await openConfig(ports);
  const deadlineMs = fenceLimitMs(config.settings) + PASS_MARGIN_MS;
  const self = await observeSelf(ports, LOCAL_MS, signal);
  if (self === null) return doNothing(ports, { startedMs, config, ...NO_UUID });
  const loaded = await loadMemory(ports, self.bootId);
  if (typeof loaded === "string") return doNothing(ports, { startedMs, config, ...noMemory(loaded) });
  const { memory, reasons } = loaded;
  const xapi = ports.openXapi(config.settings.XE_TIMEOUT * 1_000);
  const controller = new AbortController();
  const forward = () => controller.abort(OVER);
  signal.addEventListener("abort", forward, { once: true });
  const timer = new AbortController();
  const expired = ports.clock.sleep(deadlineMs, timer.signal).then(() => {
    if (!timer.signal.aborted) controller.abort(OVER);
  });
  const pass: Pass = {
    ports,
    xapi,
    signal: controller.signal,
    startedMs,
    config,
    memory,
    self,
    view: null,
    recent: new Map(),
    look: { inventory: null, atMs: null },
    reasons: [],
    notSaved: null,
    kept: "",
    saved: null,
    toldMonitor: null,
    inFlight: new Map(),
    proofs: { offAtMs: new Map(), looks: new Map() },
    fencesUntilMs: startedMs + PASS_MARGIN_MS - AROUND_FENCE_MS,
    ended: [],
    begun: new Map(),
    events: [...reasons],
    recorded: null,
    said: [],
  };
  try {
    // After passes that left nothing, or not on the disk: can this one write? What it may do and tell depends on that.
    if (ports.lostPasses > 0 || couldNotSave(memory)) await saveMemory(pass);
    await runRounds(pass);
    const passReport = await endPass(pass, startedMs);
    await ports.tasks?.end();
    const { why } = await ports.recorder.end();
    if (why !== null) ports.logger.log("warning", "write_pool_state", `Cannot keep the record: ${why}.`);
    return passReport;
  } finally {
    timer.abort(OVER);
    signal.removeEventListener("abort", forward);
    await expired;
    await withDeadline(
      ports.clock,
      CLOSE_MS,
      neverAborts(),
      () => xapi.close(),
      () => undefined,
    );
  }
}

/** Did the last pass tell that the disk takes nothing? */
const couldNotSave = ({ alerts }: Memory) => Object.hasOwn(alerts.active, "state-not-saved");

interface Obstacle {
  readonly result: string;
  readonly text: string;
}

/** Without its own uuid a host cannot tell itself from the others. */
const NO_UUID: Obstacle = {
  result: UUID_UNKNOWN,
  text: "Cannot learn the uuid of this host from the inventory: nothing is done.",
};

/** The memory may hold an unfinished take-over, or a reboot that was already spent: it is not begun anew over it. */
const noMemory = (why: string): Obstacle => ({
  result: "memory unreadable",
  text: `${why}: nothing is done until it can be read.`,
});

/** A pass that cannot decide anything. Said once, not with every pass. */
async function doNothing(
  ports: PassPorts,
  why: Obstacle & { readonly startedMs: number; readonly config: Pass["config"] },
): Promise<PassReport> {
  const { result, text, startedMs, config } = why;
  const last = await ports.store.load("pass");
  const before = last.kind === "found" ? (last.value as Partial<PassReport> | null) : null;
  if (before?.result !== result) ports.logger.log("error", "master_ip", text);
  const ended = { config, memory: null, self: null, calls: 0, result, obstacle: text };
  return report(ports, startedMs, ended, before?.group ?? null);
}

/** The newest memory of this host; a text: why it cannot be read. */
async function loadMemory(
  ports: PassPorts,
  bootId: string,
): Promise<{ memory: Memory; reasons: readonly Reason[] } | string> {
  // Also when the disk was full meanwhile.
  const recent = await ports.store.load("recent-memory");
  const ofThisBoot = recent.kind === "found" ? parseMemory(recent.value) : null;
  if (ofThisBoot?.bootId === bootId) return { memory: ofThisBoot, reasons: [] };
  const loaded = await ports.store.load("memory");
  if (loaded.kind === "unreadable") return loaded.why;
  const damage = [loaded, recent].find((read) => read.kind === "damaged");
  if (loaded.kind !== "found") {
    const reasons: readonly Reason[] =
      damage === undefined ? [] : [{ kind: "state-damaged", why: damage.why }];
    return { memory: emptyMemory(bootId), reasons };
  }
  const memory = parseMemory(loaded.value);
  if (memory !== null) return { memory, reasons: [] };
  return {
    memory: emptyMemory(bootId),
    reasons: [{ kind: "state-damaged", why: "it is not a memory of this version" }],
  };
}

async function runRounds(pass: Pass): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const ended = absorbEnded(pass);
    // What ends while the world is looked at was still under way for that look: it is decided about in the next round.
    const inFlight = new Set(pass.inFlight.keys());
    if (round > 0) pass.self = (await observeSelf(pass.ports, LOCAL_MS, pass.signal)) ?? pass.self;
    const { ports, xapi, self, memory, recent, look } = pass;
    const view = await observe(
      { ports, xapi, self, memory, recent, look, settings: pass.config.settings },
      pass.signal,
    );
    if (pass.signal.aborted) keepEnds(pass, ended);
    pass.view = view;
    if (pass.signal.aborted) return;
    if (view.database.ok) {
      pass.config = await refreshConfig(pass.config, ports, view.database.value.pool.otherConfig);
    }
    const { config } = pass;
    const seen = { view, memory: pass.memory, settings: config.settings, inFlight };
    const areParametersKnown = areKnown(config, view.database.ok);
    const { decision, isDiskWritable } = areParametersKnown
      ? await decideOnDisk(pass, seen)
      : withoutParameters(pass, seen);
    pass.memory = decision.memory;
    pass.reasons = [...pass.config.reasons, ...decision.reasons];
    const alerts = tell(pass, pass.reasons, decision.actions);
    await saveMemory(pass, decision.actions);
    const actions = [...admit(pass, decision.actions), ...alerts];
    const isNextWanted = decision.actions.some((action) => isTooLate(pass, action));
    launch(pass, actions);
    // It only tells, so after what acts.
    ports.tasks?.show(failoverTasks(pass.memory, view));
    const decided = { areParametersKnown, isDiskWritable, decided: decision };
    keepRound(pass, ended, { ...seen, inFlight: [...inFlight], ...decided }, actions);
    if (isNextWanted || (pass.inFlight.size === 0 && pass.ended.length === 0)) return;
    await waitForProgress(pass);
  }
}

/** Parameters that are not known decide nothing for the pool (src/README.md, "Which value counts"): the defaults would fence by POOL. */
function withoutParameters(pass: Pass, round: Omit<Round, "isDiskWritable">) {
  const isDiskWritable = pass.notSaved === null;
  return { decision: decideOwnXapi({ ...round, isDiskWritable }), isDiskWritable };
}

/** Until an action ends, or a tick: a long one must not make the others wait. */
async function waitForProgress(pass: Pass): Promise<void> {
  if (pass.ended.length > 0) return;
  const done = new AbortController();
  const tick = pass.ports.clock.sleep(TICK_MS, done.signal);
  await Promise.race([...pass.inFlight.values(), tick]);
  done.abort(OVER);
}

async function endPass(pass: Pass, startedMs: number): Promise<PassReport> {
  // At the deadline every action still in flight is told to stop, and answers at once.
  if (pass.inFlight.size > 0) await Promise.all(pass.inFlight.values());
  const last = absorbEnded(pass);
  // What has happened in the last round was told with it.
  const lasting = pass.reasons.filter((reason) => describeReason(reason).lasting);
  const alerts = tell(pass, lasting, []);
  keepEnds(pass, last);
  pass.memory = forgetOld(pass.memory, pass.ports.clock.uptimeMs());
  await saveMemory(pass);
  launch(pass, alerts);
  await Promise.all(pass.inFlight.values());
  // A message that XAPI did not take is kept for the next pass.
  const ended = absorbEnded(pass);
  if (ended?.outcomes.some(({ result }) => result.kind !== "done")) await saveMemory(pass);
  keepEnds(pass, ended);
  logSummary(pass, summarise(pass, pass.ports.clock.uptimeMs() - startedMs));
  const { ports, memory, config, self, xapi } = pass;
  const result = pass.signal.aborted ? "deadline" : pass.view?.database.ok ? "done" : "no database";
  const calls = xapi.calls();
  return report(ports, startedMs, { config, memory, self, calls, result, obstacle: obstacleOf(pass) });
}

/** Why this host can decide nothing, whatever happens to its pool; null: it can. */
function obstacleOf({ config, memory, view, self }: Pass): string | null {
  if (self.role.kind === "broken" || self.role.kind === "unknown")
    return "XAPI of this host is neither master nor slave, by its pool.conf.";
  const isRead = view?.database.ok === true;
  if (!areKnown(config, isRead))
    return "The parameters of this host are not known: of the pool database, the override file and the last good copy not enough can be read.";
  return isRead || memory.lastGood !== null
    ? null
    : "This host has never read the database of its pool, and does not know who belongs to it.";
}

interface Ended {
  readonly config: Pass["config"];
  readonly memory: Memory | null;
  readonly self: LocalView | null;
  readonly calls: number;
  readonly result: string;
  readonly obstacle: string | null;
}

/**
 * What the monitor is told, or was told before this pass. A host that can decide nothing had better not lead: it says that it
 * does not know whether it is enabled.
 */
function groupOf({ self, memory, config, obstacle }: Ended, before: GroupReport | null): GroupReport | null {
  const now = memory === null || self === null ? before : groupReport(self.uuid, memory, config.settings);
  return now === null || obstacle === null ? now : { ...now, enabled: null };
}

async function report(
  ports: PassPorts,
  startedMs: number,
  ended: Ended,
  before: GroupReport | null = null,
): Promise<PassReport> {
  const { settings } = ended.config;
  const { memory, self } = ended;
  const nowMs = ports.clock.uptimeMs();
  const delayMs = settings.MONITOR_DELAY * 1_000;
  const passReport: PassReport = {
    finishedAtMs: nowMs,
    finishedAtWall: new Date(ports.clock.wallMs()).toISOString(),
    bootId: self?.bootId ?? "",
    durationMs: nowMs - startedMs,
    nextInMs: memory === null ? delayMs : nextPassMs(memory, nowMs, settings),
    xapiCalls: ended.calls,
    result: ended.result,
    obstacle: ended.obstacle,
    logs: settings.ENABLE_LOGGING && !settings.logOff.has("check_xapi"),
    group: groupOf(ended, before),
    monitor: {
      delayMs,
      scanRateMs: settings.MONITOR_SCANRATE * 1_000,
      maxStarts: settings.MONITOR_MAX_STARTS,
      killAll: settings.MONITOR_KILLALL,
    },
  };
  try {
    await ports.store.save("pass", passReport);
  } catch (error) {
    ports.logger.log("error", "write_pool_state", `Cannot write the heartbeat: ${String(error)}`);
  }
  return passReport;
}
