import { createXapi } from "../../src/adapters/xapi/client.ts";
import type { PassPorts } from "../../src/app/pass-ports.ts";
import type { Logger, Mailer } from "../../src/ports/notices.ts";
import { portClock } from "./clock.ts";
import { diskConfig, diskStore, newSimDisk, type SimDisk } from "./ports/disk.ts";
import { simFencer } from "./ports/fencer.ts";
import { simLocalHost } from "./ports/local-host.ts";
import { simPinger, simProber } from "./ports/prober.ts";
import { mortal, newSimProcess, type SimProcess } from "./ports/process.ts";
import { simTransport } from "./ports/transport.ts";
import type { World } from "./world.ts";

/**
 * Everything one iteration on a simulated host reaches the world through: the real XAPI client on the simulated xapi,
 * the rest straight on the world. All of it ends with `process`.
 */
export function simPassPorts(
  world: World,
  hostNumber: number,
  process: SimProcess = newSimProcess(hostNumber),
  disk: SimDisk = newSimDisk(),
): PassPorts {
  const host = world.host(hostNumber);
  const clock = mortal(
    process,
    portClock(
      world.clock,
      () => host.bootedAtMs,
      () => host.wallStepMs,
    ),
  );
  const store = mortal(process, diskStore(disk));
  const pinger = mortal(process, simPinger(world, hostNumber));
  return {
    clock,
    openXapi: (xeTimeoutMs) => {
      const transport = mortal(process, simTransport(world, hostNumber));
      return createXapi({ transport, clock, store, xeTimeoutMs });
    },
    prober: mortal(process, simProber(world, hostNumber, pinger, clock)),
    pinger,
    fencer: mortal(process, simFencer(world, hostNumber)),
    localHost: mortal(process, simLocalHost(world, host)),
    store,
    config: mortal(process, diskConfig(disk)),
    logger: simLogger(world, process),
    mailer: mortal(process, simMailer(world, hostNumber)),
  };
}

export function simLogger(world: World, process: SimProcess): Logger {
  return {
    log: (severity, from, text) => {
      if (process.alive) world.record("log", { host: process.host, severity, from, text });
    },
  };
}

function simMailer(world: World, host: number): Mailer {
  return {
    send: async (alert, pool) => {
      world.record("mail", { host, pool, ...alert });
    },
  };
}
