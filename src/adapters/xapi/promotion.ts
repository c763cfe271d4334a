import type { HostUuid } from "../../core/model/ids.ts";
import type { Promotion } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { voidOf } from "./errors.ts";
import { parseValue, refList } from "./records.ts";

/** 2–4 s with all hosts up; a dead host costs its connect timeout (adapters/xapi/README.md, "Calling slaves back"). */
const RECOVER_MS = 60_000;

export function createPromotion({ session, refs }: XapiContext): Promotion {
  return {
    async promoteSelf(signal) {
      return voidOf(await session.callLocally("pool.emergency_transition_to_master", [], signal));
    },
    async followMaster(address, signal) {
      return voidOf(await session.callLocally("pool.emergency_reset_master", [address], signal));
    },
    async recoverSlaves(signal) {
      const method = "pool.recover_slaves";
      const answer = await session.call(method, [], signal, RECOVER_MS);
      const accepted = parseValue(method, refList, answer);
      if (!accepted.ok) return accepted;
      const hosts: HostUuid[] = [];
      for (const ref of accepted.value) {
        const uuid = await refs.hostUuid(ref, signal);
        if (!uuid.ok) return uuid;
        hosts.push(uuid.value);
      }
      return { ok: true, value: hosts };
    },
  };
}
