import { existsSync } from "node:fs";
import { readRole } from "../adapters/files/local-host-files.ts";
import { answersHttp } from "../adapters/peers/master-echo.ts";
import { postJsonOverHttp } from "../adapters/peers/peer-http.ts";
import { createChildAlarm } from "../adapters/processes/alarm-child.ts";
import { createSocketLock } from "../adapters/processes/lock-socket.ts";
import { createProcesses } from "../adapters/processes/processes-bun.ts";
import { createSignalWake } from "../adapters/processes/wake-signal.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import { runMonitor } from "../app/daemons/monitor.ts";
import { watchEvents } from "../app/daemons/watch-events.ts";
import { watchMaster } from "../app/daemons/watch-master.ts";
import { watchStart } from "../app/daemons/watch-start.ts";
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
  // The watches end with the monitor, and the monitor does not wait for them.
  const over = new AbortController();
  stop.addEventListener("abort", () => over.abort(), { once: true });
  const transport = createSocketTransport({ socketPath: paths.xapiSocket });
  const isMaster = async () => (await readRole(paths.poolConf)).kind === "master";
  const masterAddress = async () => {
    const role = await readRole(paths.poolConf);
    return role.kind === "slave" ? role.masterAddress : null;
  };
  const echo = { clock, postJson: postJsonOverHttp };
  const answers = (address: string, signal: AbortSignal) => answersHttp(echo, address, signal);
  const { wake } = ports.wake;
  void watchEvents({ clock, transport, isMaster, wake }, over.signal);
  void watchStart({ clock, isComplete: () => existsSync(paths.initComplete), wake }, over.signal);
  void watchMaster({ clock, masterAddress, answers, wake }, over.signal);
  const code = await runMonitor(ports, stop);
  over.abort();
  await flushLog(runtime);
  return code;
}
