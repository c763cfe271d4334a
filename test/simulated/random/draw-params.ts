import type { Random } from "../../../src/simulation/random.ts";

export type Params = Readonly<Record<string, string>>;

export const GATEWAY = "192.0.2.1";

/** Parameters as administrators set them: mostly a method that proves, short times so that histories are short. */
export function drawParams(random: Random): Params {
  const method = random.chance(0.88) ? "IPMI" : "POOL";
  const heuristics = random.chance(0.6);
  return {
    FENCE_METHOD: method,
    FENCE_ENABLED: random.chance(0.95) ? "1" : "0",
    FENCE_HA_ONFAIL: random.chance(0.04) ? "1" : "0",
    FENCE_MIN_HOSTS: random.pick(["2", "2", "2", "3"]),
    FENCE_QUORUM_REQUIRED: random.chance(0.93) ? "1" : "0",
    FENCE_REBOOT_LONE_HOST: random.pick(["0", "1"]),
    FENCE_USE_IP_HEURISTICS: heuristics ? "1" : "0",
    FENCE_HEURISTICS_IPS: heuristics ? GATEWAY : "",
    FENCE_ACTION: random.pick(["stop", "stop", "stop", "reset"]),
    FENCE_TIMEOUT: random.pick(["20", "60", "60"]),
    XAPI_COUNT: random.pick(["1", "2", "3", "5"]),
    XAPI_DELAY: random.pick(["2", "5", "10", "15"]),
    XAPI_DOWN_TOLERANCE: random.pick(["30", "120", "300", "300"]),
    XE_TIMEOUT: random.pick(["5", "5", "10"]),
    MONITOR_DELAY: random.pick(["15", "30", "45"]),
    PROMOTE_SLAVE: random.chance(0.93) ? "1" : "0",
    SLAVE_HA: random.chance(0.95) ? "1" : "0",
    SLAVE_VM_STAT: random.pick(["0", "0", "1"]),
    HOST_SELECT_METHOD: random.pick(["0", "0", "1"]),
    GLOBAL_VM_HA: random.chance(0.85) ? "1" : "0",
  };
}

/**
 * Has the administrator done without a proof of death? Then two copies of a VM are a risk that was chosen, which is
 * counted.
 */
export function isWithoutProof(params: Params): boolean {
  return (
    params["FENCE_METHOD"] === "POOL" ||
    params["FENCE_ENABLED"] === "0" ||
    params["FENCE_HA_ONFAIL"] === "1" ||
    params["FENCE_QUORUM_REQUIRED"] === "0"
  );
}
