import { withoutSecrets } from "../../config/pool-keys.ts";
import type { Action, Outcome } from "../../core/model/action.ts";
import { shorten } from "../../core/model/plain-text.ts";
import type { PoolView } from "../../core/model/pool-view.ts";
import type { Reason } from "../../core/model/reason.ts";
import type { PassPorts } from "./pass-ports.ts";

/** What happened in a round in which something was done or said. */
export interface JournalRound {
  readonly view: PoolView;
  readonly reasons: readonly Reason[];
  readonly actions: readonly Action[];
  readonly outcomes: readonly Outcome[];
}

/** The same as it is kept: what was done, and the record of it, null when later rounds were worth more. */
export interface KeptRound {
  readonly actions: readonly Action[];
  record: unknown;
}

interface JournalEntry {
  readonly atWall: string;
  readonly rounds: readonly unknown[];
}

/** In bytes of JSON: a round, an eventful pass, and the whole file, which every eventful pass writes anew. */
const ROUND_BYTES = 40_000;
const ENTRY_BYTES = 200_000;
const FILE_BYTES = 500_000;
const KEPT_PASSES = 200;
const KEPT_ROUNDS = 40;
/** How many items of a list are kept, the fewest that are needed cut away: a thousand halted VMs say what twenty say. */
const LISTS = [200, 50, 20, 5, 1];
const LONGEST_TEXT = 500;

/**
 * Adds a round to those of its pass. Whatever the size of the pool and the length of the pass, what is kept of them has a
 * bound, in memory too.
 */
export function keepRound(journal: KeptRound[], { view, reasons, actions, outcomes }: JournalRound): void {
  const record = fit({ view: plainView(view), reasons, actions, outcomes });
  journal.push({ actions, record });
  const old = journal.at(-KEPT_ROUNDS - 1);
  if (old !== undefined) old.record = null;
}

/** The view as plain JSON, without passwords. */
function plainView(view: PoolView): unknown {
  const { database } = view;
  const seen = {
    ...view,
    // It is as large as the pool, and the actions say what came of it.
    inventory: view.inventory !== null,
    probes: Object.fromEntries(view.probes),
    hearing: plainHearing(view.hearing),
    runs: Object.fromEntries(view.runs),
  };
  if (!database.ok) return { ...seen, database: database.fault };
  const { pool, hosts, halted } = database.value;
  const open = <T extends { readonly otherConfig: Readonly<Record<string, string>> }>(record: T) => ({
    ...record,
    otherConfig: withoutSecrets(record.otherConfig),
  });
  const slim = {
    ...database.value,
    pool: open(pool),
    hosts: hosts.map((host) => ({ ...open(host), residents: host.residents.length })),
    halted: halted.map(open),
  };
  return { ...seen, database: slim };
}

/** Who was heard: whom each of the others hears would be a line for each pair of hosts. */
function plainHearing(hearing: PoolView["hearing"]): unknown {
  return hearing === "unknown"
    ? hearing
    : hearing.peers.map(({ host, heard, by, own }) => ({ host, heard, by, own }));
}

/** The record when it is short enough, else with shorter lists, in the end what it is about alone. */
function fit(record: unknown): unknown {
  if (bytesOf(record) <= ROUND_BYTES) return record;
  for (const most of LISTS) {
    const cut = cutLists(record, most);
    if (bytesOf(cut) <= ROUND_BYTES) return cut;
  }
  return { leftOut: `a round of ${bytesOf(record)} bytes` };
}

function cutLists(value: unknown, most: number): unknown {
  if (typeof value === "string") return shorten(value, LONGEST_TEXT);
  if (typeof value !== "object" || value === null) return value;
  const more = (count: number) => `… and ${count - most} more`;
  if (Array.isArray(value)) {
    const kept = value.slice(0, most).map((item) => cutLists(item, most));
    return value.length > most ? [...kept, more(value.length)] : kept;
  }
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, MOST_FIELDS)
    .map(([key, item]) => [shorten(key, LONGEST_TEXT), cutLists(item, most)]);
  return Object.fromEntries(kept);
}

/** No record of ours has nearly as many fields, nor a pool as many hosts; a map of anybody's may have any number. */
const MOST_FIELDS = 100;

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "");
}

/** Adds an eventful pass to the ring. Losing a journal line never stops anything. */
export async function writeJournal(ports: PassPorts, kept: readonly KeptRound[]): Promise<void> {
  if (kept.length === 0) return;
  const records = kept.flatMap(({ record }) => (record === null ? [] : [record]));
  const entry: JournalEntry = {
    atWall: new Date(ports.clock.wallMs()).toISOString(),
    rounds: lastOf(records, ENTRY_BYTES),
  };
  try {
    const loaded = await ports.store.load("journal");
    const before: readonly unknown[] =
      loaded.kind === "found" && Array.isArray(loaded.value) ? loaded.value : [];
    await ports.store.save("journal", lastOf([...before, entry].slice(-KEPT_PASSES), FILE_BYTES));
  } catch (error) {
    ports.logger.log("warning", "write_pool_state", `Cannot write the journal: ${String(error)}`);
  }
}

/** As many of the last items as fit. */
function lastOf<T>(items: readonly T[], limit: number): readonly T[] {
  let bytes = 0;
  let first = items.length;
  while (first > 0) {
    bytes += bytesOf(items[first - 1]);
    if (bytes > limit) break;
    first--;
  }
  return items.slice(first);
}
