import type { HostUuid } from "../core/model/ids.ts";

/** What a list says of one host: all that stands behind its uuid and the colon. */
export interface ListedDevice {
  readonly host: HostUuid;
  readonly device: string;
}

/** A list as its agent reads it. */
export interface ExaminedList {
  readonly devices: readonly ListedDevice[];
  /** What the agent cannot use: `line 3: 7 is no uuid`. */
  readonly problems: readonly string[];
}

/** `<METHOD>.hosts` of one host. */
export interface FenceList {
  readonly path: string;
  /** null: there is no such file. */
  readonly text: string | null;
}

export type ReadList =
  | ({ readonly ok: true } & FenceList)
  /** It is there, and is not used: others may write it, or it cannot be read. */
  | { readonly ok: false; readonly why: string };

export interface ListWrite {
  readonly method: string;
  /** The whole new file. */
  readonly text: string;
  /** What the one who writes has read there before: null, no file. */
  readonly seen: string | null;
  /** Also a list that its agent cannot use as a whole, that names no host, or in the place of one that has changed since. */
  readonly force: boolean;
}

/** How a BMC is reached, from elsewhere than a list. */
export interface DeviceWords {
  readonly address: string;
  /** null: FENCE_USER's, or the agent's own. */
  readonly user: string | null;
}

/** The lists of fence devices of the built-in methods, `<METHOD>.hosts`, on this host. No method rejects. */
export interface FenceLists {
  /** The methods that have one. */
  readonly methods: readonly string[];
  /** A line, for people: `<host uuid>:<address of its BMC>[:<port>][:<user>]`. */
  shape(method: string): string;
  read(method: string): Promise<ReadList>;
  /** What this host had before the list was last replaced by `write`; null: nothing is kept. */
  readBefore(method: string): Promise<string | null>;
  /** As the agent of the method would read this text. */
  examine(method: string, text: string): ExaminedList;
  /** A device as a line of this method says it. */
  render(method: string, device: DeviceWords): string;
  /**
   * Replaces the list as a whole, mode 0600; what was there stays beside it, as `<METHOD>.hosts.bak`. The same text again changes
   * nothing. null when it is done, else why it is not: then the old one is still there.
   */
  write(write: ListWrite): Promise<string | null>;
}
