import type { MessageNumber } from "./message.ts";
import { FRESH_MS, isHeardDirectly, type PeerState } from "./peer-state.ts";

/**
 * May a question with this number be answered? One that was recorded and is sent again costs an answer, which is a
 * command on this host; so it is as old as a heartbeat may be, and of the boot that is heard.
 */
export function isTimely(peer: PeerState | undefined, number: MessageNumber, nowMs: number): boolean {
  const newest = peer?.newest ?? null;
  if (peer === undefined || newest === null) return peer !== undefined;
  if (number.bootId !== newest.bootId) return !isHeardDirectly(peer, nowMs);
  return number.ms >= newest.ms - FRESH_MS;
}
