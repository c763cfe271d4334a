import type { Alarm } from "../../ports/alarm.ts";
import { handOver, type SelfCommand } from "./hand-over.ts";

/** Each alarm is a child of its own, `ha-lizard alarm`, with the alarm on its standard input. */
export function createChildAlarm(options: SelfCommand): Alarm {
  return {
    raise(call) {
      try {
        handOver(options, "alarm", call);
      } catch {
        // The line in the log has been written already, and there is nobody else to tell.
      }
    },
  };
}
