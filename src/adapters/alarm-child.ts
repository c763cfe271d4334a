import type { Alarm } from "../ports/alarm.ts";

/** Each alarm is a child of its own, `ha-lizard alarm`, with the alarm on its standard input. */
export function createChildAlarm(options: {
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
}): Alarm {
  return {
    raise(call) {
      try {
        const child = Bun.spawn([...options.self, "alarm"], {
          cwd: "/",
          env: options.environment,
          detached: true,
          stdin: new TextEncoder().encode(JSON.stringify(call)),
          stdout: "ignore",
          stderr: "ignore",
        });
        child.unref();
      } catch {
        // The line in the log has been written already, and there is nobody else to tell.
      }
    },
  };
}
