import { readEcho } from "../../adapters/group/own-host.ts";
import { vmUuid } from "../../core/model/ids.ts";
import type { GroupSelf } from "../../ports/group.ts";
import { roleOf } from "../pool-conf.ts";
import type { World } from "../world.ts";
import { knownToXenopsd } from "../xenopsd.ts";
import { bootIdOf } from "./local-host.ts";
import { orAbort, post } from "./network.ts";

/** What a monitor knows of its own host, from the truth. */
export function simGroupSelf(world: World, number: number): GroupSelf {
  const host = world.host(number);
  return {
    bootId: async () => bootIdOf(host),
    role: async () => roleOf(host.poolConf),
    isStartComplete: () => host.initComplete,
    isXapiHeld: async () => host.heldSinceMs !== null && host.xapi === null,
    // A host that is shut down in good order has no verb here.
    isEmptied: async () => false,
    knownVms: async () => knownToXenopsd(host).map(vmUuid),
    askXapi: async (signal) => {
      const request = { jsonrpc: "2.0", method: `system.isAlive:${ECHO}`, params: [ECHO], id: 1 };
      const answer = await orAbort(post(world, number, host.address, request), signal);
      if (answer === null || typeof answer === "string" || answer.http === 500) return "silent";
      const said = readEcho(JSON.stringify(answer.body));
      return said ?? "silent";
    },
  };
}

const ECHO = "e5c40000-0000-4000-8000-000000000001";
