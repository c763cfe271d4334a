import type { ParameterName } from "./params.ts";

/** One of the examples of HA-Lizard's manual: a set of parameters for one kind of pool. */
export interface Preset {
  /** One line: for whom it is. */
  readonly meaning: string;
  /** As the pool database holds them. */
  readonly values: Readonly<Partial<Record<ParameterName, string>>>;
  /** It has use for heuristic IPs, which only the administrator knows. */
  readonly asksHeuristics: boolean;
  /** Offered for a faster take-over; null: nothing is. */
  readonly faster: Readonly<Partial<Record<ParameterName, string>>> | null;
}

const COMMON = {
  FENCE_ACTION: "stop",
  FENCE_HOST_FORGET: "0",
  GLOBAL_VM_HA: "1",
  MONITOR_DELAY: "45",
  MONITOR_MAX_STARTS: "40",
  MONITOR_SCANRATE: "10",
  OP_MODE: "2",
  XE_TIMEOUT: "10",
} as const;

/**
 * HA-Lizard's manual sets FENCE_HA_ONFAIL=1 here. Then the VMs of a host that could not be fenced are started although
 * that host may still run them, and two copies destroy a disk: it stays 0.
 */
const HOST_HA = {
  ...COMMON,
  FENCE_ENABLED: "1",
  FENCE_HA_ONFAIL: "0",
  FENCE_METHOD: "POOL",
  FENCE_MIN_HOSTS: "3",
  FENCE_QUORUM_REQUIRED: "1",
  FENCE_REBOOT_LONE_HOST: "1",
  FENCE_USE_IP_HEURISTICS: "1",
  PROMOTE_SLAVE: "1",
  SLAVE_HA: "1",
  SLAVE_VM_STAT: "1",
} as const;

/** Why a preset leaves FENCE_HA_ONFAIL at 0, for people. */
export const WHY_NO_ONFAIL =
  "FENCE_HA_ONFAIL stays 0, unlike in the manual's example: with 1 VMs are started although their old host may still run them.";

/** Why a preset does not write its FENCE_METHOD, for people. */
export const WHY_METHOD_STAYS =
  "It proves that a host is off; POOL, which this preset writes where there is no such method, proves nothing.";

/** The three examples of HA-Lizard's manual, and shorter times, by the names of `ha-cfg preset`. */
export const PRESETS: ReadonlyMap<string, Preset> = new Map<string, Preset>([
  [
    "auto-start",
    {
      meaning: "VMs that halt are started again; hosts are neither fenced nor replaced",
      values: {
        ...COMMON,
        FENCE_ENABLED: "0",
        FENCE_HA_ONFAIL: "0",
        FENCE_QUORUM_REQUIRED: "0",
        FENCE_USE_IP_HEURISTICS: "0",
        PROMOTE_SLAVE: "0",
        SLAVE_HA: "0",
        SLAVE_VM_STAT: "1",
      },
      asksHeuristics: false,
      faster: null,
    },
  ],
  [
    "pool",
    {
      meaning: "three hosts or more, with HA for hosts",
      values: HOST_HA,
      asksHeuristics: true,
      faster: null,
    },
  ],
  [
    "fast",
    {
      meaning:
        "a dead host has failed after 12 s, where the network between the hosts is sound; nothing else is changed",
      values: { MONITOR_DELAY: "15", XAPI_COUNT: "3", XAPI_DELAY: "4" },
      asksHeuristics: false,
      faster: null,
    },
  ],
  [
    "two-node",
    {
      meaning: "two hosts, with HA for hosts",
      values: { ...HOST_HA, FENCE_MIN_HOSTS: "2", FENCE_REBOOT_LONE_HOST: "0" },
      asksHeuristics: true,
      faster: { XAPI_COUNT: "2", XAPI_DELAY: "10" },
    },
  ],
]);
