import * as z from "zod/mini";
import type { PoolUuid, VmUuid } from "../../core/ids.ts";
import { vmUuid } from "../../core/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StateStore } from "../../ports/state-store.ts";

export type IndexStore = Pick<StateStore, "load" | "save">;

/** What has to be known of every running VM, and hardly ever changes while it runs. */
export interface IndexedVm {
  readonly uuid: VmUuid;
  /** `other_config["home-pool"]`, null when absent. */
  readonly homePool: string | null;
  readonly memoryBytes: number;
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

const documentShape = z.object({
  version: z.literal(1),
  readAtMs: z.number(),
  master: z.string(),
  vms: z.record(
    z.string(),
    z.object({
      uuid: z.string(),
      homePool: z.nullable(z.string()),
      memoryBytes: z.number(),
      isControlDomain: z.boolean(),
    }),
  ),
});

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
    const document = { version: 1, readAtMs, master, vms: Object.fromEntries(this.vms) };
    await this.store.save("vm-index", document).catch(() => {
      this.changed = true;
    });
  }

  private async load(): Promise<void> {
    const found = await this.store.load("vm-index").catch(() => null);
    if (found?.kind !== "found") return;
    const parsed = z.safeParse(documentShape, found.value);
    if (!parsed.success) return;
    for (const [ref, vm] of Object.entries(parsed.data.vms)) this.put(ref, { ...vm, uuid: vmUuid(vm.uuid) });
    this.readAtMs = parsed.data.readAtMs;
    this.master = parsed.data.master;
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
    a.isControlDomain === b.isControlDomain
  );
}
