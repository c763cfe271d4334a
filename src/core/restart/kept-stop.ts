import { judgeStop, type StopVerdict } from "../intent/judge-stop.ts";
import type { VmUuid } from "../model/ids.ts";
import type { HaltedVm } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import { type Stop, stopOf } from "../model/stop.ts";
import { wishesOf } from "./stops.ts";

/** Why somebody wants this VM to stay down; null: nobody does. */
export type StaysDown = (vm: VmUuid) => Stop | null;

/** Who has stopped a halted VM, by what is kept with it: for whoever reads no messages of XAPI, and watches no hosts. */
export function judgeKept(
  { uuid, otherConfig, alwaysRun }: Pick<HaltedVm, "uuid" | "otherConfig" | "alwaysRun">,
  settings: RestartSettings,
): StopVerdict {
  return judgeStop(
    {
      ...{ kept: stopOf(uuid, otherConfig), alwaysRun, messages: "unknown", ranOn: null },
      ...{ hasHostBooted: false, isHostLost: false, wentDown: () => "not yet", wallMs: 0 },
    },
    wishesOf({ otherConfig }, settings),
  );
}

/** The same of all VMs that are down. */
export function keptStops(halted: readonly HaltedVm[], settings: RestartSettings): StaysDown {
  return staysDownBy(new Map(halted.map((vm) => [vm.uuid, judgeKept(vm, settings)])));
}

export function staysDownBy(verdicts: ReadonlyMap<VmUuid, StopVerdict>): StaysDown {
  return (vm) => {
    const verdict = verdicts.get(vm);
    return verdict?.cause.kind === "stopped" && !verdict.starts ? verdict.cause.stop : null;
  };
}
