import { hostUuid, vmUuid } from "../../core/model/ids.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import { sleep } from "../clock.ts";
import { resetHost, restartToolstack } from "../control.ts";
import { roleOf } from "../pool-conf.ts";
import type { SimHost, World } from "../world.ts";
import { knownToXenopsd } from "../xenopsd.ts";
import { orAbort } from "./network.ts";
import { xapiAnswers } from "./prober.ts";

/** A hung xapi is given this long over the loopback address. */
const LOOPBACK_MS = 2_000;

/** What a host knows of itself, from the truth. */
export function simLocalHost(world: World, host: SimHost): LocalHost {
  return {
    observe: async (signal) => ({
      uuid: hostUuid(host.uuid),
      role: roleOf(host.poolConf),
      bootId: bootIdOf(host),
      initCompleteAtMs: host.initComplete ? host.initCompleteWallMs : null,
      domains: knownToXenopsd(host).map(vmUuid),
      xapiAnswers: await answersOverLoopback(world, host, signal),
    }),
    restartToolstack: async (signal) => {
      world.record("toolstack-restart", { host: host.number });
      restartToolstack(world, host);
      await sleep(world.clock, world.timings.xapiRestartMs, signal);
    },
    rebootNow: () => {
      world.record("reboot-self", { host: host.number });
      resetHost(world, host);
      return new Promise(() => {});
    },
  };
}

/** Different after every boot. */
export function bootIdOf(host: SimHost): string {
  return `boot-${host.number}-${host.bootCount}`;
}

async function answersOverLoopback(world: World, host: SimHost, signal: AbortSignal): Promise<boolean> {
  const answer = xapiAnswers(world, host.number, host.address, signal);
  const late = sleep(world.clock, LOOPBACK_MS, signal).then(() => false);
  return (await orAbort(Promise.race([answer, late]), signal)) ?? false;
}
