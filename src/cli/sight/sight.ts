import type { Resolved } from "../../config/resolve.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { Hearing } from "../../core/model/hearing.ts";
import type { HostUuid, PoolUuid } from "../../core/model/ids.ts";
import type { DatabaseView, LocalView, XapiResult } from "../../core/model/pool-view.ts";
import type { ConfigTexts } from "../../ports/config-source.ts";
import type { PeerAnswer } from "../../ports/peers.ts";
import type { ListedVm } from "../../ports/pool-database.ts";
import type { LastPass } from "./last-pass.ts";

/** What this host can see of its pool within a few seconds, whoever is dead. */
export interface Sight {
  readonly texts: ConfigTexts;
  /** With the database, or without it from the last good copy. */
  readonly resolved: Resolved;
  /** null: it does not even know its own uuid. */
  readonly self: LocalView | null;
  readonly memory: RememberedMemory | null;
  readonly lastPass: LastPass | null;
  /** What the monitor hears; null: it has published nothing within the last three seconds of this boot. */
  readonly hearing: Hearing | null;
  readonly database: XapiResult<DatabaseView>;
  /** How long XAPI took to answer, or how long it was waited for. */
  readonly readMs: number;
  /** Every VM; null when that could not be read. */
  readonly vms: readonly ListedVm[] | null;
  readonly pool: { readonly uuid: PoolUuid; readonly name: string } | null;
  readonly master: HostUuid | null;
  readonly hosts: readonly SeenHost[];
}

/** What the iterations of this host remember, made usable in this boot. */
export interface RememberedMemory {
  readonly memory: Memory;
  /** It is of this boot, so its times can be compared with now. */
  readonly ofThisBoot: boolean;
}

/** A host of the pool, from the database or, when that is silent, from what this host remembers. */
export interface SeenHost {
  readonly uuid: HostUuid;
  readonly name: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly isSelf: boolean;
  /** VMs that run there; null when that is not known. */
  readonly vms: number | null;
  /** Of just now; null for this host itself, and where nothing was learnt. */
  readonly probe: PeerAnswer | null;
}

/** The name people know a host by; its uuid when nothing better is known. */
export function nameOf(sight: Sight, uuid: HostUuid): string {
  return sight.hosts.find((host) => host.uuid === uuid)?.name ?? uuid;
}
