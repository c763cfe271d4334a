import type { Settings } from "../../config/params.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { DatabaseView, PoolView } from "../../core/model/pool-view.ts";
import { awaitedGuests } from "../../core/restart/awaited-guests.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { GuestReader } from "../../ports/pool-database.ts";

interface Reader {
  readonly ports: { readonly clock: Clock };
  readonly xapi: GuestReader;
  readonly memory: Memory;
  readonly settings: Settings;
}

/** Nothing is held up by a slow answer: the next round asks again, and a start waits no longer than START_WAITS_LIMIT. */
const LIMIT_MS = 1_000;

/** The guests that are ready, of those for which a start waits; without such a wait, no call. */
export async function readReady(
  { ports, xapi, memory, settings }: Reader,
  database: DatabaseView,
  signal: AbortSignal,
): Promise<PoolView["ready"]> {
  const awaited = awaitedGuests(memory, database, settings, ports.clock.uptimeMs());
  const { START_WAITS_FOR } = settings;
  if (awaited.length === 0 || START_WAITS_FOR === "nothing") return new Set();
  return withDeadline<PoolView["ready"]>(
    ports.clock,
    LIMIT_MS,
    signal,
    (inner) => xapi.readReady(awaited, START_WAITS_FOR, inner),
    () => new Set(),
  );
}
