import type { Memory } from "../memory/memory.ts";
import type { Action, HostMark } from "../model/action.ts";
import { customFieldKey } from "../model/ha-flag.ts";
import type { DatabaseView, HostView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import {
  NO_SUCCESSOR,
  RANKING_KEY,
  rankSuccessors,
  readRanking,
  SUCCESSOR_KEY,
} from "../takeover/successor.ts";
import { type DecisionInput, hostName, mayBegin } from "./decision.ts";
import { isAlive } from "./host-health.ts";
import { fingerprintParameters } from "./remember.ts";

/** Stamps of one round; the next round goes on where this one ended. */
const STAMPS_PER_ROUND = 20;

/** The health of each host as XenCenter shows it; written only when it changes. */
export function markHosts(memory: Memory, database: DatabaseView, input: DecisionInput): readonly Action[] {
  const key = customFieldKey(input.settings.XC_FIELD_NAME);
  return database.hosts.flatMap((host): readonly Action[] => {
    const value = markOf(host, memory, input);
    if (value === null || host.otherConfig[key] === value) return [];
    const action: Action = { kind: "mark-host", host: host.uuid, key, value };
    return mayBegin(action, input) ? [action] : [];
  });
}

function markOf(host: HostView, memory: Memory, input: DecisionInput): HostMark | null {
  if (host.uuid === input.view.self.uuid) return "master";
  if (memory.incidents[host.uuid] !== undefined) return "failed";
  return isAlive(memory.health[host.uuid]) ? "healthy" : null;
}

/** A running VM gets this pool as its home pool: what ran here may be restarted here. */
export function stampHomePools(
  memory: Memory,
  database: DatabaseView,
  input: DecisionInput,
): readonly Action[] {
  const { uuid } = database.pool;
  const believable = database.hosts.filter(
    (host) => host.uuid === input.view.self.uuid || isAlive(memory.health[host.uuid]),
  );
  return believable
    .flatMap((host) => host.residents)
    .filter((vm) => vm.homePool !== uuid)
    .map((vm): Action => ({ kind: "stamp-home-pool", vm: vm.uuid, pool: uuid }))
    .filter((action) => mayBegin(action, input))
    .slice(0, STAMPS_PER_ROUND);
}

/** Chooses and stores the successors, and copies the database to the slaves when they or a parameter changed. */
export function chooseSuccessor(
  memory: Memory,
  database: DatabaseView,
  input: DecisionInput,
): { readonly actions: readonly Action[]; readonly reasons: readonly Reason[] } {
  const { otherConfig } = database.pool;
  const slaves = database.hosts.filter((host) => host.uuid !== input.view.self.uuid);
  const ranking = rankSuccessors(
    readRanking(otherConfig),
    slaves.map((host) => ({
      uuid: host.uuid,
      eligible: host.enabled && host.live && memory.health[host.uuid]?.state === "alive",
      mayStay: host.enabled && memory.health[host.uuid]?.state !== "failed",
    })),
  );
  const first = ranking[0];
  const wanted: readonly [string, string][] = [
    [SUCCESSOR_KEY, first ?? NO_SUCCESSOR],
    [RANKING_KEY, ranking.join(":")],
  ];
  const changes = wanted
    .filter(([key, value]) => (otherConfig[key] ?? "") !== value)
    .map(([key, value]): Action => ({ kind: "set-pool-key", key, value }));
  const reason: Reason =
    first === undefined
      ? { kind: "no-successor" }
      : { kind: "successor-chosen", host: hostName(memory, first) };
  const soon = first === undefined && slaves.some((host) => mayQualifySoon(host, memory, input));
  const reasons = slaves.length === 0 || soon ? [] : [reason];
  if (changes.length > 0) return { actions: changes.filter((action) => mayBegin(action, input)), reasons };
  return { actions: syncWhenChanged(memory, otherConfig, input), reasons };
}

/** xapi disables a host when it starts, and enables it again within this time. */
const START_MS = 60_000;

/** A slave whose xapi starts, or that is being retried, is nothing to wake anybody for. */
function mayQualifySoon(host: HostView, memory: Memory, input: DecisionInput): boolean {
  const state = memory.health[host.uuid]?.state;
  if (state !== "alive") return state === "suspect" || state === "xapi-down";
  const known = memory.lastGood?.hosts.find((candidate) => candidate.uuid === host.uuid);
  const disabledMs = input.view.nowMs - (known?.disabledSinceMs ?? 0);
  return !host.enabled && (known?.disabledByStart === true || disabledMs < START_MS);
}

/** Slaves decide by their copy of the database, so they get it whenever what they decide by has changed (xapi.md T6). */
function syncWhenChanged(
  memory: Memory,
  otherConfig: Readonly<Record<string, string>>,
  input: DecisionInput,
): readonly Action[] {
  const parameters = fingerprintParameters(otherConfig);
  if (memory.lastGood?.parameters === parameters) return [];
  const action: Action = { kind: "sync-database", parameters };
  return mayBegin(action, input) ? [action] : [];
}
