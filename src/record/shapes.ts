import { isHostWork } from "../core/memory/last-good.ts";
import {
  type Check,
  type Fields,
  isBrandedText,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  recordOf,
} from "../core/memory/shape.ts";
import type { HostRuns, OwnState } from "../core/model/hearing.ts";
import type { ApplianceUuid, HostUuid, PoolUuid, VmUuid } from "../core/model/ids.ts";
import type {
  ApplianceView,
  DatabaseView,
  DomainRecord,
  Follows,
  HaltedVm,
  HostView,
  HostWork,
  InventoryVm,
  LocalView,
  PeerProbe,
  ResidentVm,
  Role,
  XapiFault,
} from "../core/model/pool-view.ts";
import type { StopMessages } from "../core/model/stop.ts";

/*
 * Shapes of what a round has seen, for a record that somebody hands over. Written for the types of the view, which the compiler
 * compares: a field that the view gains does not compile until it is here.
 */

/** `"unknown"`, or a T. */
export function unknownOr<T>(check: Check<T>): Check<T | "unknown"> {
  return (value): value is T | "unknown" => value === "unknown" || check(value);
}

/** A T, or nothing at all. */
function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** One of a union by its `kind`, each with the other fields of it. */
export function kindOf<T extends { readonly kind: string }>(
  kinds: {
    readonly [Kind in T["kind"]]: Fields<Omit<Extract<T, { readonly kind: Kind }>, "kind">>;
  },
): Check<T> {
  const checks = new Map<unknown, Check<object>>(
    Object.entries<Fields<object>>(kinds).map(([kind, fields]) => [kind, objectOf(fields)]),
  );
  return (value): value is T => {
    const { kind } = Object(value) as { readonly kind?: unknown };
    return checks.get(kind)?.(value) === true;
  };
}

/** A pair of a map. */
export function pairOf<K, V>(key: Check<K>, value: Check<V>): Check<readonly [K, V]> {
  return (pair): pair is readonly [K, V] =>
    Array.isArray(pair) && pair.length === 2 && key(pair[0]) && value(pair[1]);
}

export const isHost = isBrandedText<HostUuid>;
export const isVm = isBrandedText<VmUuid>;
const isTrue = (value: unknown): value is true => value === true;
const isPowerState = oneOf<DomainRecord["powerState"]>({
  Halted: true,
  Paused: true,
  Running: true,
  Suspended: true,
});

const isRole = kindOf<Role>({
  master: {},
  slave: { masterAddress: isText },
  broken: {},
  unknown: { why: isText },
});

export const isLocalView = objectOf<LocalView>({
  uuid: isHost,
  role: isRole,
  bootId: isText,
  initCompleteAtMs: nullOr(isNumber),
  domains: unknownOr(listOf(isVm)),
  xapiAnswers: isFlag,
  heldSinceMs: nullOr(isNumber),
  blockedRoutes: listOf(isText),
});

const isFollows = kindOf<Follows>({
  "slave-of": { address: isText },
  "is-master": {},
  lost: {},
  unknown: {},
});

export const isPeerProbe = objectOf<PeerProbe>({
  icmp: oneOf({ answered: true, silent: true, unknown: true }),
  xapi: oneOf({ answered: true, silent: true }),
  follows: isFollows,
});

const isResident = objectOf<ResidentVm>({
  uuid: isVm,
  homePool: nullOr(isText),
  // The compiler wants a check of the field as it is when it is there.
  hasStop: optional(isTrue) as Check<true>,
});

const isHostView = objectOf<HostView>({
  uuid: isHost,
  name: isText,
  address: isText,
  otherAddresses: nullOr(listOf(isText)),
  enabled: isFlag,
  isEmptied: isFlag,
  isEnabledByXapi: optional(isFlag) as Check<boolean>,
  work: optional(nullOr(isHostWork)) as Check<HostWork | null>,
  live: isFlag,
  xapiStartTime: nullOr(isText),
  bootTime: nullOr(isText),
  otherConfig: recordOf(isText),
  residents: listOf(isResident),
  freeMemoryBytes: unknownOr(isNumber),
  squeezedFreeBytes: unknownOr(isNumber),
  cpus: nullOr(isNumber),
});

const HALTED: Fields<HaltedVm> = {
  uuid: isVm,
  name: isText,
  order: isNumber,
  startDelayS: isNumber,
  restartPriority: oneOf({ restart: true, "best-effort": true, "": true }),
  memoryBytes: isNumber,
  leastMemoryBytes: isNumber,
  cpus: isNumber,
  affinity: nullOr(isHost),
  scheduledOn: nullOr(isHost),
  busy: isFlag,
  startBlocked: isFlag,
  otherConfig: recordOf(isText),
  appliance: nullOr(isBrandedText<ApplianceUuid>),
  alwaysRun: unknownOr(isFlag),
  ranOn: nullOr(isHost),
  ranInBoot: nullOr(isText),
};

export const isInventoryVm = objectOf<InventoryVm>({
  ...HALTED,
  powerState: isPowerState,
  residentOn: nullOr(isHost),
  storages: listOf(isText),
  networks: listOf(isText),
  tags: listOf(isText),
  groups: listOf(isText),
});

export const isDomainRecord = objectOf<DomainRecord>({
  uuid: isVm,
  name: isText,
  residentOn: nullOr(isHost),
  powerState: isPowerState,
  busy: isFlag,
});

export const isDatabaseView = objectOf<DatabaseView>({
  pool: objectOf<DatabaseView["pool"]>({
    uuid: isBrandedText<PoolUuid>,
    name: isText,
    master: nullOr(isHost),
    haEnabled: isFlag,
    otherConfig: recordOf(isText),
  }),
  hosts: listOf(isHostView),
  halted: listOf(objectOf<HaltedVm>(HALTED)),
  appliances: nullOr(
    listOf(
      objectOf<ApplianceView>({
        uuid: isBrandedText<ApplianceUuid>,
        name: isText,
        busy: isFlag,
        haltedVms: listOf(isVm),
      }),
    ),
  ),
  storage: nullOr(listOf(isText)),
  domains: listOf(isDomainRecord),
});

export const isXapiFault = kindOf<XapiFault>({
  timeout: {},
  unreachable: { detail: isText },
  malformed: { detail: isText },
  api: { code: isText, params: listOf(isText) },
});

const OWN: Fields<OwnState> = {
  role: oneOf({ master: true, slave: true, broken: true, unknown: true }),
  master: nullOr(isHost),
  xapi: oneOf({ serving: true, starting: true, lost: true, held: true, silent: true }),
  startComplete: isFlag,
  enabled: nullOr(isFlag),
  haWished: nullOr(isFlag),
  leaving: isFlag,
  changes: nullOr(isNumber),
  office: nullOr(isText),
};
export const isOwnState = objectOf<OwnState>(OWN);

export const isHostRuns = objectOf<HostRuns>({
  own: objectOf<HostRuns["own"]>({ role: OWN.role, master: OWN.master, xapi: OWN.xapi }),
  runs: unknownOr(listOf(isVm)),
  atMs: nullOr(isNumber),
  bootId: nullOr(isText),
});

export const isStopMessages = objectOf<StopMessages>({
  startedAtMs: nullOr(isNumber),
  stoppedAtMs: nullOr(isNumber),
  isForced: isFlag,
});
