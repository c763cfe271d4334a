import { sleep } from "../clock.ts";
import type { World } from "../world.ts";
import type { Answer } from "../xapi/answer.ts";
import { handle } from "../xapi/route.ts";

const NEVER: Promise<never> = new Promise(() => {});

/** How a request over the network ends; silence is a promise that does not settle. */
export type Response = Answer | "no-route";

/**
 * A JSON-RPC request from one host to an address over TCP. Nobody there: "No route to host" after 3 s, and at once where the
 * asker has an unreachable route; a cut link, a hung xapi, or power lost before the answer: silence.
 */
export async function post(world: World, from: number, address: string, request: unknown): Promise<Response> {
  const target = world.hostAt(address);
  if (!world.host(from).power) return NEVER;
  if (world.isUnreachable(from, address)) return "no-route";
  if (target === undefined || !target.power) {
    await sleep(world.clock, world.timings.noRouteMs);
    return "no-route";
  }
  if (!world.reachesAt(from, address) || !world.letsProbe(from, target.number)) return NEVER;
  const answer = await handle(world, target.number, "tcp", request);
  return world.reachesAt(from, address) ? answer : NEVER;
}

/** One ICMP echo: an answer at once, or silence after the asker's own deadline. */
export async function ping(
  world: World,
  from: number,
  address: string,
  signal: AbortSignal,
): Promise<"answered" | "silent"> {
  const target = world.hostAt(address);
  const answers = () =>
    target === undefined
      ? world.reachesExternal(from, address)
      : world.reachesAt(from, address) && world.letsProbe(from, target.number);
  const answered = answers();
  await sleep(world.clock, answered ? world.timings.pingMs : world.timings.pingSilentMs, signal);
  return answered && answers() ? "answered" : "silent";
}

/** Resolves to null when `signal` aborts first. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const aborted = () => resolve(null);
    signal.addEventListener("abort", aborted, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", aborted);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", aborted);
        reject(error);
      },
    );
  });
}
