import type { Settings } from "../../config/params.ts";
import type { PoolReport } from "../../core/alerts/pool-report.ts";
import type { Action, Result } from "../../core/model/action.ts";
import type { Alert } from "../../core/model/alert.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { StartResult, Xapi } from "../../ports/pool-database.ts";
import { messageOf } from "../alerts/alert-message.ts";
import { checkDevices, fenceByLevels, fenceLimitMs } from "./fence.ts";
import type { PassPorts } from "./pass-ports.ts";

export interface Executor {
  readonly ports: PassPorts;
  readonly xapi: Xapi;
  readonly settings: Settings;
  /** How the pool stands, for a mail. */
  readonly report: () => PoolReport;
  /** When the host of a fence was last probed: right now is the last probe before the agent. */
  readonly probedAtMs: (host: HostUuid) => number | null;
  /** The master that this host follows; null on a master. Its own xapi is a second way to it. */
  readonly followed: HostUuid | null;
}

/** What an action may take, in milliseconds; the fence has its own parameter. */
const SHORT_MS = 20_000;
const LONG_MS = 120_000;
const LAST_PROBE_MS = 3_500;
/** Forwarded over a connection that is open, so it takes milliseconds; with a dead master it blocks. */
const OWN_XAPI_MS = 2_000;
/** The agent ends itself at FENCE_TIMEOUT; this is for what surrounds it. */
const FENCE_MARGIN_MS = 5_000;

