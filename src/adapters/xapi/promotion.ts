import type { Promotion } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { voidOf } from "./errors.ts";

export function createPromotion({ session }: XapiContext): Promotion {
  return {
    async promoteSelf(signal) {
      return voidOf(await session.callLocally("pool.emergency_transition_to_master", [], signal));
    },
    async followMaster(address, signal) {
      return voidOf(await session.callLocally("pool.emergency_reset_master", [address], signal));
    },
  };
}
