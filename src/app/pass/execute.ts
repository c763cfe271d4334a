import type { Settings } from "../../config/params.ts";
import type { PoolReport } from "../../core/alerts/pool-report.ts";
import { isAtRest, isPoolDisarmed } from "../../core/group/disarmed.ts";
import { hasMandate, isLeaders } from "../../core/group/may-act.ts";
import type { LastGoodView } from "../../core/memory/last-good.ts";
import { type Action, type Result, restsOf } from "../../core/model/action.ts";
import type { Alert } from "../../core/model/alert.ts";
import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import { CHANGES_KEY, OFFICE_KEY } from "../../core/model/pool-keys.ts";
import type { DomainRecord, LocalView, PoolView, XapiResult } from "../../core/model/pool-view.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { StartResult, VmStarter, Xapi } from "../../ports/pool-database.ts";
import { messageOf } from "../alerts/alert-message.ts";
import { runsThereAlone, whyHeld } from "./ask-runs.ts";
import { checkDevices, fenceLimitMs, switcherOf, switchOn } from "./fence.ts";
import { fenceHost, LAST_PROBE_MS } from "./fence-host.ts";
import { DISARMED, NOT_LEADING, sightNow, whileLeading } from "./leading.ts";
import { becomeMaster, followMaster } from "./own-xapi.ts";
import type { PassPorts } from "./pass-ports.ts";
import { LOOK_MS, type ProofKind, type Proofs, whyOn, whyUnproved } from "./proofs.ts";
import { isStoppedSince } from "./read-stops.ts";

export interface Executor {
  readonly ports: PassPorts;
  readonly self: LocalView;
  readonly xapi: Xapi;
  readonly settings: Settings;
  /** What this round has seen; null: nothing yet. */
  readonly view: PoolView | null;
  /** What is known of the pool, for questions to its hosts. */
  readonly lastGood: LastGoodView | null;
  /** Of the master's xapi, as the database had it in this round; null: it was not read. */
  readonly xapiStartTime: string | null;
  /** How the pool stands, for a mail. */
  readonly report: () => PoolReport;
  /** When the host of a fence was last probed: right now is the last probe before the agent. */
  readonly probedAtMs: (host: HostUuid) => number | null;
  /** The master that this host follows; null on a master. Its own xapi is a second way to it. */
  readonly followed: HostUuid | null;
  /** What this pass knows of hosts that were fenced, and how each of them was. */
  readonly proofs: Proofs;
  readonly proofOf: (host: HostUuid) => ProofKind;
}

/** What an action may take, in milliseconds; the fence has its own parameter. */
const SHORT_MS = 20_000;
const LONG_MS = 120_000;
/** The agent ends itself at FENCE_TIMEOUT; this is for what surrounds it, the last probe included. */
export const AROUND_FENCE_MS = LAST_PROBE_MS + 5_000;

/** The pass or this process had to end: that says nothing about the agent, and the next pass begins anew. */
const BROKEN_OFF: Result = { kind: "held", why: "the attempt was broken off" };

/** Does one action and says what became of it. Never rejects: a fault is a result like any other. */
export async function execute(action: Action, executor: Executor, signal: AbortSignal): Promise<Result> {
  const limitMs = limitOf(action, executor.settings);
  const starts = action.kind === "start-vm" || action.kind === "start-appliance";
  const late = (): Result => {
    if (action.kind === "fence-host" && signal.aborted) return BROKEN_OFF;
    return starts ? { kind: "pending" } : { kind: "failed", detail: `no end within ${limitMs / 1_000} s` };
  };
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
    case "switch-on-host":
      return fenceLimitMs(settings) + AROUND_FENCE_MS;
    case "promote-self":
      return LOOK_MS + SHORT_MS;
    case "start-vm":
    case "start-appliance":
    case "declare-host-dead":
    case "forget-host":
    case "correct-database":
    case "store-database":
    case "sync-database":
    case "restart-toolstack":
    case "follow-master":
    case "resign-master":
    case "check-fence-devices":
      return LONG_MS;
    default:
      return SHORT_MS;
  }
}

