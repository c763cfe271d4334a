import { openIncident } from "../../../../src/core/fencing/incident.ts";
import type { HostHealth } from "../../../../src/core/memory/host-health.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { KnownHost, LastGoodView } from "../../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { address, host, POOL } from "../fixtures.ts";

export function knownHost(uuid: HostUuid, over: Partial<KnownHost> = {}): KnownHost {
  return {
    uuid,
    name: uuid,
    address: address(uuid),
    enabled: true,
    xapiStartTime: "1.",
    xapiStartedAtMs: 0,
    disabledSinceMs: null,
    disabledByStart: false,
    ...over,
  };
}

/** A pool of h1, h2 and h3, all of them members unless a test says otherwise; h1 is the master. */
export function lastGoodView(over: Partial<LastGoodView> = {}): LastGoodView {
  const hosts = over.hosts ?? [knownHost(host(1)), knownHost(host(2)), knownHost(host(3))];
  return {
    atMs: 0,
    pool: POOL,
    poolName: "lab",
    master: host(1),
    haFlag: "on",
    hosts,
    members: hosts.map(({ uuid }) => uuid),
    ranking: [host(2), host(3)],
    parameters: "0:0",
    ...over,
  };
}

export function remembered(over: Partial<Memory> = {}): Memory {
  return { ...emptyMemory("boot-1"), lastGood: lastGoodView(), ...over };
}

export function healthOf(state: HostHealth["state"], over: Partial<HostHealth> = {}): HostHealth {
  const pings = state === "alive" || state === "xapi-down";
  return { state, sinceMs: 0, failedRetries: 0, lastRetryMs: 0, xapiSilentSinceMs: null, pings, ...over };
}

export function incidentOn(uuid: HostUuid, phase: Incident["phase"], over: Partial<Incident> = {}): Incident {
  return { ...openIncident(uuid, 0), phase, ...over };
}

/** A take-over from h1 that waits for h3. */
export function takeOver(over: Partial<PromotionState> = {}): PromotionState {
  const begun = { nowMs: 0, awaited: [host(3)], inMaintenance: [], startTimes: { h3: "1." } };
  return { ...beginPromotion({ oldMaster: host(1), ...begun }), ...over };
}
