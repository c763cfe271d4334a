import type { Random } from "../../../src/simulation/random.ts";
import type { VmSpec } from "../../../src/simulation/spec.ts";

type Draw = (random: Random, hosts: number, vms: readonly VmSpec[]) => readonly string[];

const host = (random: Random, hosts: number): string => `h${1 + random.below(hosts)}`;
const vm = (random: Random, vms: readonly VmSpec[]): string => random.pick(vms).name;

/** Both sides of a cut through the pool; the hosts of each as the script writes them. */
function sides(random: Random, hosts: number): string {
  const names = Array.from({ length: hosts }, (_, index) => `h${index + 1}`);
  const left = names.filter(() => random.chance(0.5));
  const right = names.filter((name) => !left.includes(name));
  return `${left.join(",")} | ${right.join(",")}`;
}

/** What may happen, with how often: the verbs of test/simulated/scenarios. */
const STEPS: readonly (readonly [weight: number, draw: Draw])[] = [
  [10, (random, hosts) => ["power", host(random, hosts), "off"]],
  [3, () => ["power", "h1", "off"]],
  [6, (random, hosts) => ["power", host(random, hosts), "on"]],
  [4, (random, hosts) => ["reset", host(random, hosts)]],
  [4, (random, hosts) => ["xapi", host(random, hosts), random.pick(["stop", "hang", "slow"])]],
  [3, (random, hosts) => ["xapi", host(random, hosts), "run"]],
  [3, (random, hosts) => ["toolstack", host(random, hosts)]],
  [6, (random, hosts) => ["split", sides(random, hosts)]],
  [3, (random, hosts) => ["cut", host(random, hosts), host(random, hosts)]],
  [2, (random, hosts) => ["cut", host(random, hosts), ">", host(random, hosts)]],
  [2, (random, hosts) => ["cut", host(random, hosts), `bmc${1 + random.below(hosts)}`]],
  [1, (random, hosts) => ["cut", host(random, hosts), "gateway"]],
  [5, () => ["heal"]],
  [1, (random) => ["gateway", random.pick(["on", "off"])]],
  [3, (random, hosts) => ["bmc", host(random, hosts), random.pick(["dead", "slow", "up"])]],
  [6, (random, _, vms) => ["vm", vm(random, vms), "crash"]],
  [1, (random, _, vms) => ["vm", vm(random, vms), "shutdown"]],
  [3, (random, hosts, vms) => ["vm", vm(random, vms), "migrate", host(random, hosts)]],
  [1, (random, _, vms) => ["vm", vm(random, vms), random.pick(["busy", "idle", "block", "unblock"])]],
  [1, (random, _, vms) => ["vm", vm(random, vms), random.pick(["suspend", "pause", "unpause"])]],
  [2, (random, hosts) => ["maintenance", host(random, hosts), random.pick(["on", "off"])]],
  [1, (random) => ["ha", random.pick(["off", "on"])]],
  [3, (random, hosts) => ["kill", host(random, hosts)]],
  [2, (random, hosts) => ["service", host(random, hosts), random.pick(["kill", "stop", "start"])]],
  [1, (random, hosts) => ["disk", host(random, hosts), random.pick(["full", "free"])]],
  [1, (random, hosts) => ["state", host(random, hosts), random.pick(["delete", "tear"])]],
  [1, (random, hosts) => ["clock", host(random, hosts), random.pick(["+1h", "-1h", "+3650d"])]],
  [1, (random, hosts) => ["promote-by-hand", host(random, hosts)]],
];
const TOTAL = STEPS.reduce((sum, [weight]) => sum + weight, 0);

/** One thing that happens to the pool, as the words of a script. */
export function drawStep(random: Random, hosts: number, vms: readonly VmSpec[]): readonly string[] {
  let left = random.below(TOTAL);
  for (const [weight, draw] of STEPS) {
    if (left < weight) return draw(random, hosts, vms).flatMap((words) => words.split(" "));
    left -= weight;
  }
  return ["heal"];
}
