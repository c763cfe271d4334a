import type { Chaos } from "../../../src/simulation/ports/chaos.ts";
import type { Weather } from "../../../src/simulation/ports/datagrams.ts";
import { createRandom, type Random } from "../../../src/simulation/random.ts";
import type { VmSpec } from "../../../src/simulation/spec.ts";
import { drawParams, GATEWAY, type Params } from "./draw-params.ts";
import { drawStep } from "./draw-step.ts";
import { drawTie, withTieSteps } from "./draw-tie.ts";

/** One step of a history: when, in seconds from its beginning, and the words of a scenario's script. */
export interface Step {
  readonly atS: number;
  readonly words: readonly string[];
}

/** A whole history before it is played: a seed makes one, a shrinker takes from it, a scenario can be written of it. */
export interface Plan {
  readonly seed: number;
  readonly hosts: number;
  readonly vms: readonly VmSpec[];
  readonly params: Params;
  readonly externals: readonly string[];
  readonly chaos: Chaos | null;
  readonly steps: readonly Step[];
  /** When everything is mended, in seconds. */
  readonly healS: number;
  /** Number of the host that is not mended but dead for good. */
  readonly gone: number | null;
  /** Where the simulated pool is easier than a real one by default, it is as a real one. */
  readonly asMeasured: boolean;
  /** The monitors have their watches (src/simulation/watches.ts). */
  readonly watches: boolean;
  /** What befalls what the monitors say to each other, until everything is mended. */
  readonly weather: Weather | null;
}

/** What a search may ask of all its histories, beyond what their seeds draw; the first two are more than this program can do. */
export interface Conditions {
  readonly neverBack: boolean;
  readonly asMeasured: boolean;
  readonly watches: boolean;
  readonly storms: boolean;
  /** Nothing but the leases of the hosts proves that one is off, or they come after a fence device. */
  readonly watchdog: boolean;
  /** Ties are claimed at a place outside the pool. */
  readonly tie: boolean;
  /** HA is disarmed and armed, for the pool and for hosts. */
  readonly disarm: boolean;
}

const USUAL: Conditions = {
  neverBack: false,
  asMeasured: false,
  watches: false,
  storms: false,
  watchdog: false,
  tie: false,
  disarm: false,
};

/** The pool is left alone at first: everything has been seen whole once. */
const SETTLED_S = 30;

/** Draws the history of a seed for a pool of `least` to `most` hosts. */
export function drawPlan(seed: number, least = 2, most = 16, conditions = USUAL): Plan {
  const random = createRandom(seed);
  const hosts = drawHosts(random, least, most);
  const drawn = drawParams(random);
  const vms = drawVms(random, hosts);
  const chaos = drawChaos(random);
  const steps: Step[] = [];
  let atS = SETTLED_S;
  for (let left = 2 + random.below(6); left > 0; left--) {
    steps.push({ atS, words: drawStep(random, hosts, vms) });
    atS += drawGapS(random);
  }
  const leased = createRandom(seed + 5);
  const tied = createRandom(seed + 6);
  const params = {
    ...drawn,
    ...(conditions.watchdog ? drawLease(leased) : {}),
    ...(conditions.tie ? drawTie(tied) : {}),
  };
  if (conditions.watchdog) {
    addLeaseSteps(leased, steps, hosts);
    steps.unshift(...drawDrifts(leased, hosts));
  }
  const gone = conditions.neverBack ? drawGone(seed, hosts) : null;
  const { asMeasured, watches } = conditions;
  const pool = { hosts, vms, params, externals: [GATEWAY], asMeasured, watches };
  const weather = conditions.storms ? drawWeather(createRandom(seed + 4)) : null;
  if (conditions.disarm) addDisarmSteps(createRandom(seed + 7), steps, hosts);
  const all = conditions.tie ? withTieSteps(tied, steps, hosts) : steps;
  return { seed, ...pool, chaos, steps: all, healS: atS, gone, weather };
}

/** By chance of their own, so that the rest stays. A proof is wanted in each of them. */
function drawLease(random: Random): Params {
  return {
    FENCE_METHOD: random.pick(["WATCHDOG", "WATCHDOG", "IPMI,WATCHDOG"]),
    FENCE_WATCHDOG_TIMEOUT: random.pick(["15", "15", "30"]),
    FENCE_ENABLED: "1",
    FENCE_HA_ONFAIL: "0",
    FENCE_QUORUM_REQUIRED: "1",
  };
}

/** Clocks that differ by one part in a hundred at the most, in most histories as far apart as that. */
function drawDrifts(random: Random, hosts: number): readonly Step[] {
  if (random.chance(0.2)) return [];
  const percents = ["+0.49", "-0.49", "+0.49", "-0.49", "+0.1", "-0.2"];
  return Array.from({ length: hosts }, (_, index) => ({
    atS: 0,
    words: ["drift", `h${index + 1}`, `${random.pick(percents)}%`],
  }));
}