/** Does one action and says what became of it. Never rejects: a fault is a result like any other. */
export async function execute(action: Action, executor: Executor, signal: AbortSignal): Promise<Result> {
  const limitMs = limitOf(action, executor.settings);
  const starts = action.kind === "start-vm" || action.kind === "start-appliance";
  const late = (): Result =>
    starts ? { kind: "pending" } : { kind: "failed", detail: `no end within ${limitMs / 1_000} s` };
  try {
    return await withDeadline(
      executor.ports.clock,
      limitMs,
      signal,
      (inner) => perform(action, executor, inner),
      late,
    );
  } catch (error) {
    return { kind: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

function limitOf(action: Action, settings: Settings): number {
  switch (action.kind) {
    case "fence-host":
      return fenceLimitMs(settings) + LAST_PROBE_MS + FENCE_MARGIN_MS;
    case "start-vm":
    case "start-appliance":
    case "declare-host-dead":
    case "recover-slaves":
    case "sync-database":
    case "restart-toolstack":
    case "check-fence-devices":
      return LONG_MS;
    default:
      return SHORT_MS;
  }
}

async function perform(action: Action, executor: Executor, signal: AbortSignal): Promise<Result> {
  const { ports, xapi } = executor;
  switch (action.kind) {
    case "start-vm":
      return startResult(await xapi.startVm(action.vm, action.candidates, signal));
    case "start-appliance":
      return startResult(await xapi.startAppliance(action.appliance, signal));
    case "stamp-home-pool":
      return resultOf(await xapi.stampHomePool(action.vm, action.pool, signal));
    case "fence-host":
      return fenceHost(action, executor, signal);
    case "declare-host-dead":
      return resultOf(await xapi.declareDead(action.host, action.proved, signal));
    case "forget-host":
      return resultOf(await xapi.forgetHost(action.host, signal));
    case "enable-host":
      return resultOf(await xapi.enableHost(action.host, signal));
    case "restart-xapi":
      return resultOf(await xapi.restartXapi(action.host, signal));
    case "check-fence-devices":
      return checkDevices(action, executor.settings, ports, signal);
    case "mark-host":
    case "mark-start":
      return resultOf(await xapi.setHostKey(action.host, action.key, action.value, signal));
    case "set-pool-key":
      return resultOf(await xapi.setPoolKey(action.key, action.value, signal));
    case "sync-database":
      return resultOf(await xapi.syncDatabase(signal));
    case "promote-self":
      return resultOf(await xapi.promoteSelf(signal));
    case "follow-master":
      return resultOf(await xapi.followMaster(action.address, signal));
    case "recover-slaves":
      return resultOf(await xapi.recoverSlaves(signal));
    case "destroy-domain":
      return doneAfter(ports.localHost.destroyDomain(action.vm, signal));
    case "restart-toolstack":
      return doneAfter(ports.localHost.restartToolstack(signal));
    case "reboot-self":
      return doneAfter(ports.localHost.rebootNow());
    case "mail":
      return doneAfter(sendMail(action.alerts, executor));
    case "post-message":
      return resultOf(await xapi.post(messageOf(action.alert, ports.clock), signal));
  }
}

function resultOf(answer: XapiResult<unknown>): Result {
  return answer.ok ? { kind: "done" } : { kind: "refused", fault: answer.fault };
}

function startResult(answer: Awaited<StartResult> | StartResult): Result {
  if (!answer.ok) return { kind: "refused", fault: answer.fault };
  return { kind: answer.value === "pending" ? "pending" : "done" };
}

async function doneAfter(work: Promise<void>): Promise<Result> {
  await work;
  return { kind: "done" };
}

/**
 * The host is asked once more right before the agent runs: alive on any path, it is not fenced (core/README.md, "Who
 * may be fenced").
 */
async function fenceHost(
  action: Extract<Action, { kind: "fence-host" }>,
  executor: Executor,
  signal: AbortSignal,
): Promise<Result> {
  const { ports, settings } = executor;
  const [refusal, heard] = await Promise.all([
    lastProbe(action, executor, signal),
    hearsMaster(action, executor, signal),
  ]);
  if (refusal !== null) return refusal;
  if (heard) return { kind: "not-fenced", fault: "host-answers-again", detail: "through the own xapi" };
  const again = () => lastProbe(action, executor, signal);
  return fenceByLevels(action.host, settings, ports.fencer, again, signal);
}

/** Probes may be stopped by a firewall that lets XAPI through: a slave's xapi talks to the master all the time. */
async function hearsMaster(
  action: Extract<Action, { kind: "fence-host" }>,
  { ports, xapi, followed }: Executor,
  signal: AbortSignal,
): Promise<boolean> {
  if (followed !== action.host) return false;
  return withDeadline(
    ports.clock,
    OWN_XAPI_MS,
    signal,
    (inner) => xapi.hearsMaster(inner),
    () => false,
  );
}

/** A probe that ended this recently, in the round that decided the fence, is the last one. */
const JUST_NOW_MS = 1_000;

async function lastProbe(
  action: Extract<Action, { kind: "fence-host" }>,
  executor: Executor,
  signal: AbortSignal,
): Promise<Result | null> {
  const { ports } = executor;
  const probedAtMs = executor.probedAtMs(action.host);
  if (probedAtMs !== null && ports.clock.uptimeMs() - probedAtMs <= JUST_NOW_MS) return null;
  const probe = await withDeadline(
    ports.clock,
    LAST_PROBE_MS,
    signal,
    (inner) => ports.prober.probe(action.address, "life", inner),
    () => null,
  );
  if (probe === null || (probe.icmp === "unknown" && probe.xapi === "silent")) {
    return {
      kind: "not-fenced",
      fault: "last-probe-unknown",
      detail: "the last probe before the agent learnt nothing",
    };
  }
  if (probe.xapi === "answered" || (action.pingIsLife && probe.icmp === "answered")) {
    return { kind: "not-fenced", fault: "host-answers-again", detail: "" };
  }
  return null;
}

async function sendMail(alerts: readonly Alert[], { ports, settings, report }: Executor): Promise<void> {
  const now = { nowMs: ports.clock.uptimeMs(), wallMs: ports.clock.wallMs() };
  await ports.mailer.send({ alerts, report: report(), ...now }, settings);
}
