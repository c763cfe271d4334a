import { existsSync } from "node:fs";
import { createBlockedRoutes } from "../adapters/files/blocked-routes.ts";
import { tidyConfigFolder } from "../adapters/files/config-files.ts";
import { createHeldXapi } from "../adapters/files/held-xapi.ts";
import { tidyStateFolder } from "../adapters/files/state-store-files.ts";
import { createHearingBoard } from "../adapters/group/hearing-file.ts";
import { HeartbeatNetwork } from "../adapters/group/heartbeat-network.ts";
import { createOwnHost } from "../adapters/group/own-host.ts";
import { portReleaser } from "../adapters/group/release-port.ts";
import { VoteFiles } from "../adapters/group/vote-files.ts";
import { answersHttp } from "../adapters/peers/master-echo.ts";
import { postJsonOverHttp } from "../adapters/peers/peer-http.ts";
import { createChildAlarm } from "../adapters/processes/alarm-child.ts";
import { createFileLock } from "../adapters/processes/lock-file.ts";
import { createProcesses } from "../adapters/processes/processes-bun.ts";
import { createSignalWake } from "../adapters/processes/wake-signal.ts";
import { createTiePlaces } from "../adapters/ties/open-tie-breaker.ts";
import { createWatchdogSlots } from "../adapters/watchdog/xenwatchdogd.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import type { HearingPorts } from "../app/daemons/hearing-loop.ts";
import { withEnds } from "../app/daemons/iteration-ends.ts";
import { keepHearing } from "../app/daemons/keep-hearing.ts";
import { LeaseEnd } from "../app/daemons/lease-end.ts";
import { runMonitor } from "../app/daemons/monitor.ts";
import { watchEvents } from "../app/daemons/watch-events.ts";
import { watchMaster } from "../app/daemons/watch-master.ts";
import { watchStart } from "../app/daemons/watch-start.ts";
import type { Lock } from "../ports/processes.ts";
import { untilCrash } from "./crash.ts";
import { createRuntime, flushLog, type Runtime, stopSignal } from "./runtime.ts";

/** Events are records of what changed; a daemon stays small, and asks anew when there was too much of them. */
const MOST_NEWS = 16_000_000;

/** `ha-lizard.mon`: supervises iterations until SIGTERM. */
export function run(foreground?: true): Promise<number> {
  const runtime = createRuntime(foreground);
  return untilCrash("monitor", runtime, () => watch(runtime));
}

async function watch(runtime: Runtime): Promise<number> {
  const { clock, store, logger, self, environment, paths, config, secrets } = runtime;
  // What a crash says may be anything, and its passwords are not this process's: they are learnt when there is one.
  const mask = async (text: string) => {
    await config.read();
    return secrets.mask(text);
  };
  const { processes, onEnd: onIterationEnd } = withEnds(
    createProcesses({ self, environment, clock, mask, foreground: runtime.foreground }),
  );
  const leaseEnd = new LeaseEnd();
  const ports = {
    clock,
    store,
    logger,
    processes,
    lock: createFileLock("monitor", { folder: paths.run, clock, environment }),
    wake: createSignalWake(),
    alarm: createChildAlarm({ self, environment }),
    localHost: {
      ...createHeldXapi({ paths, clock, environment }),
      ...createBlockedRoutes({ paths, clock, environment }),
    },
    isRestart: () => existsSync(paths.monitorRestarting),
    endLease: () => leaseEnd.want(),
    isStopWanted: () => existsSync(paths.monitorStopped) && !existsSync(paths.monitorRestarting),
  };
  await Promise.all([tidyConfigFolder(paths), tidyStateFolder(paths.state)]);
  const stop = stopSignal();
  // The watches end with the monitor, and the monitor does not wait for them.
  const over = new AbortController();
  // The others are spoken to until the lease has ended.
  const silence = new AbortController();
  stop.addEventListener("abort", () => over.abort(), { once: true });
  const transport = createSocketTransport({ socketPath: paths.xapiSocket, maxAnswerBytes: MOST_NEWS });
  const ownHost = createOwnHost({ paths, clock, environment, postJson: postJsonOverHttp });
  const isMaster = async () => (await ownHost.role()).kind === "master";
  const masterAddress = async () => {
    const role = await ownHost.role();
    return role.kind === "slave" ? role.masterAddress : null;
  };
  const echo = { clock, postJson: postJsonOverHttp };
  const answers = (address: string, signal: AbortSignal) => answersHttp(echo, address, signal);
  const { wake } = ports.wake;
  void watchEvents({ clock, transport, isMaster, wake }, over.signal);
  void watchStart({ clock, isComplete: () => existsSync(paths.initComplete), wake }, over.signal);
  void watchMaster({ clock, masterAddress, answers, wake }, over.signal);
  // A second monitor of this host has no business on the port of the first.
  const lock: Lock = {
    async acquire() {
      const acquired = await ports.lock.acquire();
      if (acquired.kind === "acquired")
        void keepHearing(
          { ...hearingPorts(runtime), alarm: ports.alarm, self: ownHost, wake, onIterationEnd, leaseEnd },
          silence.signal,
        );
      return acquired;
    },
  };
  const code = await runMonitor({ ...ports, lock }, stop);
  over.abort();
  silence.abort();
  await flushLog(runtime);
  return code;
}

/** What the monitor needs to hear the others, and to be heard. */
function hearingPorts({
  clock,
  store,
  logger,
  paths,
  self,
  environment,
}: Runtime): Omit<HearingPorts, "self" | "wake" | "leaseEnd" | "alarm"> {
  const release = portReleaser(clock, environment);
  return {
    clock,
    store,
    logger,
    network: new HeartbeatNetwork({ clock, secretPath: paths.poolSecret, release }),
    votes: new VoteFiles(paths.votes),
    board: createHearingBoard(paths.hearing, paths.run),
    slots: createWatchdogSlots({ paths, clock, environment }),
    ties: createTiePlaces({ paths, clock, environment, self }),
  };
}
