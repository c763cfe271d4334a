import { runPass } from "../../src/app/iterate.ts";
import type { RunPass } from "../sim/monitor.ts";
import { type SimPool, simulatePool } from "../sim/pool.ts";
import type { Watch } from "../sim/ports/process.ts";
import { isEffect } from "./effects.ts";

/** A failover that is played again and again: who dies, and who has to act. */
export interface Story {
  readonly hosts: number;
  readonly victim: number;
  readonly acting: number;
}

/** Where the acting host's iteration is killed: before or after its `index`th call that changes anything. */
export interface KillPoint {
  readonly index: number;
  readonly when: "before" | "after";
}

export interface Ending {
  /** Calls that changed something, by name, in order: the kill points of the story. */
  readonly effects: readonly string[];
  readonly killed: boolean;
  /** What is wrong with how it ended; empty is good. */
  readonly faults: readonly string[];
}

const GATEWAY = "192.0.2.1";
const SECOND = 1_000;
const REST_MS = 30 * SECOND;
const BOUND_MS = 6 * 60 * SECOND;

/** Plays a story, with the iteration killed at one point, and judges how it ended. */
export async function tell(story: Story, kill: KillPoint | null, pass: RunPass = runPass): Promise<Ending> {
  const pool = poolOf(story, pass);
  await pool.run(REST_MS);
  const effects: string[] = [];
  let killed = false;
  const isHere = (when: KillPoint["when"], index: number): boolean =>
    !killed && kill !== null && kill.when === when && kill.index === index;
  const die = () => {
    killed = true;
    pool.kill(story.acting);
  };
  const watch: Watch = ({ method, args, begin }) => {
    if (!isEffect(method, args)) return begin(args);
    const index = effects.push(nameOf(method, args)) - 1;
    if (isHere("before", index)) {
      die();
      return new Promise(() => {});
    }
    const result = begin(args);
    if (!(result instanceof Promise) || !isHere("after", index)) return result;
    return result.finally(die);
  };
  pool.monitor(story.acting).watch = watch;
  pool.power(story.victim, false);
  const healed = await pool.until(() => allRunOnce(pool), BOUND_MS);
  return { effects, killed, faults: [...(healed ? [] : ["not all VMs run"]), ...faultsOf(pool, story)] };
}

function poolOf({ hosts }: Story, pass: RunPass): SimPool {
  const vms = Array.from({ length: 2 * hosts }, (_, index) => ({
    name: `vm${index + 1}`,
    on: (index % hosts) + 1,
  }));
  const params = {
    FENCE_METHOD: "IPMI",
    FENCE_MIN_HOSTS: "2",
    FENCE_USE_IP_HEURISTICS: "1",
    FENCE_HEURISTICS_IPS: GATEWAY,
    XAPI_COUNT: "1",
    XAPI_DELAY: "5",
    MONITOR_DELAY: "10",
  };
  return simulatePool({ hosts, vms, params, externals: [GATEWAY], runPass: pass });
}

function allRunOnce(pool: SimPool): boolean {
  return [...pool.world.vms.values()].every(({ name }) => {
    const [on, ...more] = pool.running(name);
    return on !== undefined && more.length === 0 && pool.world.host(on).power;
  });
}

function faultsOf(pool: SimPool, story: Story): readonly string[] {
  const { log, violations } = pool.world;
  const fenced = new Set(
    log.filter(({ what }) => what === "fence-begun").map((entry) => Number(entry["host"])),
  );
  const promoted = new Set(
    log.filter(({ what }) => what === "transition-to-master").map((entry) => entry["host"]),
  );
  const crashed = log.filter(({ what }) => what === "pass-crashed").map((entry) => String(entry["text"]));
  const wantPromoted = story.victim === 1 ? 1 : 0;
  return [
    ...violations.map(({ what, vm }) => `${what} ${vm}`),
    ...crashed,
    ...[...fenced].filter((host) => host !== story.victim).map((host) => `h${host} was fenced`),
    ...(promoted.size === wantPromoted ? [] : [`${promoted.size} hosts were promoted`]),
  ];
}

function nameOf(name: string, args: readonly unknown[]): string {
  return name === "call" || name === "save" ? `${name} ${String(args[0])}` : name;
}
