import { createChildAlarm } from "../adapters/alarm-child.ts";
import { readRole } from "../adapters/local-host-files.ts";
import { createSocketLock } from "../adapters/lock-socket.ts";
import { createProcesses } from "../adapters/processes-bun.ts";
import { createSignalWake } from "../adapters/wake-signal.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import { runMonitor } from "../app/monitor.ts";
import { watchEvents } from "../app/watch-events.ts";
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
  const stop = stopSignal();
  // It ends with the monitor, and the monitor does not wait for it.
  const over = new AbortController();
  stop.addEventListener("abort", () => over.abort(), { once: true });
  const transport = createSocketTransport({ socketPath: paths.xapiSocket });
  const isMaster = async () => (await readRole(paths.poolConf)).kind === "master";
  void watchEvents({ clock, transport, isMaster, wake: ports.wake.wake }, over.signal);
  const code = await runMonitor(ports, stop);
  over.abort();
  await flushLog(runtime);
  return code;
}
