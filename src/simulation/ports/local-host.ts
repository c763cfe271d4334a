import { hostUuid, vmUuid } from "../../core/model/ids.ts";
import type { Role } from "../../core/model/pool-view.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import { sleep } from "../clock.ts";
import { killDomain, resetHost, restartToolstack } from "../control.ts";
import type { SimHost, World } from "../world.ts";
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
      domains: [...host.domains.keys()].map(vmUuid),
      xapiAnswers: await answersOverLoopback(world, host, signal),
    }),
    destroyDomain: async (vm, signal) => {
      await sleep(world.clock, world.timings.destroyDomainMs, signal);
      if (host.power) killDomain(world, host, vm, "destroyed");
    },
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

function roleOf(poolConf: string): Role {
  if (poolConf === "master") return { kind: "master" };
  if (poolConf.startsWith("slave:")) return { kind: "slave", masterAddress: poolConf.slice("slave:".length) };
  return { kind: "broken" };
}
