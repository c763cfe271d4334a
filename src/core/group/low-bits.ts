const LOW_BITS = 2 ** 32;

/** The low 32 bits of an uptime in milliseconds: what is said of it over the network. */
export const lowBits = (ms: number): number => Math.floor(ms) % LOW_BITS;

/** The last time before now that has these low 32 bits: seven weeks are longer than anything that is waited for. */
export function wholeMs(lowMs: number, nowMs: number): number {
  const nowWholeMs = Math.floor(nowMs);
  return nowWholeMs - ((((nowWholeMs - lowMs) % LOW_BITS) + LOW_BITS) % LOW_BITS);
}

/** Is the first one later, of two low bits of uptimes that are less than three weeks apart? */
export const isLaterLow = (aMs: number, bMs: number): boolean => ((aMs - bMs) | 0) > 0;
