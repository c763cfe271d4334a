import type { Clock } from "../ports/clock.ts";
import type { PostJson } from "./peer-prober.ts";

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
  const body = JSON.stringify({ jsonrpc: "2.0", method: `system.isAlive:${uuid}`, params: [uuid], id: 1 });
  const host = address.includes(":") ? `[${address}]` : address;
  const ask = (scheme: string) => postJson(`${scheme}://${host}/jsonrpc`, body, signal).then(() => true);
  const plain = ask("http");
  const patience = clock.sleep(PLAIN_MS, signal).then(() => false);
  if (await Promise.race([plain.catch(() => false), patience])) return true;
  if (signal.aborted) return false;
  return Promise.any([plain, ask("https")]).catch(() => false);
}
