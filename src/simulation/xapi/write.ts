import type { ClassName, Fields, Json } from "../database.ts";
import { ApiError } from "./answer.ts";
import type { Call, Method, Methods } from "./method.ts";
import { need } from "./read.ts";

/**
 * Writes of single map keys and of whole fields that exist for the classes in use (adapters/xapi/README.md,
 * "`other_config`").
 */
export const WRITE_METHODS: Methods = {
  ...mapMethods("pool", "other_config"),
  ...mapMethods("host", "other_config"),
  ...mapMethods("VM", "other_config"),
  ...mapMethods("VM_appliance", "other_config"),
  ...mapMethods("VM", "blocked_operations"),
  ...mapMethods("VDI", "sm_config"),
  "VM.set_order": setter("VM", "order", "int", (value) => {
    if (Number(value) < 0) throw new ApiError("INVALID_VALUE", ["order must be non-negative", String(value)]);
  }),
  "VM.set_start_delay": setter("VM", "start_delay", "int"),
  "VM.set_affinity": setter("VM", "affinity", "string"),
  "VM.set_ha_restart_priority": setter("VM", "ha_restart_priority", "string", (value) => {
    if (!["restart", "best-effort", ""].includes(String(value))) {
      throw new ApiError("INVALID_VALUE", ["ha_restart_priority", String(value)]);
    }
  }),
  "pool.set_name_label": setter("pool", "name_label", "string"),
  "host.set_name_label": setter("host", "name_label", "string"),
  "VM.set_name_label": setter("VM", "name_label", "string"),
};

function mapMethods(table: ClassName, field: string): Methods {
  return {
    [`${table}.add_to_${field}`]: {
      params: ["string", "string", "string"],
      run: (call, args) => addKey(call, table, field, args),
    },
    [`${table}.remove_from_${field}`]: {
      params: ["string", "string"],
      run: ({ database }, [self, key]) => {
        const { [String(key)]: _, ...others } = need(database, table, String(self))[field] as Fields;
        database.update(table, String(self), { [field]: others });
        return "";
      },
    },
    [`${table}.set_${field}`]: setter(table, field, "map"),
  };
}

function addKey(call: Call, table: ClassName, field: string, [self, key, value]: readonly Json[]): Json {
  const ref = String(self);
  const map = need(call.database, table, ref)[field] as Fields;
  if (key === "") throw new ApiError("INTERNAL_ERROR", ["Db_exn.Empty_key_in_map"]);
  if (String(key) in map) throw new ApiError("MAP_DUPLICATE_KEY", [table, field, ref, String(key)]);
  call.database.update(table, ref, { [field]: { ...map, [String(key)]: String(value) } });
  return "";
}

function setter(
  table: ClassName,
  field: string,
  type: "string" | "int" | "map",
  check: (value: Json) => void = () => {},
): Method {
  return {
    params: ["string", type],
    run: ({ database }, [self, value]) => {
      need(database, table, String(self));
      check(value ?? "");
      database.update(table, String(self), { [field]: type === "int" ? Number(value) : (value ?? "") });
      return "";
    },
  };
}
