import { customFieldKey, haFlagOf } from "../../core/model/ha-flag.ts";
import { showName } from "../../core/model/plain-text.ts";
import type { ListedVm } from "../../ports/pool-database.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { askPool, changePool, type PoolAccess, withPool } from "../pool-access.ts";
import { plainText } from "../screens/text.ts";
import { findVms } from "../vm-argument.ts";

type Flag = "true" | "false";

export const setVmHaAction = defineAction({
  name: "set-vm-ha",
  description: "Sets the HA flag of one VM.",
  args: {
    vm: { type: "positional", required: true, description: "the VM: its exact name or its uuid" },
    flag: { type: "positional", required: true, description: "true or false" },
  },
  async run(args, ports) {
    const flag = args.flag.toLowerCase();
    if (flag !== "true" && flag !== "false") {
      const shown = JSON.stringify(args.flag.slice(0, 60));
      throw new UsageError(`Cannot set HA of ${plainText(args.vm)} to ${shown}: allowed: true or false`);
    }
    return withPool(ports, async (pool) => {
      if (pool.database === null) return pool.exitWithout;
      const listed = await askPool(ports, "list the VMs", (signal) => pool.xapi.listVms(signal));
      if (!listed.ok) return listed.exit;
      return store(onlyOne(findVms("set HA of", args.vm, listed.value)), flag, pool, ports);
    });
  },
});

function onlyOne(found: readonly ListedVm[]): ListedVm {
  const [vm, ...others] = found;
  if (vm === undefined || others.length > 0) {
    const list = found.map(({ uuid, powerState }) => `\n  ${uuid}  ${powerState}`).join("");
    const name = plainText(vm?.name ?? "");
    const why = `${found.length} VMs have this name, none was changed; give a uuid:`;
    throw new UsageError(`Cannot set HA of ${name}: ${why}${list}`);
  }
  return vm;
}

async function store(vm: ListedVm, flag: Flag, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  const { settings } = pool.resolved;
  const name = plainText(vm.name);
  ports.stdout(`UUID for ${name} found: ${vm.uuid}\n`);
  warn(flag, pool, ports);
  if (haFlagOf(vm.otherConfig, settings.XC_FIELD_NAME) === (flag === "true" ? "on" : "off")) {
    ports.stdout(`VM: ${name} has HA status: ${flag} already\n`);
    return EXIT.done;
  }
  const key = customFieldKey(settings.XC_FIELD_NAME);
  const change = {
    what: `set HA of ${name}`,
    audit: `HA flag of VM ${showName(vm.name)} (${vm.uuid}) set to ${flag}`,
    run: (signal: AbortSignal) => pool.xapi.setVmKey(vm.uuid, key, flag, signal),
    done: () => ports.stdout(`Success: VM: ${name} updated to HA status: ${flag}\n`),
  };
  const code = await changePool(ports, pool, [change]);
  if (code === EXIT.done)
    ports.stdout(`Wait at least ${settings.MONITOR_DELAY} seconds for changes to be applied\n`);
  return code;
}

/** A flag that nobody reads is a surprise in the night. */
function warn(flag: Flag, { resolved }: PoolAccess, ports: CliPorts): void {
  const { OP_MODE, GLOBAL_VM_HA } = resolved.settings;
  if (OP_MODE === 1)
    ports.stderr("Warning: OP_MODE=1 manages appliances; the flags of single VMs are not read.\n");
  else if (GLOBAL_VM_HA && flag === "false")
    ports.stderr("Warning: GLOBAL_VM_HA=1 manages every VM, also those whose flag is false.\n");
}
