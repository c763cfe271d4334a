import type { SimHost, World } from "../world.ts";

/**
 * The pool database as the master's own file (adapters/xapi/README.md, "The database on disk"). Memory is ahead of it
 * until it is written: after `diskWriteMs`, at a clean stop, and when anybody takes a copy.
 */

/** Writes what the master has in memory; false: its disk is full, and the file stays as it was. */
export function store(world: World, master: SimHost): boolean {
  if (writesAtOnce(world)) return true;
  if (master.databaseDiskFull) return false;
  master.stored = master.database.copy();
  world.record("database-stored", { host: master.number });
  return true;
}

/** A xapi that was killed, or lost its power, leaves what its master's file says. */
export function loseUnwritten(master: SimHost): void {
  if (master.stored === null) return;
  master.database = master.stored;
  master.stored = null;
}

/** A master that starts has read its file; what it changes from now on is ahead of it. */
export function beginAhead(world: World, master: SimHost): void {
  if (!writesAtOnce(world)) master.stored = master.database.copy();
}

/** The master's memory is on disk with every change: easier than any real pool (timings.ts, `diskWriteMs`). */
function writesAtOnce(world: World): boolean {
  return world.timings.diskWriteMs === 0;
}
