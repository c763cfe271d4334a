import type { Settings } from "../../config/params.ts";
import { fenceMethods, methodProves } from "../../core/fencing/fence-policy.ts";
import type { Action, Result } from "../../core/model/action.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { DeviceState, FenceRequest, Fencer } from "../../ports/fencer.ts";

/** Before the next method the host is probed once more. */
const BETWEEN_LEVELS_MS = 4_000;

/** How long a fence may take, all its methods together, in milliseconds; beyond is for bugs. */
export function fenceLimitMs(settings: Settings): number {
  const levels = fenceMethods(settings.FENCE_METHOD).length;
  return levels * settings.FENCE_TIMEOUT * 1_000 + (levels - 1) * BETWEEN_LEVELS_MS;
}

/** What an agent is told about the device, from the parameters. */
export function fenceRequest(
  host: HostUuid,
  method: string,
  settings: Settings,
): Omit<FenceRequest, "action"> {
  return {
    host,
    method,
    agents: settings.FENCE_FILE_LOC,
    timeoutMs: settings.FENCE_TIMEOUT * 1_000,
    device: {
      password: settings.FENCE_PASSWD,
      user: settings.FENCE_USER,
      address: settings.FENCE_IPADDRESS,
    },
  };
}

/**
 * The methods one after the other until one succeeds; `mayGoOn` is asked before each but the first, and returns why not.
 * Only a success counts; of failures each is told.
 */
export async function fenceByLevels(
  host: HostUuid,
  settings: Settings,
  fencer: Fencer,
  mayGoOn: () => Promise<Result | null>,
  signal: AbortSignal,
): Promise<Result> {
  const failures: string[] = [];
  let last: Result = { kind: "failed", detail: "there is no fence method" };
  const methods = fenceMethods(settings.FENCE_METHOD);
  for (const [level, method] of methods.entries()) {
    const refusal = level === 0 ? null : await mayGoOn();
    if (refusal !== null) return refusal;
    // FENCE_ACTION=reset: it is switched on again later, when its VMs run elsewhere (core/fencing/recover-hosts.ts).
    const outcome = await fencer.fence({ ...fenceRequest(host, method, settings), action: "stop" }, signal);
    if (outcome.kind === "fenced") return { kind: "done", by: method };
    failures.push(`${method}: ${outcome.fault}${outcome.detail === "" ? "" : ` (${outcome.detail})`}`);
    last = methods.length === 1 ? outcome : { ...outcome, detail: failures.join("; ") };
    if (signal.aborted) break;
  }
  return last;
}

/** All that a host is switched on with: nothing can be switched off by it. */
export type SwitchOn = (
  request: Omit<FenceRequest, "action">,
  signal: AbortSignal,
) => ReturnType<Fencer["fence"]>;

/** What a fencer does to switch a host on. */
export function switcherOf(fencer: Pick<Fencer, "fence">): SwitchOn {
  return (request, signal) => fencer.fence({ ...request, action: "start" }, signal);
}

/** Switches a host on by the first of its methods that has a device and says that it has done it. */
export async function switchOn(
  host: HostUuid,
  settings: Settings,
  start: SwitchOn,
  signal: AbortSignal,
): Promise<Result> {
  const failures: string[] = [];
  for (const method of fenceMethods(settings.FENCE_METHOD).filter(methodProves)) {
    const outcome = await start(fenceRequest(host, method, settings), signal);
    if (outcome.kind === "fenced") return { kind: "done", by: method };
    failures.push(`${method}: ${outcome.detail === "" ? outcome.fault : outcome.detail}`);
    if (signal.aborted) break;
  }
  return {
    kind: "failed",
    detail: failures.length === 0 ? "no fence method has a device" : failures.join("; "),
  };
}

/** What a question to the devices needs. */
export interface DevicePorts {
  readonly fencer: Pick<Fencer, "status">;
  readonly clock: Clock;
}

/** A status needs no switching and no waiting for it. */
const STATUS_MS = 30_000;

/** The states of one host's devices, one for each method that has any. */
export async function deviceStates(
  host: HostUuid,
  settings: Settings,
  ports: DevicePorts,
  signal: AbortSignal,
  mostMs = STATUS_MS,
): Promise<readonly { readonly method: string; readonly state: DeviceState }[]> {
  return Promise.all(
    fenceMethods(settings.FENCE_METHOD).map(async (method) => {
      const request = fenceRequest(host, method, settings);
      const timeoutMs = Math.min(request.timeoutMs, mostMs);
      const late: DeviceState = { kind: "unknown", why: `no answer within ${timeoutMs / 1_000} s` };
      const state = await withDeadline<DeviceState>(
        ports.clock,
        timeoutMs + STATUS_MARGIN_MS,
        signal,
        (inner) => ports.fencer.status({ ...request, timeoutMs }, inner),
        () => late,
      );
      return { method, state };
    }),
  );
}

/** The agent ends itself in time; this is for starting it and clearing up. */
const STATUS_MARGIN_MS = 3_000;

/** Looks at the devices of all these hosts at once, and says of each what is wrong with it. */
export async function checkDevices(
  action: Extract<Action, { kind: "check-fence-devices" }>,
  settings: Settings,
  ports: DevicePorts,
  signal: AbortSignal,
): Promise<Result> {
  const looked = await Promise.all(
    action.hosts.map(async ({ host, live }): Promise<[string, string | null]> => {
      const states = await deviceStates(host, settings, ports, signal);
      const wrong = states.flatMap(({ method, state }) => {
        const why = whatIsWrong(state, live);
        return why === null ? [] : [`${method}: ${why}`];
      });
      return [host, wrong.length === 0 ? null : wrong.join("; ")];
    }),
  );
  if (signal.aborted) return { kind: "failed", detail: "the time was over" };
  const wrong = looked.filter((entry): entry is [string, string] => entry[1] !== null);
  return { kind: "checked", wrong: Object.fromEntries(wrong) };
}

/** Why this device cannot be relied on; null when nothing speaks against it. `live`: its host is up. */
export function whatIsWrong(state: DeviceState, live: boolean): string | null {
  if (state.kind === "unknown") return state.why;
  return state.kind === "off" && live ? "it says off, and the host is up: it may be another machine's" : null;
}
