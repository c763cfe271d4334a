import type { Settings } from "../../config/params.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { DatabaseView, Inventory } from "../../core/model/pool-view.ts";
import { whyInventoryDue } from "../../core/restart/inventory-due.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { PoolReader } from "../../ports/pool-database.ts";

/** What a pass has read of the inventory last, for its later rounds. */
export interface InventoryLook {
  inventory: Inventory | null;
  /** When that was; null: not yet. */
  atMs: number | null;
}

/** So long what was read serves the later rounds of a pass, in which VMs are started one after the other. */
const REUSE_MS = 10_000;
/**
 * A pool that does not say within this time what it has is asked again later; VMs are placed by their memory alone. Nobody waits for
 * a look at a pool that is well.
 */
const LIMITS_MS = { "for-a-start": 10_000, "for-the-standing": 2_000 } as const;

interface Looker {
  readonly look: InventoryLook;
  readonly clock: Clock;
  readonly xapi: Pick<PoolReader, "readInventory">;
  readonly memory: Memory;
  readonly settings: Settings;
}

/** What VMs need and hosts have; null where nobody has to know, or it could not be read. */
export async function readInventory(
  { look, clock, xapi, memory, settings }: Looker,
  database: DatabaseView,
  signal: AbortSignal,
): Promise<Inventory | null> {
  const why = whyInventoryDue(memory, database, settings, clock.uptimeMs());
  if (why === null) return null;
  const isRecent = look.atMs !== null && clock.uptimeMs() - look.atMs < REUSE_MS;
  if (!isRecent) {
    const read = await withDeadline(
      clock,
      LIMITS_MS[why],
      signal,
      (inner) => xapi.readInventory(inner),
      () => null,
    );
    look.inventory = read?.ok === true ? read.value : null;
    // A start gets the whole time, though a look before it was given up early.
    if (look.inventory !== null || why === "for-a-start") look.atMs = clock.uptimeMs();
  }
  return look.inventory;
}