/** A monitor is what keeps a lease; how long it takes until that is lost depends on who stands still. */
const STALLED = ["monitor", "monitor", "word", "all", "iteration", "watchdog"] as const;
const STALLS_S = [1, 3, 5, 8, 12, 20, 30, 45, 60] as const;

/** What can befall a lease besides: its watchdog, the processes that keep it, and an administrator who changes his mind. */
function addLeaseSteps(random: Random, steps: Step[], hosts: number): void {
  const host = () => `h${1 + random.below(hosts)}`;
  const draws: readonly (() => readonly string[])[] = [
    () => ["watchdog", host(), random.pick(["taken", "missing", "free"])],
    () => ["service", host(), random.pick(["kill", "stop", "start"])],
    () => ["service", host(), "kill"],
    () => stall(host()),
    () => stall(host()),
    () => stall(host()),
    () => stall("h1"),
    () => ["param", "FENCE_WATCHDOG_TIMEOUT", random.pick(["15", "20", "45"])],
    () => ["param", "FENCE_METHOD", random.pick(["WATCHDOG", "IPMI", "IPMI,WATCHDOG"])],
    () => ["ha", random.pick(["off", "on"])],
    () => ["xapi-ha", random.pick(["on", "off"])],
  ];
  const stall = (name: string) => ["stall", name, random.pick(STALLED), `${random.pick(STALLS_S)}s`];
  for (let left = random.below(5); left > 0; left--) {
    const at = random.below(steps.length);
    const atS = (steps[at]?.atS ?? SETTLED_S) + random.next();
    steps.splice(at + 1, 0, { atS, words: random.pick(draws)() });
  }
}

/** Before, between and after what else happens; the first one early, so that something happens while it lasts. */
function addDisarmSteps(random: Random, steps: Step[], hosts: number): void {
  const host = () => `h${1 + random.below(hosts)}`;
  const span = () => random.pick(["1m", "2m", "5m", "10m"]);
  const draws: readonly (() => readonly string[])[] = [
    () => ["disarm", span()],
    () => ["disarm", span()],
    () => ["disarm", span(), host()],
    () => ["arm"],
    () => ["arm", host()],
    () => ["service", host(), "kill"],
  ];
  steps.unshift({
    atS: SETTLED_S - 10,
    words: random.chance(0.7) ? ["disarm", span()] : ["disarm", span(), host()],
  });
  for (let left = random.below(4); left > 0; left--) {
    const at = random.below(steps.length);
    const atS = (steps[at]?.atS ?? SETTLED_S) + random.next();
    steps.splice(at + 1, 0, { atS, words: random.pick(draws)() });
  }
}

/** One host of three or more: without it the others still are a majority. By chance of its own, so that the rest stays. */
function drawGone(seed: number, hosts: number): number | null {
  return hosts < 3 ? null : 1 + createRandom(seed + 3).below(hosts);
}

/** Datagrams that are lost, come twice, come seconds late and in another order. By chance of its own, too. */
function drawWeather(random: Random): Weather {
  return {
    lost: random.pick([0, 0.05, 0.2, 0.4]),
    doubled: random.pick([0, 0.1, 0.5]),
    late: random.pick([0, 0.1, 0.3]),
    delayMs: random.pick([100, 2_500, 10_000, 60_000]),
  };
}

/** Small pools are where ties are, and most administrators. */
function drawHosts(random: Random, least: number, most: number): number {
  const usual = [2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5];
  const hosts = random.chance(0.05) ? 6 + random.below(11) : random.pick(usual);
  return Math.min(Math.max(hosts, least), most);
}

/** Some faults come in the same second, most with time to be noticed, a few with time to be dealt with. */
function drawGapS(random: Random): number {
  if (random.chance(0.15)) return random.next();
  return random.chance(0.1) ? 60 + random.below(180) : 1 + random.below(40);
}

function drawVms(random: Random, hosts: number): readonly VmSpec[] {
  return Array.from({ length: Math.min(2 * hosts, 12) }, (_, index): VmSpec => {
    const on = (index % hosts) + 1;
    return {
      name: `vm${index + 1}`,
      on,
      order: random.chance(0.2) ? random.below(4) - 1 : 0,
      ...(random.chance(0.1) ? { startDelayS: random.below(20) } : {}),
      ...(random.chance(0.1) ? { disk: on } : {}),
      ...(random.chance(0.2) ? { ha: random.pick(["true", "false"]) } : {}),
    };
  });
}

/** Half of the histories have a program whose every call may fail. */
function drawChaos(random: Random): Chaos | null {
  if (random.chance(0.5)) return null;
  const rate = random.pick([0.001, 0.005, 0.02, 0.05]);
  return {
    fails: rate,
    lost: rate / 2,
    hangs: rate / 10,
    latencyMs: random.pick([0, 5, 50, 500]),
  };
}
