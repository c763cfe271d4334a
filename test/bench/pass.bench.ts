import { beforeAll, test } from "bun:test";
import { ScratchFolder } from "../adapters/scratch.ts";
import { Stage } from "../ha-cfg/stage.ts";

/**
 * `npm run bench`: what a pass of a healthy master costs, the compiled program against a simulated xapi, beside the way of
 * a shell: one process for each question, which costs nothing but itself. Prints a table; judges nothing.
 */

const SIZES = [
  [2, 10],
  [4, 100],
  [16, 500],
  [64, 5_000],
] as const;
const SETTLING_PASSES = 12;
const MEASURED_PASSES = 7;
/** What HA-Lizard 2.x asks in one pass (field.md): so many, and so many for each host and VM. */
const questions = (hosts: number, vms: number): number => 42 + 9 * hosts + 3 * vms;

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMib: number;
}

async function costOf(command: readonly string[], env: Record<string, string>): Promise<Cost> {
  const began = performance.now();
  const child = Bun.spawn([...command], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  await child.exited;
  const used = child.resourceUsage();
  return {
    cpuMs: Number(used?.cpuTime.total ?? 0) / 1_000,
    wallMs: performance.now() - began,
    peakMib: Number(used?.maxRSS ?? 0) / 1024 / 1024,
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const folders = SIZES.map(() => new ScratchFolder("bench"));
beforeAll(() => {
  console.log("hosts    VMs  calls   CPU ms  wall ms  peak MiB   shell CPU ms  ratio");
});

for (const [index, [hosts, count]] of SIZES.entries()) {
  test(`${hosts} hosts, ${count} VMs`, async () => {
    const folder = folders[index];
    if (folder === undefined) return;
    const vms = Array.from({ length: count }, (_, vm) => ({ name: `vm${vm}`, on: (vm % hosts) + 1 }));
    const params = { MAIL_ON: "0", FENCE_ENABLED: "0" };
    const stage = await Stage.open(folder, { hosts, ha: "true", vms, params, ownPort: 80 });
    try {
      await measure(stage, hosts, count);
    } finally {
      await stage.stop();
    }
  }, 300_000);
}

async function measure(stage: Stage, hosts: number, count: number): Promise<void> {
  const { env } = stage.command(1, [], { network: true });
  const quiet = { ...env, BUN_JSC_useJIT: "0" };
  const pass = () => costOf([stage.binary, "iterate"], quiet);
  for (let settling = 0; settling < SETTLING_PASSES; settling++) await pass();
  const costs: Cost[] = [];
  for (let measured = 0; measured < MEASURED_PASSES; measured++) costs.push(await pass());
  const { xapiCalls, result } = JSON.parse(stage.read(1, "etc/ha-lizard/state/pass.json"));
  if (result !== "done") throw new Error(`Cannot measure: the pass ended with ${result}`);
  const loop = `i=0; while [ $i -lt ${questions(hosts, count)} ]; do /bin/true; i=$((i + 1)); done`;
  const shell = await costOf(["sh", "-c", loop], quiet);
  const cpuMs = median(costs.map((cost) => cost.cpuMs));
  const cells = [
    ...[String(hosts).padStart(5), String(count).padStart(6), String(xapiCalls).padStart(6)],
    cpuMs.toFixed(0).padStart(8),
    median(costs.map((cost) => cost.wallMs))
      .toFixed(0)
      .padStart(8),
    Math.max(...costs.map((cost) => cost.peakMib))
      .toFixed(0)
      .padStart(9),
    shell.cpuMs.toFixed(0).padStart(14),
    `1/${(shell.cpuMs / cpuMs).toFixed(1)}`.padStart(6),
  ];
  console.log(cells.join(" "));
}
