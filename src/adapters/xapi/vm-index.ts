import type { PoolUuid, VmUuid } from "../../core/model/ids.ts";
import { vmUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StateStore } from "../../ports/state-store.ts";

export type IndexStore = Pick<StateStore, "load" | "save">;

/** That a VM is resident on a host. */
export interface Sighting {
  /** Its reference. */
  readonly host: string;
  /**
   * `boot_time` of the host in which the VM came there; null: not known. After a boot a host is read with its new time before XAPI has
   * found that its VMs are gone, so a VM keeps the first one for as long as it is resident there.
   */
  readonly boot: string | null;
}

/** What has to be known of every running VM, and hardly ever changes while it runs. */
export interface IndexedVm {
  readonly uuid: VmUuid;
  /** `homePoolOf` (core/model/pool-keys.ts). */
  readonly homePool: string | null;
  /** As in `HaltedVm`. */
  readonly memoryBytes: number;
  readonly leastMemoryBytes: number;
  readonly isControlDomain: boolean;
  /** `stopOf` (core/model/stop.ts) has found something. */
  readonly hasStop: boolean;
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
  /** On which host a VM was resident when it was seen last; null: it was not, since this master is one. */
  ranOn(ref: string): Sighting | null;
  noteResidents(sighting: Sighting, refs: readonly string[]): void;
  /** What is halted: should it be resident again, then in the boot that its host has then. */
  noteHalted(refs: Iterable<string>): void;
  /** Forgets all others: VMs that are neither resident nor halted any more. */
  keepOnly(refs: ReadonlySet<string>): void;
  /** After a stamp of ours, so that the VM need not be read again to see it. */
  noteHomePool(vm: VmUuid, pool: PoolUuid): void;
  /** After such a key was written, or taken away. */
  noteStop(vm: VmUuid, hasStop: boolean): void;
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
  hasStop: boolean,
];

/** 3: a home pool is that of the VM itself; 4: memory with what Xen needs, and how far it can be squeezed; 5: who stopped a VM, and where it ran; 6: in which boot. */
const VERSION = 6;

type Ran = readonly [host: string, boot: string | null, refs: readonly string[]];

interface Document {
  readonly version: typeof VERSION;
  readonly readAtMs: number;
  readonly master: string;
  readonly vms: Readonly<Record<string, Row>>;
  /** References of VMs by where each was resident last. */
  readonly ran: readonly Ran[];
  /** Those of them that were halted then. */
  readonly down: readonly string[];
}

export function createVmIndex(store: IndexStore, clock: Pick<Clock, "uptimeMs">): VmIndex {
  return new StoredVmIndex(store, clock);
}

