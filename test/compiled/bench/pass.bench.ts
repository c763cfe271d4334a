import { beforeAll, test } from "bun:test";
import { readFileSync, symlinkSync } from "node:fs";
import { vmDefaultUuid } from "../../../src/simulation/spec.ts";
import { makeCertificate, readTls } from "../../tools/devices/redfish/certificate.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "../ha-cfg/stage.ts";
import { medianOf } from "./statistics.ts";

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
/** As HA-Lizard 2.x asks; the `xe` on the path does nothing at all. */
const SHELLS_WAY =
  'i=0; while [ $i -lt "$1" ]; do answer=$(xe vm-param-get uuid="$2" param-name=power-state); i=$((i + 1)); done';
/** Of the control domain, in the list of the domains. */
const NO_UUID = "00000000-0000-0000-0000-000000000000";
const SETTLING_PASSES = 12;
const MEASURED_PASSES = 15;
/** What HA-Lizard 2.4 asks in one pass, counted with `xe` replaced by a stub: so many, and so many for each host and VM. */
const questions = (hosts: number, vms: number): number => 42 + 9 * hosts + 3 * vms;

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMib: number;
}

async function costOf(command: readonly string[], env: Record<string, string>): Promise<Cost> {
  const began = performance.now();
  const child = Bun.spawn([...command], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const peak = watchPeak(child);
  await child.exited;
  const used = child.resourceUsage();
  return {
    cpuMs: Number(used?.cpuTime.total ?? 0) / 1_000,
    wallMs: performance.now() - began,
    peakMib: await peak,
  };
}

const LOOK_MS = 2;

/** The most memory it had, in MiB. The kernel's own figure at its end also counts the process that it was forked from. */
async function watchPeak(child: Bun.Subprocess): Promise<number> {
  let kib = 0;
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      kib = Math.max(kib, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
    await Bun.sleep(LOOK_MS);
  }
  return kib / 1024;
}

const folders = SIZES.map(() => new ScratchFolder("bench"));
beforeAll(() => {
  console.log("hosts    VMs  calls  KiB read  CPU ms  wall ms  peak MiB   shell CPU ms  ratio");
});

for (const [index, [hosts, count]] of SIZES.entries()) {
  test(`${hosts} hosts, ${count} VMs`, async () => {
    const folder = folders[index];
    if (folder === undefined) return;
    const vms = Array.from({ length: count }, (_, vm) => ({ name: `vm${vm}`, on: (vm % hosts) + 1 }));
    const ownPorts = readTls(makeCertificate(folder.path, "xapi", "xapi"));
    const params = { MAIL_ON: "0", FENCE_ENABLED: "0" };
    const stage = await Stage.open(folder, { hosts, ha: "true", vms, params, ownPorts });
    const domains = vms.flatMap(({ on }, index) => (on === 1 ? [vmDefaultUuid(index + 1)] : []));
    folder.script("root1/opt/xensource/bin/list_domains", `echo ${[NO_UUID, ...domains].join(",")}`);
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
  const before = stage.server.answeredBytes();
  for (let measured = 0; measured < MEASURED_PASSES; measured++) costs.push(await pass());
  const bytes = (stage.server.answeredBytes() - before) / MEASURED_PASSES;
  const { xapiCalls, result } = JSON.parse(stage.read(1, "run/ha-lizard/state/pass.json")).document;
  if (result !== "done") throw new Error(`Cannot measure: the pass ended with ${result}`);
  symlinkSync("/bin/true", stage.at(1, "opt/xensource/bin/xe"));
  const shell = await costOf(
    ["bash", "-c", SHELLS_WAY, "bash", String(questions(hosts, count)), vmDefaultUuid(1)],
    quiet,
  );
  const cpuMs = medianOf(costs, (cost) => cost.cpuMs);
  const cells = [
    ...[String(hosts).padStart(5), String(count).padStart(6), String(xapiCalls).padStart(6)],
    (bytes / 1024).toFixed(0).padStart(9),
    cpuMs.toFixed(0).padStart(7),
    medianOf(costs, (cost) => cost.wallMs)
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
