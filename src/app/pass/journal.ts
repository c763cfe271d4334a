import { withoutSecrets } from "../../config/pool-keys.ts";
import type { Action, Outcome } from "../../core/model/action.ts";
import type { PoolView } from "../../core/model/pool-view.ts";
import type { Reason } from "../../core/model/reason.ts";
import type { PassPorts } from "./pass-ports.ts";

/** One round in which something was done or said: enough to replay the decision through the same core. */
export interface JournalRound {
  readonly view: unknown;
  readonly reasons: readonly Reason[];
  readonly actions: readonly Action[];
  readonly outcomes: readonly Outcome[];
}

export interface JournalEntry {
  readonly atWall: string;
  readonly rounds: readonly JournalRound[];
}

const KEPT_PASSES = 500;
const KEPT_BYTES = 4_000_000;
const ROUNDS_PER_PASS = 40;

/** The view as plain JSON, without the long lists that no decision about hosts reads, and without passwords. */
export function viewForJournal(view: PoolView): unknown {
  const { database } = view;
  const slim = database.ok
    ? {
        ...database.value,
        pool: { ...database.value.pool, otherConfig: withoutSecrets(database.value.pool.otherConfig) },
        hosts: database.value.hosts.map((host) => ({ ...host, residents: host.residents.length })),
      }
    : database.fault;
  return { ...view, database: slim, probes: Object.fromEntries(view.probes) };
}

/** Adds an eventful pass to the ring. Losing a journal line never stops anything. */
export async function writeJournal(ports: PassPorts, rounds: readonly JournalRound[]): Promise<void> {
  if (rounds.length === 0) return;
  const entry: JournalEntry = {
    atWall: new Date(ports.clock.wallMs()).toISOString(),
    rounds: rounds.slice(-ROUNDS_PER_PASS),
  };
  try {
    const loaded = await ports.store.load("journal");
    const before = loaded.kind === "found" && Array.isArray(loaded.value) ? loaded.value : [];
    await ports.store.save("journal", trim([...before, entry]));
  } catch (error) {
    ports.logger.log("warning", "write_pool_state", `Cannot write the journal: ${String(error)}`);
  }
}

function trim(entries: readonly unknown[]): readonly unknown[] {
  const kept = entries.slice(-KEPT_PASSES);
  let bytes = 0;
  let first = kept.length;
  while (first > 0) {
    bytes += JSON.stringify(kept[first - 1]).length;
    if (bytes > KEPT_BYTES && first < kept.length) break;
    first--;
  }
  return kept.slice(first);
}
