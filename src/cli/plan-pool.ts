import type { DatabaseView, Inventory } from "../core/model/pool-view.ts";
import { type CliPorts, EXIT, type ExitCode } from "./cli-ports.ts";
import { askPool, type PoolAccess, withPool } from "./pool-access.ts";

/** The pool, with all that its VMs need of a host. */
export interface PlannedPool extends PoolAccess {
  readonly database: DatabaseView;
  readonly inventory: Inventory;
}

/**
 * For an action that asks what would be if hosts failed: reads the pool and what its VMs need, after `choose` has understood which hosts are
 * meant. What cannot be read is told on standard error. `what`: behind "Cannot".
 */
export function withInventory<T>(
  ports: CliPorts,
  what: string,
  choose: (database: DatabaseView) => T,
  use: (chosen: T, pool: PlannedPool) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  return withPool(ports, async (pool) => {
    const { xapi, database, resolved, exitWithout } = pool;
    if (database === null) return exitWithout;
    const chosen = choose(database);
    if (resolved.settings.OP_MODE === 1) {
      ports.stderr(`Cannot ${what} with OP_MODE=1: XAPI places the VMs of an appliance.\n`);
      return EXIT.failed;
    }
    const read = await askPool(ports, "read what VMs need", (signal) => xapi.readInventory(signal));
    return read.ok ? use(chosen, { ...pool, database, inventory: read.value }) : read.exit;
  });
}
