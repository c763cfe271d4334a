import type { PostJson } from "./peer-prober.ts";

/**
 * Does anything answer HTTP at that address? Port 80 first, which needs no TLS, in a process that has to stay small; 443
 * where that is closed. An uuid is asked to be echoed, for that costs xapi least; what comes back is not looked at.
 */
export async function answersHttp(post: PostJson, address: string, signal: AbortSignal): Promise<boolean> {
  const uuid = crypto.randomUUID();
  const body = JSON.stringify({ jsonrpc: "2.0", method: `system.isAlive:${uuid}`, params: [uuid], id: 1 });
  const host = address.includes(":") ? `[${address}]` : address;
  for (const scheme of ["http", "https"]) {
    try {
      await post(`${scheme}://${host}/jsonrpc`, body, signal);
      return true;
    } catch {
      if (signal.aborted) return false;
    }
  }
  return false;
}
