import { createChildAlarm } from "../adapters/alarm-child.ts";
import { createSocketLock } from "../adapters/lock-socket.ts";
import { createProcesses } from "../adapters/processes-bun.ts";
import { createSignalWake } from "../adapters/wake-signal.ts";
import { runMonitor } from "../app/monitor.ts";
import { createRuntime, flushLog, stopSignal } from "./runtime.ts";

/** `ha-lizard.mon`: supervises iterations until SIGTERM. */
export async function run(foreground?: true): Promise<number> {
  const runtime = createRuntime(foreground);
  const { clock, store, logger, self, environment, paths } = runtime;
  const ports = {
    clock,
    store,
    logger,
    processes: createProcesses({ self, environment }),
    lock: createSocketLock("ha-lizard.mon", paths.root),
    wake: createSignalWake(),
    alarm: createChildAlarm({ self, environment }),
  };
  const code = await runMonitor(ports, stopSignal());
  await flushLog(runtime);
  return code;
}
