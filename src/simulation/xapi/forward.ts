import type { XapiProcess } from "../world.ts";
import { ApiError } from "./answer.ts";
import { hostOfRef } from "./connection.ts";
import type { Call } from "./method.ts";
import { answersTo, until, untilOrLater } from "./process.ts";

/**
 * The xapi of the host that has to carry an operation out. A host the database calls dead is HOST_OFFLINE; one that is
 * dead and still called live is tried again and again, then CANNOT_CONTACT_HOST (adapters/xapi/README.md, "Starting a
 * VM").
 */
export async function forwardTo(call: Call, hostRef: string): Promise<XapiProcess> {
  const { database, process, world } = call;
  const host = hostOfRef(world, hostRef);
  if (host === undefined) throw new ApiError("HANDLE_INVALID", ["host", hostRef]);
  if (host === process.host) return process;
  const offline = () => database.get("host_metrics", host.metricsRef)?.["live"] !== true;
  const ready = () => answersTo(world, process.host.number, host) && host.xapi?.serving === true;
  const { forwardAttempts, forwardRetryMs } = world.timings;
  for (let attempt = 0; attempt < forwardAttempts; attempt += 1) {
    if (offline()) throw new ApiError(attempt === 0 ? "HOST_OFFLINE" : "CANNOT_CONTACT_HOST", [hostRef]);
    // A hung xapi takes the connection, so there is nothing to try again.
    if (host.xapi?.frozen === true && world.reaches(process.host.number, host.number)) {
      await until(world, process, () => host.xapi?.frozen !== true);
    }
    if (ready() && host.xapi !== null) return host.xapi;
    await untilOrLater(world, process, () => ready() || offline(), forwardRetryMs);
  }
  throw new ApiError("CANNOT_CONTACT_HOST", [hostRef]);
}

/** What a remote host does in `run`; its death in the middle is an error to the one who waits. */
export function onHost<T>(call: Call, target: XapiProcess, run: () => Promise<T>): Promise<T> {
  if (target === call.process) return run();
  return new Promise((resolve, reject) => {
    const died = () => reject(new ApiError("CANNOT_CONTACT_HOST", [target.host.ref]));
    target.onDeath.add(died);
    const settled = () => target.onDeath.delete(died);
    run().then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}
