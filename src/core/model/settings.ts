/*
 * The settings that decisions read, by the names that HA-Lizard's manual gives them, each group by who reads it. They are declared
 * here and not taken from the parameter table, so that the core knows no parser.
 */

/** How patient this host is with a silent peer. */
export interface HealthSettings {
  readonly XAPI_COUNT: number;
  /** Seconds. */
  readonly XAPI_DELAY: number;
  /** Seconds. */
  readonly XAPI_DOWN_TOLERANCE: number;
}

export interface FencePolicySettings {
  readonly FENCE_ENABLED: boolean;
  readonly FENCE_METHOD: string;
  readonly FENCE_ACTION: "start" | "stop" | "reset";
  readonly FENCE_MIN_HOSTS: number;
  readonly FENCE_QUORUM_REQUIRED: boolean;
}

/** Where VMs go. */
export interface PlacementSettings {
  readonly ANTI_AFFINITY_TAGS: readonly string[];
  /** Uuids of hosts. */
  readonly SPARE_HOSTS: readonly string[];
}

export interface RestartSettings extends PlacementSettings {
  readonly OP_MODE: 1 | 2;
  readonly GLOBAL_VM_HA: boolean;
  readonly DISABLED_VAPPS: readonly string[];
  readonly XC_FIELD_NAME: string;
  readonly HOST_SELECT_METHOD: 0 | 1;
  readonly RESTART_STOPPED: boolean;
  readonly RESTART_ON_GUEST_SHUTDOWN: boolean;
  /** What of a group has to be there before the next one is started, beside its VMs. */
  readonly START_WAITS_FOR: "nothing" | "tools" | "address";
  /** Seconds, for each VM from its start. */
  readonly START_WAITS_LIMIT: number;
}

export interface AlertSettings {
  /** Minutes. */
  readonly MAIL_SCREEN_TIME: number;
}

export interface CoreSettings extends HealthSettings, FencePolicySettings, RestartSettings, AlertSettings {
  /** Seconds. */
  readonly MONITOR_DELAY: number;
  readonly PROMOTE_SLAVE: boolean;
  readonly SLAVE_HA: boolean;
  readonly SLAVE_VM_STAT: boolean;
  readonly FENCE_HA_ONFAIL: boolean;
  readonly FENCE_HOST_FORGET: boolean;
  readonly FENCE_REBOOT_LONE_HOST: boolean;
  readonly FENCE_USE_IP_HEURISTICS: boolean;
}
