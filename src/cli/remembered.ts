import type { Memory } from "../core/memory.ts";
import { parseMemory } from "../core/memory-shape.ts";
import type { CliPorts } from "./cli-ports.ts";

/** What the iterations of this host remember; null when they have left nothing that can be understood. */
export async function rememberedMemory(store: CliPorts["store"]): Promise<Memory | null> {
  const loaded = await store.load("memory");
  return loaded.kind === "found" ? parseMemory(loaded.value) : null;
}
