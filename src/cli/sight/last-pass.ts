import type { StateStore } from "../../ports/state-store.ts";

/** The last iteration of this host, from its report (app/pass/pass-ports.ts `PassReport`). */
export interface LastPass {
  /** ISO 8601. */
  readonly finishedAt: string;
  /** Time since boot, of the boot named. */
  readonly finishedAtMs: number;
  readonly bootId: string;
  readonly durationMs: number;
  /** When the next one was wanted. */
  readonly nextInMs: number;
  readonly result: string;
}

/** null when there was none yet, or the report is not one of this version. */
export async function readLastPass(store: Pick<StateStore, "load">): Promise<LastPass | null> {
  const loaded = await store.load("pass");
  if (loaded.kind !== "found" || typeof loaded.value !== "object" || loaded.value === null) return null;
  const { finishedAtWall, finishedAtMs, bootId, durationMs, nextInMs, result } = loaded.value as Readonly<
    Record<string, unknown>
  >;
  if (typeof finishedAtWall !== "string" || typeof bootId !== "string" || typeof result !== "string")
    return null;
  if (typeof finishedAtMs !== "number" || typeof durationMs !== "number" || typeof nextInMs !== "number")
    return null;
  return { finishedAt: finishedAtWall, finishedAtMs, bootId, durationMs, nextInMs, result };
}
