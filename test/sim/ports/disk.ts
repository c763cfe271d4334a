import type { ConfigSource } from "../../../src/ports/config-source.ts";
import type { StateName, StateStore } from "../../../src/ports/state-store.ts";

/** What survives a host's power cut: its state documents and its files in /etc/ha-lizard. */
export interface SimDisk {
  readonly documents: Map<StateName, string>;
  override: Record<string, string>;
  lastGood: Record<string, string> | null;
  /** No document can be written. */
  full: boolean;
}

export function newSimDisk(override: Readonly<Record<string, string>> = {}): SimDisk {
  return { documents: new Map(), override: { ...override }, lastGood: null, full: false };
}

/** The state directory of a host, in memory; what stands there is text, so that only plain JSON comes back. */
export function diskStore(disk: SimDisk): StateStore {
  return {
    load: async (name) => {
      const text = disk.documents.get(name);
      if (text === undefined) return { kind: "none" };
      try {
        const value: unknown = JSON.parse(text);
        return { kind: "found", value };
      } catch (error) {
        return { kind: "damaged", why: String(error) };
      }
    },
    save: async (name, value) => {
      if (disk.full) throw new Error(`Cannot write ${name}: no space left on device`);
      disk.documents.set(name, JSON.stringify(value));
    },
  };
}

export function diskConfig(disk: SimDisk): ConfigSource {
  return {
    read: async () => ({
      override: { ...disk.override },
      lastGood: disk.lastGood && { ...disk.lastGood },
      problems: [],
    }),
    saveLastGood: async (values) => {
      if (disk.full) throw new Error("Cannot write ha-lizard.pool.conf: no space left on device");
      disk.lastGood = { ...values };
    },
  };
}
