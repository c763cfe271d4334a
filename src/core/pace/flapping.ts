import type { RestartHistory } from "../memory/attempts.ts";

const FLAP_WINDOW_MS = 15 * 60_000;
/** Starts within the window that cost nothing; the next ones wait 1, 2, 4 … minutes after the last start. */
const FREE_STARTS = 2;

/** When a VM that keeps halting may be started again; 0 when at once. */
export function notBeforeMs(history: RestartHistory | undefined, nowMs: number): number {
  const recent = (history?.startedAtMs ?? []).filter((at) => nowMs - at < FLAP_WINDOW_MS);
  const last = recent.at(-1);
  if (last === undefined || recent.length < FREE_STARTS) return 0;
  const minutes = Math.min(2 ** (recent.length - FREE_STARTS), 15);
  return last + minutes * 60_000;
}
