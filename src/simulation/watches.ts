import { answersHttp } from "../adapters/peers/master-echo.ts";
import { watchEvents } from "../app/daemons/watch-events.ts";
import { watchMaster } from "../app/daemons/watch-master.ts";
import { watchStart } from "../app/daemons/watch-start.ts";
import type { Clock } from "../ports/clock.ts";
import { roleOf } from "./pool-conf.ts";
import { simPostJson } from "./ports/prober.ts";
import { mortal, type SimProcess } from "./ports/process.ts";
import { simTransport } from "./ports/transport.ts";
import type { World } from "./world.ts";

interface WatcherPorts {
  readonly clock: Clock;
  wake(): void;
}

/** The real watches of a monitor (modes/monitor.ts) on the simulated world. They end with `service`. */
export function beginWatches(world: World, service: SimProcess, { clock, wake }: WatcherPorts): void {
  const host = world.host(service.host);
  const { signal } = new AbortController();
  const echo = { clock, postJson: simPostJson(world, host.number) };
  const eyes = mortal(service, {
    isMaster: async () => roleOf(host.poolConf).kind === "master",
    masterAddress: async () => {
      const role = roleOf(host.poolConf);
      return role.kind === "slave" ? role.masterAddress : null;
    },
    answers: (address: string, until: AbortSignal) => answersHttp(echo, address, until),
  });
  const transport = mortal(service, simTransport(world, host.number));
  void watchEvents({ clock, transport, isMaster: eyes.isMaster, wake }, signal);
  void watchStart({ clock, isComplete: () => host.initComplete, wake }, signal);
  void watchMaster({ clock, masterAddress: eyes.masterAddress, answers: eyes.answers, wake }, signal);
}
