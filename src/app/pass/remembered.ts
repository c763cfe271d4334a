import type { Memory } from "../../core/memory/memory.ts";
import { parseMemory } from "../../core/memory/memory.ts";
import type { StateStore } from "../../ports/state-store.ts";

/** What the iterations of this host remember; null when they have left nothing that can be understood. */
export async function rememberedMemory(store: Pick<StateStore, "load">): Promise<Memory | null> {
  for (const name of ["recent-memory", "memory"] as const) {
    const loaded = await store.load(name);
    const memory = loaded.kind === "found" ? parseMemory(loaded.value) : null;
    if (memory !== null) return memory;
  }
  return null;
}
