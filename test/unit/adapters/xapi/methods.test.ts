import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Glob } from "bun";

const CALL =
  /["`](?:Async\.)?((?:VM|VM_appliance|host|host_metrics|pool|session|task|message|event|secret|SR|PBD|VDI|VBD|PIF|VIF|network|console|blob|system)\.[a-zA-Z_]+)/g;
const SRC = new URL("../../../../src/", import.meta.url).pathname;

/** The XAPI methods that the program names, each once. */
function namedMethods(): readonly string[] {
  const files = [...new Glob("**/*.ts").scanSync(SRC)].filter((file) => !file.startsWith("simulation/"));
  const texts = files.map((file) => readFileSync(SRC + file, "utf8").replace(/^\s*(?:\/?\*|\/\/).*$/gm, ""));
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(CALL)].map(([, method = ""]) => method))),
  ].sort();
}

/**
 * The program ends no VM itself: whatever it finds running twice, only XAPI's own comparison or a person decides which copy goes
 * (core/README.md, "Where hosts and database differ"). A new call to XAPI has to be entered here, and read.
 */
test("all that the program calls in XAPI, and nothing that ends a domain", () => {
  expect(namedMethods().filter((name) => name !== "pool.conf")).toEqual([
    "VM.atomic_set_resident_on",
    "VM.get_all_records_where",
    "VM.power_state_reset",
    "VM.remove_from_other_config",
    "VM.start",
    "VM.start_on",
    "VM_appliance.get_all_records",
    "VM_appliance.start",
    "event.from",
    "host.call_plugin",
    "host.declare_dead",
    "host.destroy",
    "host.enable",
    "host.get_all_records",
    "host.get_by_uuid",
    "host.get_other_config",
    "host.get_resident_VMs",
    "host.get_servertime",
    "host.get_uuid",
    "host.remove_from_other_config",
    "host.request_backup",
    "host.restart_agent",
    "host.tickle_heartbeat",
    "message.create",
    "message.destroy",
    "message.get",
    "message.get_all_records_where",
    "pool.add_to_other_config",
    "pool.emergency_reset_master",
    "pool.emergency_transition_to_master",
    "pool.get_all_records",
    "pool.remove_from_other_config",
    "pool.sync_database",
    "secret.get_by_uuid",
    "secret.get_value",
    "session.local_logout",
    "session.login_with_password",
    "session.logout",
    "session.slave_local_login_with_password",
    "session.slave_login",
    "system.isAlive",
    "task.create",
    "task.destroy",
    "task.get_record",
    "task.set_progress",
    "task.set_status",
  ]);
});
