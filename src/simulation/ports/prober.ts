import { createPeerProber } from "../../adapters/peers/peer-prober.ts";
import type { PostJson } from "../../adapters/peers/two-ports.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PeerProber, Pinger } from "../../ports/peers.ts";
import type { World } from "../world.ts";
import { orAbort, ping, post } from "./network.ts";
import { understand } from "./transport.ts";

/** What a probe's question to XAPI may take in the simulated hosts' program. */
const PROBE_TIMEOUT_MS = 2_000;
/** Of an iteration; ha-cfg pings at once (0). */
const PING_AFTER_MS = 250;

export function simPinger(world: World, from: number): Pinger {
  return { ping: (address, signal) => ping(world, from, address, signal) };
}

/** The real prober, over the world's network. */
export function simProber(
  world: World,
  from: number,
  pinger: Pinger,
  clock: Clock,
  pingAfterMs = PING_AFTER_MS,
): PeerProber {
  return createPeerProber({
    pinger,
    clock,
    postJson: simPostJson(world, from),
    probeTimeoutMs: PROBE_TIMEOUT_MS,
    pingAfterMs,
    newUuid: () => world.random.uuid(),
  });
}

/** HTTP POST as the real one: rejects when nobody answers over HTTP. Ports 80 and 443 are the same here. */
export function simPostJson(world: World, from: number): PostJson {
  return async (url, body, signal) => {
    const request: unknown = JSON.parse(body);
    const answer = await orAbort(post(world, from, hostOf(url), request), signal);
    if (answer === null) throw new Error(`Cannot ask ${url}: aborted`);
    if (typeof answer === "string") throw new Error(`Cannot ask ${url}: ${answer}`);
    if (answer.http === 500) return { status: 500, text: answer.html };
    return { status: 200, text: JSON.stringify(answer.body) };
  };
}

/** Of the URLs that the prober makes, without a port; an IPv6 address stands in brackets. */
function hostOf(url: string): string {
  const begin = url.indexOf("//") + 2;
  const host = url.slice(begin, url.indexOf("/", begin));
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

/** `system.isAlive:<fresh uuid>` from a host to an address: only the echo proves anything. */
export async function xapiAnswers(
  world: World,
  from: number,
  address: string,
  signal: AbortSignal,
): Promise<boolean> {
  const uuid = world.random.uuid();
  const request = { jsonrpc: "2.0", method: `system.isAlive:${uuid}`, params: [uuid], id: 1 };
  const answer = await orAbort(post(world, from, address, request), signal);
  if (answer === null || answer === "no-route") return false;
  const result = understand(answer);
  return result.ok ? result.value === uuid : result.fault.kind === "api";
}
