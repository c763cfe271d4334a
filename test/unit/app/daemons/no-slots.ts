import type { WatchdogSlots } from "../../../../src/ports/watchdog-slots.ts";

/** Of a host on which nothing is armed, and nothing can be. */
export const NO_SLOTS: WatchdogSlots = {
  armed: async () => [],
  arm: async () => ({ kind: "refused", why: "there is none" }),
  disarm: async () => true,
  isTakenByXapi: async () => false,
  abandon: async () => undefined,
};
