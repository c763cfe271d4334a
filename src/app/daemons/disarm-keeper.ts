import {
  type DisarmRecord,
  type DisarmWatch,
  isSameDisarm,
  stepDisarmWatch,
} from "../../core/group/disarm.ts";
import type { GroupState } from "../../core/group/group.ts";
import type { StateStore } from "../../ports/state-store.ts";

type Store = Pick<StateStore, "load" | "save">;

/**
 * Counts the time for which HA rests (core/group/disarm.ts), and notes since when, so that a monitor that starts in the same boot goes on
 * counting. Where the note cannot be read or written the whole time of the roll begins anew, which the roll's leader renews every minute.
 */
export class DisarmKeeper {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Once a second. Never rejects. */
  async tend(state: GroupState, nowMs: number): Promise<DisarmWatch> {
    const { bootId } = state.hearing;
    const disarm = stepDisarmWatch(state.disarm, state.voting.stored, nowMs);
    if (disarm === state.disarm || disarm.record.of.length === 0) return disarm;
    const sinceMs = (await this.notedSinceMs(disarm.record, bootId, nowMs)) ?? nowMs;
    await this.store.save("disarm-count", { bootId, record: disarm.record, sinceMs }).catch(() => undefined);
    return { ...disarm, sinceMs };
  }

  /** null: it is not known of this very record in this boot. */
  private async notedSinceMs(record: DisarmRecord, bootId: string, nowMs: number): Promise<number | null> {
    const loaded = await this.store.load("disarm-count");
    if (loaded.kind !== "found" || !isNote(loaded.value)) return null;
    const { value: note } = loaded;
    const isThis = note.bootId === bootId && isSameDisarm(note.record, record);
    return isThis && note.sinceMs <= nowMs ? note.sinceMs : null;
  }
}

interface Note {
  readonly bootId: string;
  readonly record: DisarmRecord;
  readonly sinceMs: number;
}

function isNote(value: unknown): value is Note {
  if (typeof value !== "object" || value === null) return false;
  const { bootId, record, sinceMs } = value as Partial<Note>;
  return typeof bootId === "string" && typeof sinceMs === "number" && Array.isArray(record?.of);
}
