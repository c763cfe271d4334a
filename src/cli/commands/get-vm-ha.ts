import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { askPool, withPool } from "../pool-access.ts";
import { plainText, renderColumns } from "../screens/text.ts";
import { findVms } from "../vm-argument.ts";
import { describeVm, type VmHa } from "../vm-management.ts";

export const getVmHaAction = defineAction({
  name: "get-vm-ha",
  description: "Shows the HA flag of every VM, and whether it is managed.",
  args: {
    vm: { type: "positional", required: false, description: "one VM only: its exact name or its uuid" },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    return withPool(ports, async ({ xapi, database, resolved, exitWithout }) => {
      if (database === null) return exitWithout;
      const listed = await askPool(ports, "list the VMs", (signal) => xapi.listVms(signal));
      if (!listed.ok) return listed.exit;
      const wanted = args.vm === undefined ? listed.value : findVms("show", args.vm, listed.value);
      const shown = wanted.map((vm) => describeVm(vm, database.pool.uuid, resolved.settings));
      if (args.json === true) ports.stdout(`${JSON.stringify(shown, null, 2)}\n`);
      else if (args.vm !== undefined) ports.stdout(shown.map(renderVm).join("\n"));
      else ports.stdout(renderVms(shown));
      return EXIT.done;
    });
  },
});

const HEAD = ["HA", "MANAGED", "UUID", "NAME"];

/** The names last: they may have any length. */
function renderVms(vms: readonly VmHa[]): string {
  if (vms.length === 0) return "There are no VMs in this pool.\n";
  const rows = vms.map((vm) => [flagText(vm), vm.managed ? "yes" : "no", vm.uuid, plainText(vm.name)]);
  const managed = vms.filter((vm) => vm.managed);
  const held = managed.filter(({ caveat }) => caveat !== null).length;
  const left = managed.filter(({ stopped }) => stopped?.staysDown === true).length;
  const counts = [
    ...(held === 0 ? [] : [`${held} of them not started as they are`]),
    ...(left === 0 ? [] : [`${left} stopped on purpose`]),
  ];
  const apart = counts.length === 0 ? "" : ` (${counts.join(", ")})`;
  const sum = `${managed.length} of ${vms.length} VMs managed${apart}; for the reasons: ha-cfg get-vm-ha NAME\n`;
  return `${renderColumns([HEAD, ...rows])}\n${sum}`;
}

function renderVm(vm: VmHa): string {
  const { uuid, name, powerState, managed, why, caveat } = vm;
  return [
    `UUID for ${plainText(name)} found: ${uuid}`,
    `  HA flag  ${flagText(vm)}`,
    `  managed  ${managed ? "yes" : "no"}: ${plainText(why)}${caveat === null ? "" : `; but ${caveat}`}`,
    `  state    ${powerState}${vm.stopped === null ? "" : `: ${vm.stopped.text}`}`,
    "",
  ].join("\n");
}

function flagText({ ha }: VmHa): string {
  return ha === null ? "unset" : String(ha);
}
