import type { Settings } from "../../config/params.ts";
import { isDisarmed } from "../../core/group/disarmed.ts";
import { heardOf } from "../../core/members/heard.ts";
import { isOffByLease } from "../../core/members/lease.ts";
import type { LastGoodView } from "../../core/memory/last-good.ts";
import type { Action, Result } from "../../core/model/action.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { LocalView } from "../../core/model/pool-view.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { Xapi } from "../../ports/pool-database.ts";
import { fenceByLevels } from "./fence.ts";
import { DISARMED, type Needless, whileLeading } from "./leading.ts";
import type { PassPorts } from "./pass-ports.ts";
import type { Proofs } from "./proofs.ts";
import { readHearing } from "./read-hearing.ts";

/** What a fence needs. */
export interface FenceExecutor {
  readonly ports: Pick<PassPorts, "clock" | "hearing" | "fencer" | "prober">;
  readonly self: LocalView;
  readonly xapi: Pick<Xapi, "hearsMaster">;
  readonly settings: Settings;
  /** The master that this host follows; null on a master. Its own xapi is a second way to it. */
  readonly followed: HostUuid | null;
  /** When the host of a fence was last probed: right now is the last probe before the agent. */
  readonly probedAtMs: (host: HostUuid) => number | null;
  readonly proofs: Pick<Proofs, "offAtMs">;
  /** What is known of the pool: when its hosts have booted. */
  readonly lastGood: LastGoodView | null;
}

/** Its watchdog has reset it, so it may be on again in a moment: an agent that goes on would cut a host that is back. */
const OFF_BY_LEASE: Result = { kind: "held", why: "the lease of the host is over: it is off" };

/** The last probe before the agent may take this long, in milliseconds. */
export const LAST_PROBE_MS = 3_500;
/** Forwarded over a connection that is open, so it takes milliseconds; with a dead master it blocks. */
const OWN_XAPI_MS = 2_000;

/**
 * The host is asked once more right before the agent runs: alive on any path, it is not fenced (core/README.md, "Who
 * may be fenced").
 */
export async function fenceHost(
  action: Extract<Action, { kind: "fence-host" }>,
  executor: FenceExecutor,
  signal: AbortSignal,
): Promise<Result> {
  const { ports, settings } = executor;
  const [refusal, heard] = await Promise.all([
    lastProbe(action, executor, signal),
    hearsMaster(action, executor, signal),
  ]);
  if (refusal !== null) return refusal;
  if (heard) return { kind: "not-fenced", fault: "host-answers-again", detail: "through the own xapi" };
  const fence = (inner: AbortSignal) =>
    fenceByLevels(action.host, settings, ports.fencer, () => lastProbe(action, executor, inner), inner);
  const isOff: Needless = (sight) => {
    if (isDisarmed(sight, action.host)) return DISARMED;
    return isOffByLease(action.host, executor, sight) ? OFF_BY_LEASE : null;
  };
  const result = await (action.byLeader ? whileLeading(executor, signal, fence, isOff) : fence(signal));
  if (result.kind === "done") executor.proofs.offAtMs.set(action.host, ports.clock.uptimeMs());
  return result;
}

/** Probes may be stopped by a firewall that lets XAPI through: a slave's xapi talks to the master all the time. */
async function hearsMaster(
  action: Extract<Action, { kind: "fence-host" }>,
  { ports, xapi, followed }: FenceExecutor,
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
  executor: FenceExecutor,
  signal: AbortSignal,
): Promise<Result | null> {
  const { ports } = executor;
  // By report it lives, whatever is silent here; directly, unless it had failed in spite of being heard.
  const heard = heardOf(await readHearing(ports, executor.self), action.host);
  if (heard === "reported" || (heard === "direct" && action.pingIsLife))
    return { kind: "not-fenced", fault: "host-answers-again", detail: "its monitor is heard" };
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
