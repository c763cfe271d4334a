import { rememberView } from "../../../src/core/members/remember.ts";
import type { HostHealth } from "../../../src/core/memory/host-health.ts";
import { emptyMemory, type Memory } from "../../../src/core/memory/memory.ts";
import type { MasterRound } from "../../../src/core/memory/step.ts";
import type { DatabaseView, PeerProbe } from "../../../src/core/model/pool-view.ts";
import type { CoreSettings } from "../../../src/core/model/settings.ts";
import type { Mastership } from "../../../src/core/takeover/mastership.ts";
import { type Brain, database, master, SETTINGS, three } from "./fixtures.ts";

/** What a round is made of, where it differs from a pool of three at rest, seen by its master h1. */
export interface Situation {
  readonly atS?: number;
  readonly probes?: Record<string, PeerProbe>;
  readonly read?: DatabaseView;
  readonly memory?: Partial<Memory>;
  readonly settings?: Partial<CoreSettings>;
  readonly inFlight?: readonly string[];
  readonly mastership?: Mastership;
}

/** A round, with the memory that its steps begin from. */
export interface Scene {
  readonly memory: Memory;
  readonly round: MasterRound & { readonly mastership: Mastership };
}

/** A round of the master h1. */
export const masterScene = (situation: Situation = {}): Scene => sceneOf(master(), situation);

function sceneOf(brain: Brain, situation: Situation): Scene {
  const {
    atS = 1_000,
    probes = {},
    read = database(three()),
    mastership = { kind: "undisputed" },
  } = situation;
  brain.settings = { ...SETTINGS, ...situation.settings };
  brain.inFlight = new Set(situation.inFlight ?? []);
  brain.memory = emptyMemory("boot-1");
  const round = brain.input(atS, { probes, database: { ok: true, value: read } });
  const seen = rememberView(round.memory, read, { view: round.view, fieldName: SETTINGS.XC_FIELD_NAME });
  const memory: Memory = { ...round.memory, lastGood: seen, sawPoolSinceBoot: true, ...situation.memory };
  return { memory, round: { ...round, memory, database: read, mastership } };
}

/** The health of hosts, by their state; since long ago. */
export function healthOf(states: Readonly<Record<string, HostHealth["state"]>>): Memory["health"] {
  const rest = { sinceMs: 0, failedRetries: 0, lastRetryMs: 0, xapiSilentSinceMs: null, pings: false };
  return Object.fromEntries(Object.entries(states).map(([uuid, state]) => [uuid, { state, ...rest }]));
}
