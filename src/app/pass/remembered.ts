import type { KnownHost } from "../../core/memory/last-good.ts";
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

/** The hosts of the pool by what the iterations of this host remember, those with it that were removed; none when that cannot be understood. */
export async function rememberedHosts(store: Pick<StateStore, "load">): Promise<readonly KnownHost[]> {
  const lastGood = (await rememberedMemory(store))?.lastGood ?? null;
  return lastGood === null ? [] : [...lastGood.hosts, ...lastGood.forgotten];
}
