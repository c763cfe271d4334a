import { createXapi } from "../adapters/xapi/client.ts";
import type { PassPorts } from "../app/pass/pass-ports.ts";
import { patientStore } from "../app/pass/patience.ts";
import type { HearingReader, RunsAsker } from "../ports/group.ts";
import type { Logger, Mailer } from "../ports/notices.ts";
import type { XapiTransport } from "../ports/xapi-transport.ts";
import { hostClock } from "./host-clock.ts";
import { chaoticPorts, chaoticTransport } from "./ports/chaos.ts";
import { diskConfig, diskStore, newSimDisk, type SimDisk } from "./ports/disk.ts";
import { simFencer } from "./ports/fencer.ts";
import { simLocalHost } from "./ports/local-host.ts";
import { simPinger, simProber } from "./ports/prober.ts";
import { mortal, newSimProcess, type SimProcess } from "./ports/process.ts";
import { simMasterWay, simTransport } from "./ports/transport.ts";
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
  lostPasses = 0,
): PassPorts {
  const host = world.host(hostNumber);
  const clock = mortal(process, hostClock(world, host));
  const pinger = simPinger(world, hostNumber);
  const { chaos } = world;
  const reliable: PassPorts = {
    clock,
    hearing: mortal(process, world.messengers?.reader(hostNumber) ?? NOTHING_HEARD),
    runsAsker: mortal(process, world.messengers?.asker(hostNumber) ?? NOBODY_ASKED),
    lostPasses,
    openXapi: (xeTimeoutMs) => {
      const shaky = (transport: XapiTransport) =>
        mortal(process, chaos === null ? transport : chaoticTransport(transport, hostNumber, chaos));
      const over = (channel: "unix" | "tcp") => shaky(simTransport(world, hostNumber, channel));
      return createXapi({
        transport: over("unix"),
        tcp: over("tcp"),
        masterWay: simMasterWay(world, hostNumber, shaky),
        clock,
        store,
        xeTimeoutMs,
        newUuid: () => ECHO,
      });
    },
    prober: simProber(world, hostNumber, mortal(process, pinger), clock),
    pinger,
    fencer: simFencer(world, hostNumber),
    localHost: simLocalHost(world, host),
    store: diskStore(disk, clock),
    config: diskConfig(disk),
    logger: simLogger(world, process),
    mailer: simMailer(world, process),
    recorder: world.recorderOf(hostNumber),
  };
  const ports = chaos === null ? reliable : chaoticPorts(reliable, hostNumber, chaos);
  const mortalStore = mortal(process, ports.store);
  // Only the client's: a pass puts its own deadline around the others.
  const store = patientStore(mortalStore, clock);
  return {
    ...ports,
    store: mortalStore,
    prober: mortal(process, ports.prober),
    pinger: mortal(process, ports.pinger),
    fencer: mortal(process, ports.fencer),
    localHost: mortal(process, ports.localHost),
    config: mortal(process, ports.config),
    mailer: mortal(process, ports.mailer),
  };
}

const NOTHING_HEARD: HearingReader = { read: async () => null };
const NOBODY_ASKED: RunsAsker = { ask: async () => new Map() };

/** Only the answer of a xapi to this very question echoes it; nothing here answers an older one. */
const ECHO = "e5c40000-0000-4000-8000-000000000000";

export function simLogger(world: World, process: SimProcess): Logger {
  return {
    log: (severity, from, text) => {
      if (process.alive) world.record("log", { host: process.host, severity, from, text });
    },
  };
}

function simMailer(world: World, process: SimProcess): Mailer {
  return {
    send: async ({ alerts, report: { pool } }) => {
      // It may have been on its way when its host lost power.
      if (!process.alive) return;
      for (const { key, from, severity, subject, body, repeats } of alerts)
        world.record("mail", { host: process.host, pool, key, from, severity, subject, body, repeats });
    },
  };
}