async function perform(action: Action, executor: Executor, signal: AbortSignal): Promise<Result> {
  const { ports, xapi } = executor;
  const unlessOn = "unlessOn" in action ? action.unlessOn : [];
  const [doubt, on] = await Promise.all([
    whyUnproved(restsOf(action), executor, signal),
    whyOn(unlessOn, executor, signal),
  ]);
  if (doubt !== null || on !== null) return doubt ?? on ?? NOT_LEADING;
  const sight = await sightNow(executor);
  if (isLeaders(action.kind) && !hasMandate(sight)) return NOT_LEADING;
  if (isAtRest(action, sight, executor.self.uuid)) return DISARMED;
  switch (action.kind) {
    case "start-vm":
    case "start-appliance":
      return onMastersDisk(start(action, executor, signal), executor, signal);
    case "stamp-home-pool":
      return resultOf(await xapi.stampHomePool(action.vm, action.pool, signal));
    case "keep-stop":
      return resultOf(await xapi.keepStop(action.vm, action.stop, signal));
    case "fence-host":
      return fenceHost(action, executor, signal);
    case "declare-host-dead":
      return onDisk(xapi.declareDead(action.host, action.proved, signal).then(resultOf), executor, signal);
    case "forget-host":
      return onDisk(xapi.forgetHost(action.host, signal).then(resultOf), executor, signal);
    case "switch-on-host":
      return whileLeading(executor, signal, (inner) =>
        switchOn(action.host, executor.settings, switcherOf(ports.fencer), inner),
      );
    case "enable-host":
      return resultOf(await xapi.enableHost(action.host, signal));
    case "restart-xapi":
      return restartXapi(action, executor, signal);
    case "check-fence-devices":
      return checkDevices(action, executor.settings, ports, signal);
    case "mark-host":
      return resultOf(await xapi.setHostKey(action.host, action.key, action.value, signal));
    case "set-pool-key": {
      const set = xapi.setPoolKey(action.key, action.value, signal).then(resultOf);
      return action.key === OFFICE_KEY ? onDisk(set, executor, signal) : set;
    }
    case "sync-database":
      return resultOf(await xapi.syncDatabase(signal));
    case "promote-self":
      return becomeMaster(action.route, executor, signal);
    case "follow-master":
      return followMaster(action.address, executor, signal);
    case "hold-xapi":
      return doneAfter(ports.localHost.holdXapi(signal));
    case "resign-master":
      return doneAfter(ports.localHost.holdAsSlaveOf(action.address, signal));
    case "release-xapi":
      return doneAfter(ports.localHost.releaseXapi(signal));
    case "unblock-routes":
      return doneAfter(ports.localHost.unblockRoutes(signal));
    case "correct-database":
      return onDisk(correctDatabase(action, executor, signal), executor, signal);
    case "store-database":
      await count(action.changes, executor, signal);
      return resultOf(await store(executor, action.master, signal));
    case "fetch-database":
      return resultOf(await xapi.fetchDatabase(action.host, signal));
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

/** 5 ms, 49 ms with a thousand VMs. A disk that hangs is not waited for: a VM that is down is the greater evil. */
const STORE_MS = 2_000;
/** What a slave may ask for instead, which waits for dead members. */
const SYNC_MS = 5_000;

/**
 * What a master has declared or set right is on its disk before anything rests on it: a xapi that is killed in the next
 * second would come back without it, and end the very VM that was started because of it. Where the disk refuses, the next
 * round sees to it and tells it (core/members/on-disk.ts).
 */
function onDisk(work: Promise<Result>, executor: Executor, signal: AbortSignal): Promise<Result> {
  const { lastGood, followed, xapi } = executor;
  if (followed !== null || lastGood === null) return work;
  return andThen(work, STORE_MS, (inner) => xapi.storeDatabase(lastGood.master, inner), executor, signal);
}

/** What a slave starts while the master's monitor is silent is seen by nobody there: it has the database written itself. */
function onMastersDisk(work: Promise<Result>, executor: Executor, signal: AbortSignal): Promise<Result> {
  const { followed, xapi } = executor;
  if (followed === null) return work;
  return andThen(work, SYNC_MS, (inner) => xapi.syncDatabase(inner), executor, signal);
}

/** When the work is done, this as well, for so long at most: whatever comes of it changes no result. */
async function andThen(
  work: Promise<Result>,
  limitMs: number,
  put: (signal: AbortSignal) => Promise<unknown>,
  { ports }: Executor,
  signal: AbortSignal,
): Promise<Result> {
  const result = await work;
  if (result.kind === "done") await withDeadline<unknown>(ports.clock, limitMs, signal, put, () => null);
  return result;
}

/** Before it is stored, so that it is in what is stored. What cannot be counted is stored all the same. */
function count(changes: number, { ports, xapi }: Executor, signal: AbortSignal): Promise<unknown> {
  const write = (inner: AbortSignal): Promise<unknown> =>
    xapi.replacePoolKey(CHANGES_KEY, String(changes), inner);
  return withDeadline<unknown>(ports.clock, STORE_MS, signal, write, () => null);
}

/** Where the quick way is refused: every slave gets a copy, for which XAPI writes its own, too. */
async function store({ xapi }: Executor, master: HostUuid, signal: AbortSignal): Promise<XapiResult<void>> {
  const stored = await xapi.storeDatabase(master, signal);
  return stored.ok ? stored : xapi.syncDatabase(signal);
}

/** So old the answers may be when what rests on them begins. */
const ANSWERS_MS = 2_000;
const CHANGED: Result = { kind: "held", why: "the pool database has changed" };
const STOPPED: Result = { kind: "held", why: "a client has stopped it" };
const TOO_LATE: Result = { kind: "held", why: "the answers of the hosts are too old" };

/** Does what rests on answers that were asked for then. */
async function inTime(executor: Executor, askedAtMs: number, act: () => Promise<Result>): Promise<Result> {
  const sight = await sightNow(executor);
  if (!hasMandate(sight)) return NOT_LEADING;
  if (isPoolDisarmed(sight)) return DISARMED;
  return executor.ports.clock.uptimeMs() - askedAtMs > ANSWERS_MS ? TOO_LATE : act();
}

/** Everybody is asked once more right before the call, and the database is read once more: a start cannot be taken back. */
async function start(
  action: Extract<Action, { kind: "start-vm" | "start-appliance" }>,
  executor: Executor,
  signal: AbortSignal,
): Promise<Result> {
  const askedAtMs = executor.ports.clock.uptimeMs();
  const [why, isStopped] = await Promise.all([
    whyHeld(action.asks, executor, signal),
    isStoppedSince(action.asks, executor, signal),
  ]);
  if (why !== null) return { kind: "held", why };
  if (isStopped) return STOPPED;
  const vms = action.asks.map(({ vm }) => vm);
  return whileHalted(vms, { executor, askedAtMs }, signal, async (starter) =>
    startResult(
      action.kind === "start-vm"
        ? await starter.startVm(action.vm, action.candidates, signal, () =>
            mayStillStart(action, executor, signal),
          )
        : await starter.startAppliance(action.appliance, signal),
    ),
  );
}

/** XAPI of a slave repeats what it passes on, long after what allowed it: a slave speaks to the master itself. */
async function starterOf(
  { xapi, self: { role, uuid } }: Executor,
  signal: AbortSignal,
): Promise<XapiResult<VmStarter>> {
  return role.kind === "slave" ? xapi.atMaster(uuid, role.masterAddress, signal) : { ok: true, value: xapi };
}

/** Is what the start rests on so still, after an attempt on one host? */
async function mayStillStart(
  action: Extract<Action, { kind: "start-vm" | "start-appliance" }>,
  executor: Executor,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await whyUnproved(action.rests, executor, signal)) !== null) return false;
  if ((await whyHeld(action.asks, executor, signal)) !== null) return false;
  const sight = await sightNow(executor);
  return hasMandate(sight) && !isPoolDisarmed(sight);
}

