import { heldHosts } from "../members/heard.ts";
import type { VmUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import type { CoreSettings } from "../model/settings.ts";
import { hasRunHere, isManaged } from "./restart-plan.ts";

/**
 * The VMs that every host is asked about: those HA looks after that are down, and those that run; and while a xapi is held all that run,
 * for its comparison would end any of them.
 */
export function askedVms(
  database: DatabaseView,
  settings: CoreSettings,
  view: Pick<PoolView, "hearing">,
): readonly VmUuid[] {
  const { uuid: pool } = database.pool;
  const halted = database.halted.filter((vm) => isManaged(vm, settings) && hasRunHere(vm, pool));
  const residents = database.hosts.flatMap((host) => host.residents);
  const isAll = heldHosts(view.hearing).length > 0;
  return [...halted, ...residents.filter(({ homePool }) => isAll || homePool === pool)].map(
    ({ uuid }) => uuid,
  );
}
