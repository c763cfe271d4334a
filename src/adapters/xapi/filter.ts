/**
 * XAPI's filters for `get_all_records_where` (adapters/xapi/README.md, "Reads and filters"): equality only, `and` and
 * `or` of equal rank, so everything is in parentheses; a literal knows no escape.
 */
const equals = (field: string, value: string): string => `(field "${field}" = "${value}")`;

const NO_REAL_VM = ["is_control_domain", "is_a_template", "is_a_snapshot"];

/** VMs of every power state that are no template, snapshot or control domain. */
export const REAL_VMS = NO_REAL_VM.map((field) => equals(field, "false")).join(" and ");

/** Halted ones of them. */
export const HALTED_VMS = `${equals("power_state", "Halted")} and ${REAL_VMS}`;

/** Every VM that has a domain, control domains included. */
export const VMS_WITH_DOMAIN = [equals("power_state", "Running"), equals("power_state", "Paused")].join(
  " or ",
);

/** VBDs with something in them: no empty CD drive. */
export const FILLED_DRIVES = equals("empty", "false");

const HAS_NO_ADDRESS = ["ip_configuration_mode", "ipv6_configuration_mode"];

/** PIFs that are plugged and have an IP configuration: two or three of the many that a host has. */
export const ADDRESSED_PIFS = `${equals("currently_attached", "true")} and (not (${HAS_NO_ADDRESS.map((field) => equals(field, "None")).join(" and ")}))`;

/** VMs by reference (`_ref`) or `uuid`; at least one, each checked by records.ts before. */
export function anyOf(field: "_ref" | "uuid", values: readonly string[]): string {
  return values.map((value) => equals(field, value)).join(" or ");
}

/** Messages of one name, which is ours and has no quotes in it. */
export function namedMessages(name: string): string {
  return equals("name", name);
}
