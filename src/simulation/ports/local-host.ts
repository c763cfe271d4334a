import { hostUuid, vmUuid } from "../../core/model/ids.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import { sleep } from "../clock.ts";
import {
  holdXapi,
  releaseXapi,
  resetHost,
  restartToolstack,
  setRoute,
  systemctlXapi,
  unblockRoutes,
} from "../control.ts";
import { roleOf } from "../pool-conf.ts";
import type { SimHost, World } from "../world.ts";
import { writePoolConf } from "../xapi/process.ts";
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
      heldSinceMs: host.heldSinceMs,
      blockedRoutes: [...host.routes],
    }),
    restartToolstack: async (signal) => {
      expectNotHeld(host);
      world.record("toolstack-restart", { host: host.number });
      restartToolstack(world, host);
      await sleep(world.clock, world.timings.xapiRestartMs, signal);
    },
    holdXapi: async () => holdXapi(world, host),
    holdAsSlaveOf: async (address) => {
      host.heldSinceMs = null;
      holdXapi(world, host);
      writePoolConf(world, host, `slave:${address}`);
    },
    releaseXapi: async () => releaseXapi(world, host),
    restartXapi: async (signal) => {
      expectNotHeld(host);
      systemctlXapi(world, host, "restart");
      await sleep(world.clock, world.timings.xapiRestartMs, signal);
    },
    blockRoute: async (address) => setRoute(world, host, address, true),
    unblockRoutes: async () => unblockRoutes(world, host),
    rebootNow: () => {
      world.record("reboot-self", { host: host.number });
      resetHost(world, host);
      return new Promise(() => {});
    },
  };
}

function expectNotHeld(host: SimHost): void {
  if (host.heldSinceMs !== null)
    throw new Error("Cannot restart xapi: it is held until its master's database agrees");
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
