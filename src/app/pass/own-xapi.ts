import type { Settings } from "../../config/params.ts";
import type { Result } from "../../core/model/action.ts";
import type { LocalView } from "../../core/model/pool-view.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { Xapi } from "../../ports/pool-database.ts";
import type { PassPorts } from "./pass-ports.ts";

interface OwnXapi {
  readonly ports: PassPorts;
  readonly self: LocalView;
  readonly xapi: Pick<Xapi, "promoteSelf" | "followMaster">;
}

const DONE: Result = { kind: "done" };

/** `ip route` waits for nobody. */
const ROUTE_MS = 2_000;

/**
 * XAPI is told to be master, and does not wait for its fuse of 10 s (adapters/xapi/README.md, "Becoming master"). First the route to its
 * old one is blocked: what cannot be blocked only costs time.
 */
export async function becomeMaster(
  route: string | null,
  own: OwnXapi & { readonly settings: DeviceAddresses },
  signal: AbortSignal,
): Promise<Result> {
  const { ports, xapi, settings } = own;
  if (route !== null && !isADevices(route, settings)) await blockRoute(route, ports, signal);
  const told = await xapi.promoteSelf(signal);
  if (!told.ok) return { kind: "refused", fault: told.fault };
  await ports.localHost.restartXapi(signal);
  return DONE;
}

type DeviceAddresses = Pick<Settings, "FENCE_HEURISTICS_IPS" | "FENCE_IPADDRESS">;

/** What is asked at this address has to answer. */
function isADevices(route: string, { FENCE_IPADDRESS, FENCE_HEURISTICS_IPS }: DeviceAddresses): boolean {
  return FENCE_IPADDRESS === route || FENCE_HEURISTICS_IPS.includes(route);
}

/** Never rejects. */
async function blockRoute(
  address: string,
  { clock, localHost, logger }: Pick<PassPorts, "clock" | "localHost" | "logger">,
  signal: AbortSignal,
): Promise<void> {
  const late = `not within ${ROUTE_MS / 1_000} s`;
  const why = await withDeadline<string | null>(
    clock,
    ROUTE_MS,
    signal,
    (inner) => localHost.blockRoute(address, inner).then(() => null),
    () => late,
  ).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (why === null) return;
  const text = `The route to the old master at ${address} is not blocked (${why}): XAPI waits for it while it starts as master.`;
  logger.log("warning", "promote_slave", text);
}

/**
 * XAPI is told whom to follow, and held: it starts again when the pool database of the new master agrees with what runs here. One that does not
 * answer, or is held already, cannot be told: it is ended, and its pool.conf is written, which is all that the call does.
 */
export async function followMaster(address: string, own: OwnXapi, signal: AbortSignal): Promise<Result> {
  const { localHost } = own.ports;
  if (own.self.heldSinceMs !== null || !own.self.xapiAnswers) {
    await localHost.holdAsSlaveOf(address, signal);
    return DONE;
  }
  const told = await own.xapi.followMaster(address, signal);
  if (!told.ok) return { kind: "refused", fault: told.fault };
  await localHost.holdXapi(signal);
  return DONE;
}
