/** A value as XAPI's JSON-RPC carries it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** A record is never changed in place: copies of a database share them. */
export type Fields = Readonly<Record<string, Json>>;

/** The classes that are kept; names as in the API. */
export const CLASSES = [
  "pool",
  "host",
  "host_metrics",
  "VM",
  "VM_appliance",
  "VM_group",
  "VM_guest_metrics",
  "SR",
  "PBD",
  "PIF",
  "network",
  "VIF",
  "VDI",
  "VBD",
  "task",
] as const;
export type ClassName = (typeof CLASSES)[number];

export const NULL_REF = "OpaqueRef:NULL";

interface Row {
  readonly fields: Fields;
  readonly created: number;
  readonly modified: number;
}

interface Deletion {
  readonly table: ClassName;
  readonly ref: string;
  readonly created: number;
  readonly deleted: number;
}

/** What became of an object since a generation; `fields` is absent for a deletion, as in an event. */
export interface Change {
  readonly table: ClassName;
  readonly ref: string;
  readonly operation: "add" | "mod" | "del";
  readonly generation: number;
  readonly fields: Fields | null;
}

/** Deletions older than this many are forgotten, so event.from can miss them (adapters/xapi/README.md, "Events"). */
const REMEMBERED_DELETIONS = 512;

/**
 * One copy of the pool database. The master's is the database; slaves hold copies as old as their last backup
 * (adapters/xapi/README.md, T6). Sessions are not in it, and tasks do not survive a copy.
 */
export class Database {
  private readonly tables: Map<ClassName, Map<string, Row>>;
  private deletions: Deletion[] = [];
  generation: number;
  /** Called after every change, to wake what waits for one. */
  onChange: () => void = () => {};

  constructor(from?: Database) {
    this.generation = from?.generation ?? 1;
    this.tables = new Map(CLASSES.map((table) => [table, new Map(from?.tables.get(table))]));
    if (from !== undefined) this.table("task").clear();
  }

  /** A copy as a backup or a restart of xapi makes it. */
  copy(): Database {
    return new Database(this);
  }

  private table(name: ClassName): Map<string, Row> {
    const table = this.tables.get(name);
    if (table === undefined) throw new RangeError(`Cannot use table ${name}: there is none`);
    return table;
  }

  get(table: ClassName, ref: string): Fields | undefined {
    return this.table(table).get(ref)?.fields;
  }

  /** For places where the object exists by construction. */
  must(table: ClassName, ref: string): Fields {
    const fields = this.get(table, ref);
    if (fields === undefined) throw new RangeError(`Cannot read ${table} ${ref}: it does not exist`);
    return fields;
  }

  /** The rows as they are kept, for those who look at all of them and change none meanwhile. */
  rows(table: ClassName): ReadonlyMap<string, Row> {
    return this.table(table);
  }

  entries(table: ClassName): [string, Fields][] {
    return [...this.table(table)].map(([ref, row]) => [ref, row.fields]);
  }

  refs(table: ClassName): string[] {
    return [...this.table(table).keys()];
  }

  count(table: ClassName): number {
    return this.table(table).size;
  }

  findByUuid(table: ClassName, uuid: string): string | undefined {
    for (const [ref, row] of this.table(table)) if (row.fields["uuid"] === uuid) return ref;
    return undefined;
  }

  insert(table: ClassName, ref: string, fields: Fields): void {
    this.generation += 1;
    const generation = this.generation;
    this.table(table).set(ref, { fields, created: generation, modified: generation });
    this.onChange();
  }

  /** Replaces fields of an object; without effect when nothing changes. */
  update(table: ClassName, ref: string, changes: Fields): void {
    const row = this.table(table).get(ref);
    if (row === undefined) return;
    if (!differs(row.fields, changes)) return;
    this.generation += 1;
    const fields = { ...row.fields, ...changes };
    this.table(table).set(ref, { fields, created: row.created, modified: this.generation });
    this.onChange();
  }

  delete(table: ClassName, ref: string): void {
    const row = this.table(table).get(ref);
    if (row === undefined) return;
    this.generation += 1;
    this.table(table).delete(ref);
    this.deletions.push({ table, ref, created: row.created, deleted: this.generation });
    this.deletions = this.deletions.slice(-REMEMBERED_DELETIONS);
    this.onChange();
  }

  /** Everything that changed after `generation`, in the order of the changes. */
  changesSince(generation: number): Change[] {
    const changes: Change[] = [];
    for (const { table, ref, created, deleted } of this.deletions) {
      if (deleted <= generation || created > generation) continue;
      changes.push({ table, ref, operation: "del", generation: deleted, fields: null });
    }
    for (const [table, rows] of this.tables) {
      for (const [ref, row] of rows) {
        if (row.modified <= generation) continue;
        const operation = row.created > generation ? "add" : "mod";
        changes.push({ table, ref, operation, generation: row.modified, fields: row.fields });
      }
    }
    return changes.sort((a, b) => a.generation - b.generation);
  }
}

function differs(fields: Fields, changes: Fields): boolean {
  for (const name in changes) if (fields[name] !== changes[name]) return true;
  return false;
}
