import type { HostUuid, PoolUuid, VmUuid } from "../model/ids.ts";
import type { DatabaseView, HostView, Inventory, InventoryVm } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import type { Stop } from "../model/stop.ts";
import { placementHosts, placementVm } from "../placement/build-problem.ts";
import { place } from "../placement/place.ts";
import { whyNowhere } from "../placement/why-nowhere.ts";
import type { StaysDown } from "./kept-stop.ts";
import { rankOf } from "./rank.ts";
import { judgeVm, type RestartRefusal } from "./restart-plan.ts";

/** What would become of a VM if some hosts failed now. */
export type Fate =
  /** It runs on, or stays as it is. */
  | { readonly kind: "stays" }
  | { readonly kind: "starts"; readonly host: HostUuid; readonly isTogether: boolean }
  /** HA looks after it, and no host could run it. `isTied`: whatever memory were free; `lacks`: what hosts in service lack. */
  | {
      readonly kind: "no-host";
      readonly why: string;
      readonly lacks: string;
      readonly isTied: boolean;
    }
  /** HA would not start it anywhere. */
  | { readonly kind: "left"; readonly why: RestartRefusal }
  /** Neither, because somebody has stopped it. */
  | { readonly kind: "stopped"; readonly stop: Stop };

export interface Foreseen {
  readonly uuid: VmUuid;
  readonly name: string;
  /** Where it runs now; null: nowhere. */
  readonly on: HostUuid | null;
  readonly fate: Fate;
}

/** By what a VM is judged. */
interface Rules {
  readonly pool: PoolUuid;
  readonly settings: RestartSettings;
  readonly staysDown: StaysDown;
}

/**
 * For every VM what would become of it if these hosts failed now, by the same rules by which it would be started: the hosts that are
 * enabled and live take what the failed ones leave, and what is down already. Pure; OP_MODE=2 alone.
 */
export function foresee(
  failed: ReadonlySet<HostUuid>,
  { pool, hosts }: Pick<DatabaseView, "pool" | "hosts">,
  inventory: Inventory,
  settings: RestartSettings,
  staysDown: StaysDown,
): readonly Foreseen[] {
  const left = hosts.filter(({ uuid, enabled, live }) => !failed.has(uuid) && enabled && live);
  const rules = { pool: pool.uuid, settings, staysDown };
  const judged = inventory.vms.map((vm) => ({ vm, why: judge(vm, failed, rules) }));
  const falling = judged.filter(({ why }) => why === null).map(({ vm }) => vm);
  const { placed, unplaced } = place(
    falling.map((vm) => placementVm(vm, rankOf(vm), vm, settings)),
    placementHosts(left, [], { inventory, settings }),
  );
  const names = new Map<string, string>(hosts.map(({ uuid, name }) => [uuid, name]));
  const nameOf = (uuid: string) => names.get(uuid) ?? inventory.names.get(uuid) ?? uuid;
  const away = hosts.filter((host) => !left.includes(host)).map((host) => excluded(host, failed));
  const fates = new Map<VmUuid, Fate>([
    ...placed.map(({ vm, host, isTogether }) => [vm, { kind: "starts", host, isTogether }] as [VmUuid, Fate]),
    ...unplaced.map(({ vm, obstacles }): [VmUuid, Fate] => [
      vm,
      {
        kind: "no-host",
        why: whyNowhere(obstacles, away, nameOf),
        lacks: whyNowhere(obstacles, [], nameOf),
        isTied: obstacles.length > 0 && obstacles.every(({ kind }) => kind !== "memory" && kind !== "taken"),
      },
    ]),
  ]);
  return judged.map(({ vm: { uuid, name, residentOn }, why }) => ({
    uuid,
    name,
    on: residentOn,
    fate: why ?? fates.get(uuid) ?? { kind: "stays" },
  }));
}

/** null: it would have to be started. */
function judge(
  vm: InventoryVm,
  failed: ReadonlySet<HostUuid>,
  { pool, settings, staysDown }: Rules,
): Fate | null {
  if (vm.residentOn !== null && !failed.has(vm.residentOn)) return { kind: "stays" };
  // Suspended, or paused: nobody starts it.
  if (vm.residentOn === null && vm.powerState !== "Halted") return { kind: "stays" };
  // Whatever is done with it now ends with its host.
  const why = judgeVm(vm.residentOn === null ? vm : { ...vm, busy: false }, pool, settings);
  if (why !== null) return { kind: "left", why };
  const stop = vm.residentOn === null ? staysDown(vm.uuid) : null;
  return stop === null ? null : { kind: "stopped", stop };
}

function excluded({ uuid, enabled }: HostView, failed: ReadonlySet<HostUuid>) {
  return { host: uuid, why: failed.has(uuid) ? "failed" : enabled ? "not in service" : "disabled" };
}
