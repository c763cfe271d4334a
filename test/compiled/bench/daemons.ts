import { readFileSync } from "node:fs";
import { parseHearing } from "../../../src/adapters/group/hearing-file.ts";
import { POOL_SECRET } from "../../../src/simulation/spec.ts";
import type { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { until } from "../e2e/world/wait.ts";
import { Stage } from "../ha-cfg/stage.ts";

/** Memory of a process, in KiB (`smaps_rollup`): its share of what it shares, and what is its alone. */
export interface Memory {
  readonly pss: number;
  readonly own: number;
}

/** Processor time of a process and of the children that have ended, in milliseconds. */
export interface Work {
  readonly self: number;
  readonly children: number;
}

const TICK_MS = 10;

/** The pool around the host. */
type BenchPool = Pick<Parameters<typeof Stage.open>[1], "hosts" | "secondNetwork" | "ownAddresses">;

/** Monitor and watchdog of the compiled program on one host of a simulated pool that is well. */
export class Daemons {
  private readonly stage: Stage;
  private readonly monitor: Bun.Subprocess;
  private readonly watchdog: Bun.Subprocess;

  private constructor(stage: Stage, monitor: Bun.Subprocess, watchdog: Bun.Subprocess) {
    this.stage = stage;
    this.monitor = monitor;
    this.watchdog = watchdog;
  }

  static async start(folder: ScratchFolder, pool: BenchPool = { hosts: 1 }): Promise<Daemons> {
    // A mail has a child of its own, which tries for minutes and would outlive a run that is ended.
    const params = { MAIL_ON: "0", MONITOR_DELAY: "15", XAPI_DOWN_TOLERANCE: "86400" };
    const stage = await Stage.open(folder, { ha: "true", vms: [{ name: "web", on: 1 }], params, ...pool });
    stage.write(1, "etc/xensource/ptoken", POOL_SECRET, 0o600);
    const { env, cwd } = stage.command(1, [], { network: true });
    const begin = (mode: string) =>
      Bun.spawn([stage.binary, mode], {
        cwd,
        // As init.d/ha-lizard starts them.
        env: { ...env, BUN_JSC_useJIT: "0", BUN_GC_TIMER_INTERVAL: "30000" },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      });
    const daemons = new Daemons(stage, begin("monitor"), begin("watchdog"));
    await until("the first pass", 20_000, () => daemons.lastPass() > 0);
    return daemons;
  }

  memory(): { readonly monitor: Memory; readonly watchdog: Memory } {
    return { monitor: memoryOf(this.monitor.pid), watchdog: memoryOf(this.watchdog.pid) };
  }

  work(): { readonly monitor: Work; readonly watchdog: Work } {
    return { monitor: workOf(this.monitor.pid), watchdog: workOf(this.watchdog.pid) };
  }

  /** Asks for so many passes, one after the other, as ha-cfg does after a change. */
  async passes(count: number): Promise<void> {
    for (let done = 0; done < count; done++) {
      const before = this.lastPass();
      this.monitor.kill("SIGHUP");
      const end = performance.now() + 20_000;
      while (this.lastPass() === before) {
        if (performance.now() > end) throw new Error(`Waited in vain for pass ${done + 1} of ${count}`);
        await Bun.sleep(5);
      }
    }
  }

  async stop(): Promise<void> {
    for (const daemon of [this.monitor, this.watchdog]) daemon.kill("SIGTERM");
    await Promise.all([this.monitor.exited, this.watchdog.exited]);
    await this.stage.stop();
  }

  /** Over how many ways other hosts are heard now. */
  openWays(): number {
    try {
      const hearing = parseHearing(this.stage.read(1, "run/ha-lizard/hearing.json"));
      return (hearing?.peers ?? []).flatMap(({ ways }) => ways.filter(({ ageMs }) => ageMs < 3_000)).length;
    } catch {
      return 0;
    }
  }

  private lastPass(): number {
    try {
      return JSON.parse(this.stage.read(1, "run/ha-lizard/state/pass.json")).document.finishedAtMs;
    } catch {
      return 0;
    }
  }
}

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const value = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN);
  return { pss: value("Pss"), own: value("Private_Clean") + value("Private_Dirty") };
}

function workOf(pid: number): Work {
  const fields = (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "").split(" ").map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { self: (user + system) * TICK_MS, children: (childUser + childSystem) * TICK_MS };
}