/**
 * Does it when the database calls these VMs halted, in the run of the master's xapi in which it was decided, over the
 * connection on which it said so.
 */
async function whileHalted(
  vms: readonly VmUuid[],
  { executor, askedAtMs }: { readonly executor: Executor; readonly askedAtMs: number },
  signal: AbortSignal,
  act: (starter: VmStarter) => Promise<Result>,
): Promise<Result> {
  const { lastGood, xapiStartTime } = executor;
  if (lastGood === null) return { kind: "held", why: "the pool is not known" };
  const starter = await starterOf(executor, signal);
  if (!starter.ok) return { kind: "refused", fault: starter.fault };
  const { value } = starter;
  const still = await value.areStillHalted(vms, { host: lastGood.master, xapiStartTime }, signal);
  if (!still.ok) return { kind: "refused", fault: still.fault };
  return still.value ? inTime(executor, askedAtMs, () => act(value)) : CHANGED;
}

/**
 * The hosts are asked once more, and the record is read once more: it is set right only as long as it is wrong in the same
 * way. XAPI corrects a VM that it calls halted when it is asked to start it where it runs.
 */
async function correctDatabase(
  { vm, host, says, ask }: Extract<Action, { kind: "correct-database" }>,
  executor: Executor,
  signal: AbortSignal,
): Promise<Result> {
  const { xapi } = executor;
  const askedAtMs = executor.ports.clock.uptimeMs();
  if (!(await runsThereAlone(ask, host, executor, signal)))
    return { kind: "held", why: "it does not run there alone" };
  if (says === null)
    return whileHalted([vm], { executor, askedAtMs }, signal, async (starter) =>
      correctedByStart(await starter.startVm(vm, [host], signal, async () => false)),
    );
  const read = await xapi.readVms([vm], signal);
  if (!read.ok) return { kind: "refused", fault: read.fault };
  const [record] = read.value;
  if (record === undefined || record.busy || record.residentOn !== says) return CHANGED;
  return inTime(executor, askedAtMs, async () => resultOf(await xapi.setResident(vm, host, signal)));
}

