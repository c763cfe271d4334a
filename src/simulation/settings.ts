import { databaseSeenBy, masterDatabases } from "./control.ts";
import type { Database } from "./database.ts";
import type { SimHost, World } from "./world.ts";

/**
 * The defaults of the parameters that invariants read, those of HA-Lizard's manual; written here again, apart from the
 * program's table.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  DISABLED_VAPPS: "",
  FENCE_ENABLED: "1",
  FENCE_HA_ONFAIL: "0",
  FENCE_HEURISTICS_IPS: "",
  FENCE_METHOD: "POOL",
  FENCE_MIN_HOSTS: "3",
  FENCE_QUORUM_REQUIRED: "1",
  FENCE_REBOOT_LONE_HOST: "0",
  FENCE_TIMEOUT: "60",
  FENCE_USE_IP_HEURISTICS: "0",
  GLOBAL_VM_HA: "1",
  MAIL_SCREEN_TIME: "60",
  MONITOR_DELAY: "45",
  OP_MODE: "2",
  XAPI_DOWN_TOLERANCE: "300",
  XC_FIELD_NAME: "ha-lizard-enabled",
};

/** The keys that the pool of a database has in `other_config`. */
export function poolKeys(database: Database): Readonly<Record<string, string>> {
  const pool = database.refs("pool")[0];
  return (pool === undefined ? {} : database.get("pool", pool)?.["other_config"]) as Record<string, string>;
}

/** A parameter as it stands for a host: its override file, the pool it sees (or last copied), the default. */
export function settingOf(
  world: World,
  host: SimHost,
  overrides: Readonly<Record<string, string>>,
  name: string,
): string {
  const seen = databaseSeenBy(host) ?? masterDatabases(world)[0] ?? host.database;
  return overrides[name] ?? poolKeys(seen)[`HA_${name}`] ?? DEFAULTS[name] ?? "";
}
