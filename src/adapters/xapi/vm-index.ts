import type { PoolUuid, VmUuid } from "../../core/model/ids.ts";
import { vmUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StateStore } from "../../ports/state-store.ts";

export type IndexStore = Pick<StateStore, "load" | "save">;

/** What has to be known of every running VM, and hardly ever changes while it runs. */
export interface IndexedVm {
  readonly uuid: VmUuid;
  /** `homePoolOf` (core/model/pool-keys.ts). */
  readonly homePool: string | null;
  /** As in `HaltedVm`. */
  readonly memoryBytes: number;
  readonly leastMemoryBytes: number;
  readonly isControlDomain: boolean;
}

/**
 * Which reference is which VM. `host.resident_VMs` has references only; with this index a pass reads the records of
 * those VMs alone that it has never seen, so that the number of calls does not depend on the number of VMs.
 */
export interface VmIndex {
  /** Those of `refs` that have to be read. `master` (a reference): after a change of master the database may be an older one, so nothing is kept. */
  missing(refs: readonly string[], master: string): Promise<readonly string[]>;
  get(ref: string): IndexedVm | undefined;
  refOf(vm: VmUuid): string | undefined;
  put(ref: string, vm: IndexedVm): void;
  /** Forgets all others: VMs that are neither resident nor halted any more. */
  keepOnly(refs: ReadonlySet<string>): void;
  /** After a stamp of ours, so that the VM need not be read again to see it. */
  noteHomePool(vm: VmUuid, pool: PoolUuid): void;
  /** Writes the document if it changed. A failure costs the next pass one call and nothing else. */
  save(): Promise<void>;
}

/** Whatever somebody else changed in a record is seen after this time at the latest. */
const MAX_AGE_MS = 60 * 60_000;

/** As it is kept: of five thousand VMs every name of a field would be written, read and checked five thousand times. */
type Row = readonly [
  uuid: string,
  homePool: string | null,
  memoryBytes: number,
  isControlDomain: boolean,
  leastMemoryBytes: number,
];

/** 3: a home pool is that of the VM itself; 4: memory with what Xen needs, and how far it can be squeezed. */
const VERSION = 4;

interface Document {
  readonly version: typeof VERSION;
  readonly readAtMs: number;
  readonly master: string;
  readonly vms: Readonly<Record<string, Row>>;
}

export function createVmIndex(store: IndexStore, clock: Pick<Clock, "uptimeMs">): VmIndex {
  return new StoredVmIndex(store, clock);
}

class StoredVmIndex implements VmIndex {
  private readonly store: IndexStore;
  private readonly clock: Pick<Clock, "uptimeMs">;
  private readonly vms = new Map<string, IndexedVm>();
  private readonly refs = new Map<VmUuid, string>();
  private readAtMs = 0;
  private master = "";
  private changed = false;
  private loading: Promise<void> | null = null;

  constructor(store: IndexStore, clock: Pick<Clock, "uptimeMs">) {
    this.store = store;
    this.clock = clock;
  }

  async missing(wanted: readonly string[], master: string): Promise<readonly string[]> {
    this.loading ??= this.load();
    await this.loading;
    const nowMs = this.clock.uptimeMs();
    // A time in the future is one of an earlier boot.
    const isFresh = this.readAtMs <= nowMs && nowMs - this.readAtMs < MAX_AGE_MS;
    if (!isFresh || this.master !== master) this.startAfresh(nowMs, master);
    return wanted.filter((ref) => !this.vms.has(ref));
  }

  get(ref: string): IndexedVm | undefined {
    return this.vms.get(ref);
  }

  refOf(vm: VmUuid): string | undefined {
    return this.refs.get(vm);
  }

  put(ref: string, vm: IndexedVm): void {
    const before = this.vms.get(ref);
    if (before !== undefined && isSame(before, vm)) return;
    this.vms.set(ref, vm);
    this.refs.set(vm.uuid, ref);
    this.changed = true;
  }

  keepOnly(kept: ReadonlySet<string>): void {
    for (const [ref, vm] of this.vms) {
      if (kept.has(ref)) continue;
      this.vms.delete(ref);
      if (this.refs.get(vm.uuid) === ref) this.refs.delete(vm.uuid);
      this.changed = true;
    }
  }

  noteHomePool(uuid: VmUuid, pool: PoolUuid): void {
    const ref = this.refs.get(uuid);
    const vm = ref === undefined ? undefined : this.vms.get(ref);
    if (ref !== undefined && vm !== undefined) this.put(ref, { ...vm, homePool: pool });
  }

  async save(): Promise<void> {
    if (!this.changed) return;
    this.changed = false;
    const { readAtMs, master } = this;
    const vms = Object.fromEntries([...this.vms].map(([ref, vm]): [string, Row] => [ref, rowOf(vm)]));
    const document: Document = { version: VERSION, readAtMs, master, vms };
    await this.store.save("vm-index", document).catch(() => {
      this.changed = true;
    });
  }

  private async load(): Promise<void> {
    const found = await this.store.load("vm-index").catch(() => null);
    if (found?.kind !== "found") return;
    if (!isDocument(found.value)) return;
    const { vms, readAtMs, master } = found.value;
    for (const ref of Object.keys(vms)) {
      const row = vms[ref];
      if (row !== undefined) this.put(ref, vmOf(row));
    }
    this.readAtMs = readAtMs;
    this.master = master;
    this.changed = false;
  }

  private startAfresh(nowMs: number, master: string): void {
    this.vms.clear();
    this.refs.clear();
    this.readAtMs = nowMs;
    this.master = master;
    this.changed = true;
  }
}

function isSame(a: IndexedVm, b: IndexedVm): boolean {
  return (
    a.uuid === b.uuid &&
    a.homePool === b.homePool &&
    a.memoryBytes === b.memoryBytes &&
    a.leastMemoryBytes === b.leastMemoryBytes &&
    a.isControlDomain === b.isControlDomain
  );
}

const rowOf = (vm: IndexedVm): Row => [
  vm.uuid,
  vm.homePool,
  vm.memoryBytes,
  vm.isControlDomain,
  vm.leastMemoryBytes,
];

function vmOf([uuid, homePool, memoryBytes, isControlDomain, leastMemoryBytes]: Row): IndexedVm {
  return { uuid: vmUuid(uuid), homePool, memoryBytes, leastMemoryBytes, isControlDomain };
}

/** Checked by hand, in one walk: it is read with every pass. What is not whole is forgotten, and read from XAPI again. */
function isDocument(value: unknown): value is Document {
  if (typeof value !== "object" || value === null) return false;
  const { version, readAtMs, master, vms } = value as Partial<Record<keyof Document, unknown>>;
  if (version !== VERSION || typeof readAtMs !== "number" || typeof master !== "string") return false;
  return typeof vms === "object" && vms !== null && Object.values(vms).every(isRow);
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length !== 5) return false;
  const [uuid, homePool, memoryBytes, isControlDomain, leastMemoryBytes] = row;
  if (typeof uuid !== "string" || typeof memoryBytes !== "number") return false;
  if (typeof leastMemoryBytes !== "number") return false;
  return (homePool === null || typeof homePool === "string") && typeof isControlDomain === "boolean";
}
