import type { Clock } from "../../ports/clock.ts";
import { askTwoPorts, type PostJson, requestText } from "./two-ports.ts";

export interface EchoOptions {
  readonly clock: Clock;
  readonly postJson: PostJson;
}

/** Port 80 that neither answers nor refuses is behind a firewall: then 443 is asked too. */
const PLAIN_MS = 700;

/**
 * Does anything answer HTTP at that address? Port 80 first, which needs no TLS, in a process that has to stay small; 443
 * where that says nothing. An uuid is asked to be echoed, for that costs xapi least; what comes back is not looked at.
 * Ends with `signal`. Never rejects.
 */
export async function answersHttp(
  { clock, postJson }: EchoOptions,
  address: string,
  signal: AbortSignal,
): Promise<boolean> {
  const uuid = crypto.randomUUID();
  const body = requestText(`system.isAlive:${uuid}`, [uuid]);
  const anything = (url: string) =>
    postJson(url, body, signal).then(
      () => true,
      () => false,
    );
  const ports = { clock, address, first: "http", patienceMs: PLAIN_MS } as const;
  return (await askTwoPorts(ports, anything, signal)) !== null;
}
