import type { StopMessages } from "../model/stop.ts";
import { type Check, isFlag, isNumber, nullOr, objectOf } from "./shape.ts";

/** What was seen of how a VM came to be down, for as long as it is. */
export interface SeenStop {
  readonly sinceMs: number;
  /** When its messages were read last; null: they were not yet. */
  readonly readAtMs: number | null;
  /** As they were then; null: they were not read yet. */
  readonly messages: StopMessages | null;
  /** Its host was lost with it. */
  readonly isHostLost: boolean;
  /** Its host has booted since the VM was seen there. */
  readonly hasHostBooted: boolean;
  /** Its host was lost with other VMs on it, after this one had been stopped: Dom0's own shutdown leaves none. */
  readonly isCrash: boolean;
}

const isStopMessages: Check<StopMessages> = objectOf<StopMessages>({
  startedAtMs: nullOr(isNumber),
  stoppedAtMs: nullOr(isNumber),
  isForced: isFlag,
});

export const isSeenStop: Check<SeenStop> = objectOf<SeenStop>({
  sinceMs: isNumber,
  readAtMs: nullOr(isNumber),
  messages: nullOr(isStopMessages),
  isHostLost: isFlag,
  hasHostBooted: isFlag,
  isCrash: isFlag,
});
