import type { DisarmWord } from "../model/disarm-words.ts";
import type { HaFlag } from "../model/ha-flag.ts";
import type { HostUuid, PoolUuid, VmUuid } from "../model/ids.ts";
import type { HostWork } from "../model/pool-view.ts";
import {
  type Check,
  isBrandedText,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  oneOf,
} from "./shape.ts";

/** The last complete and believable view of the pool: what a slave decides by when the master is gone. */
export interface LastGoodView {
  readonly atMs: number;
  readonly pool: PoolUuid;
  readonly poolName: string;
  readonly master: HostUuid;
  /** When this host saw the master's xapi start, or another master, in this boot; null: it never did. */
  readonly masterStartedAtMs: number | null;
  readonly haFlag: HaFlag;
  readonly hosts: readonly KnownHost[];
  /**
   * Hosts that the database had, and lost when the master's xapi started: it is older than their join, and they may run
   * VMs. Until they are in it again, or HA is switched off.
   */
  readonly forgotten: readonly KnownHost[];
  /** Hosts that count for quorum (core/members/membership.ts). */
  readonly members: readonly HostUuid[];
  /** Successors in order; the first is the "autopromote winner" of HA-Lizard's manual. */
  readonly ranking: readonly HostUuid[];
  /** When the addresses of the hosts' other networks were read last, in this boot; null: not yet. */
  readonly addressesAtMs: number | null;
  /** Fingerprint of the pool's parameters: a change is copied to all slaves. */
  readonly parameters: string;
  /** How many changes the master's database has counted (`CHANGES_KEY`); null: it counts none. */
  readonly changes: number | null;
  /** Hosts that the first group is founded without (`WITHOUT_KEY`). */
  readonly without: readonly HostUuid[];
  /** The office in the database that was read (`OFFICE_KEY`); null: there is none. */
  readonly office: string | null;
  /** The words of administrators about a rest of HA (`DISARM_KEY`). */
  readonly disarm: readonly DisarmWord[];
}

export interface KnownHost {
  readonly uuid: HostUuid;
  readonly name: string;
  readonly address: string;
  /** Of its other networks. */
  readonly otherAddresses: readonly string[];
  readonly enabled: boolean;
  /** As last read, compared for equality only: it changes when that host's xapi starts again. */
  readonly xapiStartTime: string | null;
  /** When we saw it change, or saw the host first. */
  readonly xapiStartedAtMs: number;
  /** As last read. */
  readonly bootTime: string | null;
  /** When we saw it change to that of another boot, or saw the host first. */
  readonly bootedAtMs: number;
  /** Enabled in every view since; null while it is disabled. */
  readonly enabledSinceMs: number | null;
  /** Disabled in every view since; null while it is enabled. */
  readonly disabledSinceMs: number | null;
  /** It became disabled when its own or the master's xapi started, or by our declaration that it is dead before this host booted: nobody's wish. */
  readonly disabledByStart: boolean;
  /** Somebody works on it (core/members/keep-maintenance.ts); null: nobody does. */
  readonly work: HostWork | null;
}

const isEnabledByStart = objectOf<Extract<HostWork, { kind: "enabled-by-start" }>>({
  kind: oneOf({ "enabled-by-start": true }),
  vms: listOf(isBrandedText<VmUuid>),
});
const isDisabled = objectOf<Extract<HostWork, { kind: "disabled" }>>({
  kind: oneOf({ disabled: true }),
  isSettled: isFlag,
  vms: listOf(isBrandedText<VmUuid>),
});
export const isHostWork: Check<HostWork> = (value): value is HostWork =>
  isDisabled(value) || isEnabledByStart(value);

const isKnownHost: Check<KnownHost> = objectOf<KnownHost>({
  uuid: isBrandedText<HostUuid>,
  name: isText,
  address: isText,
  otherAddresses: listOf(isText),
  enabled: isFlag,
  xapiStartTime: nullOr(isText),
  bootTime: nullOr(isText),
  bootedAtMs: isNumber,
  xapiStartedAtMs: isNumber,
  enabledSinceMs: nullOr(isNumber),
  disabledSinceMs: nullOr(isNumber),
  disabledByStart: isFlag,
  work: nullOr(isHostWork),
});

export const isLastGoodView: Check<LastGoodView> = objectOf<LastGoodView>({
  atMs: isNumber,
  pool: isBrandedText<PoolUuid>,
  poolName: isText,
  master: isBrandedText<HostUuid>,
  masterStartedAtMs: nullOr(isNumber),
  haFlag: oneOf({ on: true, off: true, unset: true }),
  hosts: listOf(isKnownHost),
  forgotten: listOf(isKnownHost),
  members: listOf(isBrandedText<HostUuid>),
  ranking: listOf(isBrandedText<HostUuid>),
  addressesAtMs: nullOr(isNumber),
  parameters: isText,
  changes: nullOr(isNumber),
  without: listOf(isBrandedText<HostUuid>),
  office: nullOr(isText),
  disarm: listOf(
    objectOf<DisarmWord>({ id: isNumber, host: nullOr(isBrandedText<HostUuid>), forS: isNumber }),
  ),
});
