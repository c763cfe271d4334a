import type { Stored } from "../../core/group/stored.ts";
import type { PoolUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ConfigSource } from "../../ports/config-source.ts";
import {
  isOfThisBoot,
  type LoadedState,
  OF_THIS_BOOT,
  type StateName,
  type StateStore,
} from "../../ports/state-store.ts";
import type { VoteStore } from "../../ports/vote-store.ts";

/** What was saved, or written by hand; the other is made of it when somebody asks. */
interface Document {
  saved: unknown;
  text: string | null;
  /** What a reader gets: plain JSON. */
  plain: { readonly value: unknown } | null;
}

/**
 * State documents as text, so that only plain JSON comes back and a text can be torn. Most are replaced before anybody
 * reads them, so the text is made when it is asked for: the program changes nothing that it has saved or loaded.
 */
export class SimDocuments {
  private readonly documents = new Map<StateName, Document>();

  get(name: StateName): string | undefined {
    const document = this.documents.get(name);
    if (document === undefined) return undefined;
    document.text ??= JSON.stringify(document.saved);
    return document.text;
  }

  set(name: StateName, text: string): void {
    this.documents.set(name, { saved: undefined, text, plain: null });
  }

  clear(): void {
    this.documents.clear();
  }

  /** What was under /run is gone. */
  reboot(): void {
    for (const name of OF_THIS_BOOT) this.documents.delete(name);
  }

  save(name: StateName, saved: unknown): void {
    this.documents.set(name, { saved, text: null, plain: null });
  }

  /** Throws when the text is no JSON. */
  load(name: StateName): LoadedState {
    const document = this.documents.get(name);
    if (document === undefined) return { kind: "none" };
    document.plain ??= { value: this.read(document) };
    return { kind: "found", value: document.plain.value };
  }

  private read({ saved, text }: Document): unknown {
    return text === null ? plainOf(saved) : JSON.parse(text);
  }
}

function plainOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/** A vote, and the pool that it was given in. */
interface KeptVote {
  readonly pool: PoolUuid;
  readonly stored: Stored;
}

/** What survives a host's power cut: its state documents and its files in /etc/ha-lizard. */
export interface SimDisk {
  readonly documents: SimDocuments;
  /** null: there never was one. `damaged`: nobody can read it. */
  vote: KeptVote | "damaged" | null;
  override: Record<string, string>;
  lastGood: Readonly<Record<string, string>> | null;
  /** No document can be written that is to outlive a boot. */
  full: boolean;
  /** What it takes to flush such a document. */
  flushMs: number;
}

export function newSimDisk(override: Readonly<Record<string, string>> = {}): SimDisk {
  return {
    documents: new SimDocuments(),
    vote: null,
    override: { ...override },
    lastGood: null,
    full: false,
    flushMs: 0,
  };
}

/** The state directory of a host, in memory; what stands there is text, so that only plain JSON comes back. */
export function diskStore(disk: SimDisk, clock: Pick<Clock, "sleep">): StateStore {
  return {
    load: async (name) => {
      try {
        return disk.documents.load(name);
      } catch (error) {
        return { kind: "damaged", why: String(error) };
      }
    },
    save: async (name, value) => {
      const isFlushed = !isOfThisBoot(name);
      if (isFlushed && disk.flushMs > 0) await clock.sleep(disk.flushMs);
      if (isFlushed && disk.full) throw new Error(`Cannot write ${name}: no space left on device`);
      disk.documents.save(name, value);
    },
  };
}

/** The vote of a host; its files were allocated beforehand, so a full disk does not matter to it. */
export function diskVotes(disk: SimDisk, clock: Pick<Clock, "sleep">): VoteStore {
  return {
    load: async (pool) => {
      const { vote } = disk;
      if (vote === "damaged") return { kind: "damaged", why: "neither of its two files can be read" };
      return vote?.pool === pool ? { kind: "stored", stored: vote.stored } : { kind: "none" };
    },
    save: async (pool, stored) => {
      if (disk.flushMs > 0) await clock.sleep(disk.flushMs);
      disk.vote = { pool, stored };
    },
  };
}

export function diskConfig(disk: SimDisk): ConfigSource {
  return {
    read: async () => ({
      override: { ...disk.override },
      lastGood: disk.lastGood,
      problems: [],
    }),
    saveLastGood: async (values) => {
      if (disk.full) throw new Error("Cannot write ha-lizard.pool.conf: no space left on device");
      disk.lastGood = values;
    },
  };
}
