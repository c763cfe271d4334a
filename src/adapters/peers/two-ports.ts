import type { Clock } from "../../ports/clock.ts";

/** One HTTP POST of a JSON text. Rejects when there was no HTTP answer, and when `signal` aborts. */
export type PostJson = (
  url: string,
  body: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** The id of every request to a peer: each has a connection of its own. */
export const REQUEST_ID = 1;

/** The text of a request to a peer's XAPI. */
export function requestText(method: string, params: readonly string[]): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params, id: REQUEST_ID });
}

/** Where XAPI takes requests; `address` without brackets. */
export function urlOf(scheme: "http" | "https", address: string): string {
  return `${scheme}://${address.includes(":") ? `[${address}]` : address}/jsonrpc`;
}

export interface TwoPorts {
  readonly clock: Clock;
  readonly address: string;
  readonly first: "http" | "https";
  /** So long the first port is waited for alone, in milliseconds. */
  readonly patienceMs: number;
}

/** Made once, for `Promise.any`: nobody reads it, and a stack of its own costs more than the question. */
const SILENT = new Error("XAPI did not answer");

/**
 * Asks on one of XAPI's two ports (443, 80), and on the other one too when that says no or takes long. The URL of the port
 * that said yes first; null when none did. Both questions end with `signal`, which has to abort. Never rejects.
 */
export async function askTwoPorts(
  { clock, address, first, patienceMs }: TwoPorts,
  ask: (url: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<string | null> {
  const on = async (scheme: "http" | "https"): Promise<string> => {
    const url = urlOf(scheme, address);
    if (await ask(url)) return url;
    throw SILENT;
  };
  const one = on(first);
  const patience = clock.sleep(patienceMs, signal).then(() => null);
  const early = await Promise.race([one.catch(() => null), patience]);
  if (early !== null || signal.aborted) return early;
  return Promise.any([one, on(first === "https" ? "http" : "https")]).catch(() => null);
}