function correctedByStart(started: StartResult): Result {
  const result = startResult(started);
  const isAsExpected =
    result.kind === "refused" && result.fault.kind === "api" && result.fault.code === "VM_BAD_POWER_STATE";
  return isAsExpected ? { kind: "done" } : result;
}

/**
 * A xapi that starts ends every domain that the database has elsewhere or does not know. So the host is asked for all that it
 * runs, the managed and the others, and each of them must be where the database has it, or nowhere, but for what may end.
 */
async function restartXapi(
  { host, mayEnd }: Extract<Action, { kind: "restart-xapi" }>,
  executor: Executor,
  signal: AbortSignal,
): Promise<Result> {
  const { xapi } = executor;
  const restart = async () => resultOf(await xapi.restartXapi(host, signal));
  const askedAtMs = executor.ports.clock.uptimeMs();
  const said = await xapi.askDomains(host, signal);
  if (!said.ok) return { kind: "refused", fault: said.fault };
  const { vms } = said.value;
  if (vms === "unknown") return { kind: "held", why: "it cannot list its domains" };
  const read = await xapi.readVms(vms, signal);
  if (!read.ok) return { kind: "refused", fault: read.fault };
  const isSafe = ({ uuid, residentOn, busy }: DomainRecord) =>
    !busy && (residentOn === host || residentOn === null || mayEnd.includes(uuid));
  const isWhole = read.value.length === new Set(vms).size;
  if (!isWhole || !read.value.every(isSafe))
    return { kind: "held", why: "its comparison would end another VM" };
  return inTime(executor, askedAtMs, restart);
}

function resultOf(answer: XapiResult<unknown>): Result {
  return answer.ok ? { kind: "done" } : { kind: "refused", fault: answer.fault };
}

function startResult(answer: Awaited<StartResult> | StartResult): Result {
  if (!answer.ok) return { kind: "refused", fault: answer.fault };
  return { kind: answer.value === "pending" ? "pending" : "done" };
}

async function doneAfter(work: Promise<unknown>): Promise<Result> {
  await work;
  return { kind: "done" };
}

async function sendMail(alerts: readonly Alert[], { ports, settings, report }: Executor): Promise<void> {
  const now = { nowMs: ports.clock.uptimeMs(), wallMs: ports.clock.wallMs() };
  await ports.mailer.send({ alerts, report: report(), ...now }, settings);
}
