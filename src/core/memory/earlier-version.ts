import { isAlertMemory, NO_ALERTS } from "./alert-memory.ts";

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields of a memory that the first version did not have, as they are at the beginning. */
export const ADDED_LATER = {
  fencingStoppedSinceMs: null,
  unfencedAtMs: null,
  fencedAtMs: {},
  backAtMs: {},
  ownBootsS: {},
  onRoll: [],
  fenceDevices: null,
  down: {},
  stops: {},
  heardAtMs: {},
  emptyAtMs: {},
  seenRunning: {},
  differences: {},
  declaredDead: {},
  placementOnDisk: null,
  copy: null,
  isSettling: false,
  notLeadingSinceMs: null,
  unservedSinceMs: null,
  straysSinceMs: null,
  unnamedSinceMs: null,
  agreed: {},
  heldAtMs: {},
  standing: null,
  downReasons: {},
  disarmed: [],
} as const;

const ADDED_TO_INCIDENTS = {
  ...{ isWord: false, by: null, returnedAtMs: null, vms: [], wasDeclared: false },
  ...{ offSinceMs: null, switchedOnAtMs: null },
} as const;

/**
 * What an earlier version has written, with the fields that it did not know: an update in the middle of a take-over
 * must not forget the take-over. Whatever it cannot complete is left as it is, for the check that follows.
 */
export function completeEarlier(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { confirmed, declaredBackAtMs, promotion, promoted, gathering, incidents, alerts, ...rest } = value;
  return {
    ...ADDED_LATER,
    sawPoolSinceBoot: confirmed,
    ...rest,
    lastGood: completeLastGood(rest["lastGood"]),
    promotion: completePromotion(promotion),
    promoted: completePromoted(promoted),
    incidents: completeIncidents(incidents, declaredBackAtMs),
    restarts: completeRestarts(rest["restarts"]),
    alerts: isAlertMemory(alerts) ? alerts : isObject(alerts) ? NO_ALERTS : alerts,
  };
}

/** 3.0.0-alpha.1 knew two phases of a take-over, and waited for members in the second. */
function completePromotion(promotion: unknown): unknown {
  if (!isObject(promotion) || !("awaited" in promotion)) return promotion;
  const { oldMaster, sinceMs, phase } = promotion;
  return { oldMaster, sinceMs, phase: phase === "called" ? "promoting" : "righting" };
}

function completePromoted(promoted: unknown): unknown {
  return isObject(promoted) ? { oldMaster: promoted["oldMaster"] } : promoted;
}

/** 3.0.0-alpha.1 called the start of a host's xapi that of its agent, as XAPI does. */
function completeLastGood(lastGood: unknown): unknown {
  if (!isObject(lastGood) || !Array.isArray(lastGood["hosts"])) return lastGood;
  const { hosts, forgotten = [] } = lastGood as { readonly hosts: unknown; readonly forgotten?: unknown };
  const complete = { hosts: completeHosts(hosts), forgotten: completeHosts(forgotten) };
  return {
    masterStartedAtMs: null,
    addressesAtMs: null,
    changes: null,
    without: [],
    office: null,
    disarm: [],
    ...lastGood,
    ...complete,
  };
}

function completeRestarts(restarts: unknown): unknown {
  if (!isObject(restarts)) return restarts;
  const complete = (one: unknown): unknown => (isObject(one) ? { host: null, ...one } : one);
  return Object.fromEntries(Object.entries(restarts).map(([vm, one]) => [vm, complete(one)]));
}

function completeHosts(hosts: unknown): unknown {
  if (!Array.isArray(hosts)) return hosts;
  return hosts.map((host: unknown) => {
    if (!isObject(host)) return host;
    const { agentStartTime, agentStartedAtMs, ...rest } = host;
    const started =
      "agentStartTime" in host ? { xapiStartTime: agentStartTime, xapiStartedAtMs: agentStartedAtMs } : {};
    const added = { enabledSinceMs: null, otherAddresses: [], bootTime: null, bootedAtMs: 0, work: null };
    return { ...added, ...started, ...rest };
  });
}

/** 3.0.0-alpha.1 kept hosts that had returned from a declared death in a record of their own. */
function completeIncidents(incidents: unknown, declaredBackAtMs: unknown): unknown {
  if (!isObject(incidents)) return incidents;
  const returned = Object.entries(isObject(declaredBackAtMs) ? declaredBackAtMs : {}).map(
    ([host, returnedAtMs]) => [
      host,
      {
        host,
        openedAtMs: returnedAtMs,
        phase: "returned",
        proved: false,
        fenceFailures: 0,
        ...ADDED_TO_INCIDENTS,
        returnedAtMs,
      },
    ],
  );
  const open = Object.entries(incidents).map(([host, incident]) => [
    host,
    isObject(incident)
      ? { ...ADDED_TO_INCIDENTS, wasDeclared: incident["phase"] === "declared", ...incident }
      : incident,
  ]);
  return Object.fromEntries([...returned, ...open]);
}
