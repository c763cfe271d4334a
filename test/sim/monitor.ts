import type { PassPorts, PassReport } from "../../src/app/pass-ports.ts";
import { type Scheduled, sleep } from "./clock.ts";
import type { SimDisk } from "./ports/disk.ts";
import { newSimProcess, type SimProcess, whileAlive } from "./ports/process.ts";
import { simPassPorts } from "./ports.ts";
import type { World } from "./world.ts";

/** One iteration, as app/iterate.ts exports it, or a damaged one for the tests of the tests. */
export type RunPass = (ports: PassPorts, signal: AbortSignal) => Promise<PassReport>;

/** After a pass that left no report: MONITOR_DELAY's default. */
const AFTER_CRASH_MS = 45_000;

/**
 * The monitor of one simulated host: one pass after the other, each when the last one asked for it. It dies with the
 * host's power and begins again some time after it comes back; `kill` is kill -9 of the running iteration.
 */
export class SimMonitor {
  private readonly world: World;
  private readonly host: number;
  private readonly disk: SimDisk;
  private readonly runPass: RunPass;
  private process: SimProcess | null = null;
  private pending: Scheduled | null = null;
  passes = 0;
  /** The report of the last pass that ended. */
  last: PassReport | null = null;

  constructor(world: World, host: number, disk: SimDisk, runPass: RunPass) {
    this.world = world;
    this.host = host;
    this.disk = disk;
    this.runPass = runPass;
  }

  /** Starts it `delayMs` from now, unless it runs. */
  start(delayMs: number): void {
    if (this.process !== null || this.pending !== null) return;
    this.pending = this.world.clock.schedule(delayMs, () => {
      this.pending = null;
      if (this.world.host(this.host).power) void this.live();
    });
  }

  /** Ends everything of it at once, as a power cut or kill -9 of the whole service does. */
  stop(): void {
    this.pending?.cancel();
    this.pending = null;
    if (this.process !== null) this.process.alive = false;
    this.process = null;
  }

  /** Kills the running iteration; the monitor starts another. */
  kill(): void {
    this.world.record("killed", { host: this.host });
    this.stop();
    this.start(this.world.timings.serviceStartMs);
  }

  private async live(): Promise<void> {
    const process = newSimProcess(this.host);
    this.process = process;
    while (process.alive) {
      const report = await whileAlive(process, this.pass(process));
      this.passes += 1;
      this.last = report;
      const waitMs = report?.nextInMs ?? AFTER_CRASH_MS;
      await whileAlive(process, sleep(this.world.clock, Math.max(1, waitMs)));
    }
  }

  private async pass(process: SimProcess): Promise<PassReport | null> {
    const begunMs = this.world.nowMs();
    try {
      const ports = simPassPorts(this.world, this.host, process, this.disk);
      const report = await this.runPass(ports, new AbortController().signal);
      await ports.store.save("pass", report).catch(() => undefined);
      const tookMs = this.world.nowMs() - begunMs;
      this.world.record("pass", {
        host: this.host,
        tookMs,
        nextInMs: report.nextInMs,
        result: report.result,
      });
      return report;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.world.record("pass-crashed", { host: this.host, text });
      return null;
    }
  }
}