class StoredVmIndex implements VmIndex {
  private readonly store: IndexStore;
  private readonly clock: Pick<Clock, "uptimeMs">;
  private readonly vms = new Map<string, IndexedVm>();
  private readonly refs = new Map<VmUuid, string>();
  private readonly seen = new Map<string, Sighting>();
  private readonly down = new Set<string>();
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
    for (const ref of this.seen.keys()) {
      if (kept.has(ref)) continue;
      this.seen.delete(ref);
      this.down.delete(ref);
    }
  }

  ranOn(ref: string): Sighting | null {
    return this.seen.get(ref) ?? null;
  }

  noteResidents(sighting: Sighting, refs: readonly string[]): void {
    for (const ref of refs) {
      const wasDown = this.down.delete(ref);
      if (!wasDown && this.seen.get(ref)?.host === sighting.host) continue;
      this.seen.set(ref, sighting);
      this.changed = true;
    }
  }

  noteHalted(refs: Iterable<string>): void {
    for (const ref of refs) {
      if (!this.seen.has(ref) || this.down.has(ref)) continue;
      this.down.add(ref);
      this.changed = true;
    }
  }

  noteHomePool(uuid: VmUuid, pool: PoolUuid): void {
    this.change(uuid, { homePool: pool });
  }

  noteStop(uuid: VmUuid, hasStop: boolean): void {
    this.change(uuid, { hasStop });
  }

  private change(uuid: VmUuid, news: Partial<IndexedVm>): void {
    const ref = this.refs.get(uuid);
    const vm = ref === undefined ? undefined : this.vms.get(ref);
    if (ref !== undefined && vm !== undefined) this.put(ref, { ...vm, ...news });
  }

  async save(): Promise<void> {
    if (!this.changed) return;
    this.changed = false;
    const { readAtMs, master } = this;
    const vms = Object.fromEntries([...this.vms].map(([ref, vm]): [string, Row] => [ref, rowOf(vm)]));
    const down = [...this.down];
    const document: Document = { version: VERSION, readAtMs, master, vms, ran: ranOf(this.seen), down };
    await this.store.save("vm-index", document).catch(() => {
      this.changed = true;
    });
  }

  private async load(): Promise<void> {
    const found = await this.store.load("vm-index").catch(() => null);
    if (found?.kind !== "found") return;
    if (!isDocument(found.value)) return;
    const { vms, ran, down, readAtMs, master } = found.value;
    for (const ref of Object.keys(vms)) {
      const row = vms[ref];
      if (row !== undefined) this.put(ref, vmOf(row));
    }
    for (const [host, boot, refs] of ran) this.noteResidents({ host, boot }, refs);
    this.noteHalted(down);
    this.readAtMs = readAtMs;
    this.master = master;
    this.changed = false;
  }

  private startAfresh(nowMs: number, master: string): void {
    this.vms.clear();
    this.refs.clear();
    // What is read again, for somebody may have changed it, says nothing of where a VM that is down has run.
    if (this.master !== master) {
      this.seen.clear();
      this.down.clear();
    }
    this.readAtMs = nowMs;
    this.master = master;
    this.changed = true;
  }
}

function ranOf(seen: ReadonlyMap<string, Sighting>): readonly Ran[] {
  const rows = new Map<string, { host: string; boot: string | null; refs: string[] }>();
  for (const [ref, { host, boot }] of seen) {
    const key = `${host} ${boot}`;
    const row = rows.get(key) ?? { host, boot, refs: [] };
    row.refs.push(ref);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ host, boot, refs }): Ran => [host, boot, refs]);
}

function isSame(a: IndexedVm, b: IndexedVm): boolean {
  return (
    a.uuid === b.uuid &&
    a.homePool === b.homePool &&
    a.memoryBytes === b.memoryBytes &&
    a.leastMemoryBytes === b.leastMemoryBytes &&
    a.isControlDomain === b.isControlDomain &&
    a.hasStop === b.hasStop
  );
}

const rowOf = (vm: IndexedVm): Row => [
  ...([vm.uuid, vm.homePool, vm.memoryBytes, vm.isControlDomain, vm.leastMemoryBytes, vm.hasStop] as const),
];

function vmOf([uuid, homePool, memoryBytes, isControlDomain, leastMemoryBytes, hasStop]: Row): IndexedVm {
  return { uuid: vmUuid(uuid), homePool, memoryBytes, leastMemoryBytes, isControlDomain, hasStop };
}

/** Checked by hand, in one walk: it is read with every pass. What is not whole is forgotten, and read from XAPI again. */
function isDocument(value: unknown): value is Document {
  if (typeof value !== "object" || value === null) return false;
  const { version, readAtMs, master, vms, ran, down } = value as Partial<Record<keyof Document, unknown>>;
  if (!Array.isArray(ran) || !ran.every(isRan) || !isListOfText(down)) return false;
  if (version !== VERSION || typeof readAtMs !== "number" || typeof master !== "string") return false;
  return typeof vms === "object" && vms !== null && Object.values(vms).every(isRow);
}

function isRan(row: unknown): boolean {
  if (!Array.isArray(row) || row.length !== 3) return false;
  const [host, boot, refs] = row;
  return typeof host === "string" && (boot === null || typeof boot === "string") && isListOfText(refs);
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length !== 6) return false;
  const [uuid, homePool, memoryBytes, isControlDomain, leastMemoryBytes, hasStop] = row;
  if (typeof uuid !== "string" || typeof memoryBytes !== "number") return false;
  if (typeof leastMemoryBytes !== "number" || typeof hasStop !== "boolean") return false;
  return (homePool === null || typeof homePool === "string") && typeof isControlDomain === "boolean";
}
