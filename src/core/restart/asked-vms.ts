import type { VmUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { CoreSettings } from "../model/settings.ts";
import { hasRunHere, isManaged } from "./restart-plan.ts";

/** The VMs that every host is asked about: those HA looks after that are down, and those that run. */
export function askedVms(database: DatabaseView, settings: CoreSettings): readonly VmUuid[] {
  const { uuid: pool } = database.pool;
  const halted = database.halted.filter((vm) => isManaged(vm, settings) && hasRunHere(vm, pool));
  const residents = database.hosts.flatMap((host) => host.residents);
  return [...halted, ...residents.filter(({ homePool }) => homePool === pool)].map(({ uuid }) => uuid);
}
