import type { Fencer } from "../../ports/fencer.ts";

/** A fencer whose words are without the passwords, whatever its agents say; only words: what is decided by stays. */
export function maskFencer(fencer: Fencer, mask: (text: string) => string): Fencer {
  return {
    async fence(request, signal) {
      const outcome = await fencer.fence(request, signal);
      return outcome.kind === "not-fenced" ? { ...outcome, detail: mask(outcome.detail) } : outcome;
    },
    async status(request, signal) {
      const state = await fencer.status(request, signal);
      return "why" in state ? { ...state, why: mask(state.why) } : state;
    },
  };
}
