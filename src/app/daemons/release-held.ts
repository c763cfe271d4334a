import type { Clock } from "../../ports/clock.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import type { Logger } from "../../ports/notices.ts";

/** The service script kills a monitor that has not ended after six seconds, and does both itself then. */
const RELEASE_MS = 2_000;

interface Ports<Order extends keyof LocalHost> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly localHost: Pick<LocalHost, Order>;
}

/** Without this program nobody would ever let a held xapi start again. Never rejects. */
export async function releaseHeld({ clock, logger, localHost }: Ports<"releaseXapi">): Promise<void> {
  const done = await ordered(clock, (signal) => localHost.releaseXapi(signal));
  if (typeof done === "string") {
    const why = done === "late" ? `its start was not ordered within ${RELEASE_MS / 1_000} s` : done;
    const text = `The service stops, and xapi of this host is still held: ${why}.`;
    logger.log("error", "check_xapi", text);
  }
  if (done === true)
    logger.log(
      "warning",
      "check_xapi",
      "The service stops: xapi of this host is held no longer, and starts.",
    );
}

/**
 * What a take-over has blocked, by this monitor or the one before it, is not wanted where no iteration says so: a host that is on again
 * would not be heard. Never rejects.
 */
export async function unblockRoutes({ clock, logger, localHost }: Ports<"unblockRoutes">): Promise<void> {
  const done = await ordered(clock, (signal) => localHost.unblockRoutes(signal));
  if (typeof done === "string") {
    const why = done === "late" ? `it did not end within ${RELEASE_MS / 1_000} s` : done;
    const text = `Cannot take back the blocked route to the old master: ${why}. Look at: ip route show type unreachable`;
    logger.log("error", "check_xapi", text);
  }
  if (done === true) logger.log("info", "check_xapi", "The blocked route to the old master is taken back.");
}

/** A text says why it failed: `late`, or what the error says. */
function ordered(clock: Clock, order: (signal: AbortSignal) => Promise<boolean>): Promise<boolean | string> {
  return withDeadline<boolean | string>(clock, RELEASE_MS, neverAborts(), order, () => "late").catch(
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
