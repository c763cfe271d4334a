import { createWake, type Wake } from "../adapters/processes/wake-signal.ts";
import type { HearingPorts } from "../app/daemons/hearing-loop.ts";
import { withEnds } from "../app/daemons/iteration-ends.ts";
import { keepHearing } from "../app/daemons/keep-hearing.ts";
import { LeaseEnd } from "../app/daemons/lease-end.ts";
import { type MonitorPorts, runMonitor } from "../app/daemons/monitor.ts";
import type { PassPorts, PassReport } from "../app/pass/pass-ports.ts";
import type { ChildDeath, RunningChild } from "../ports/processes.ts";
import { portClock, type Scheduled } from "./clock.ts";
import { releaseXapi, unblockRoutes } from "./control.ts";
import { diskStore, diskVotes, type SimDisk } from "./ports/disk.ts";
import { simGroupSelf } from "./ports/group-self.ts";
import { simLocalHost } from "./ports/local-host.ts";
import { mortal, newSimProcess, type SimProcess, type Watch } from "./ports/process.ts";
import { simTiePlaces } from "./ports/ties.ts";
import { simWatchdogSlots } from "./ports/watchdog-slots.ts";
import { simLogger, simPassPorts } from "./ports.ts";
import { beginWatches } from "./watches.ts";
import type { World } from "./world.ts";

/** One iteration, as app/pass/iterate.ts exports it, or a damaged one for the tests of the tests. */
export type RunPass = (ports: PassPorts, signal: AbortSignal) => Promise<PassReport>;

interface Iteration {
  readonly process: SimProcess;
  /** Tells the monitor that the child is gone. */
  readonly end: (signal: string | null) => void;
}

/** The real watch looks four times a second while xapi starts (app/daemons/watch-start.ts). */
const WAKE_MS = 250;

/**
 * The service of one simulated host: the real monitor (app/daemons/monitor.ts), whose children are passes in this program. It
 * dies with the host's power and begins again some time after it comes back.
 */
export class SimMonitor {
  private readonly world: World;
  private readonly host: number;
  private readonly disk: SimDisk;
  private readonly runPass: RunPass;
  private service: SimProcess | null = null;
  private iteration: Iteration | null = null;
  private pending: Scheduled | null = null;
  private wake: Wake | null = null;
  /** Ends the running service in good order. */
  private over: AbortController | null = null;
  private isStopWanted = false;
  passes = 0;
  /** The report of the last pass that ended. */
  last: PassReport | null = null;
  /** Sees every port call of the iterations that begin from now on. */
  watch: Watch | null = null;

  constructor(world: World, host: number, disk: SimDisk, runPass: RunPass) {
    this.world = world;
    this.host = host;
    this.disk = disk;
    this.runPass = runPass;
    if (!world.hasWatches) this.wakeAfterStarts();
  }

  /** All that a monitor without its watches is woken by, besides a host that is not heard any more. */
  private wakeAfterStarts(): void {
    const { world, host: own } = this;
    world.listeners.push(({ what, host, present }) => {
      if (what !== "cookie" || host !== own || present !== true) return;
      world.clock.schedule(WAKE_MS, () => {
        this.wake?.wake();
      });
    });
  }

  /** Starts the service `delayMs` from now, unless it runs. */
  start(delayMs: number): void {
    if (this.service !== null || this.pending !== null) return;
    this.pending = this.world.clock.schedule(delayMs, () => {
      this.pending = null;
      if (this.world.host(this.host).power) this.live();
    });
  }

  /** Ends everything of it at once, as a power cut or kill -9 of the whole service does. */
  stop(): void {
    this.pending?.cancel();
    this.pending = null;
    if (this.service !== null) this.service.alive = false;
    if (this.iteration !== null) this.iteration.process.alive = false;
    this.service = null;
    this.iteration = null;
    this.wake = null;
    this.over = null;
    this.world.messengers?.detach(this.host);
  }

  /** `service ha-lizard stop`: it ends as it would by itself, and nobody starts it again. */
  stopService(): void {
    this.world.record("service-stopped", { host: this.host });
    this.pending?.cancel();
    this.pending = null;
    this.isStopWanted = true;
    this.over?.abort();
    // What the service script does where no monitor runs.
    if (this.service !== null) return;
    const host = this.world.host(this.host);
    unblockRoutes(this.world, host);
    releaseXapi(this.world, host);
  }

  /** kill -9 of the whole service; its watchdog starts it again. */
  killService(): void {
    this.world.record("service-killed", { host: this.host });
    this.stop();
    this.start(this.world.timings.serviceStartMs);
  }

  /** kill -9 of the running iteration, if one runs; the monitor starts another. */
  kill(): void {
    if (this.iteration === null) return;
    this.world.record("killed", { host: this.host });
    this.endIteration("SIGKILL");
  }

  private endIteration(signal: string | null): void {
    const { iteration } = this;
    if (iteration === null) return;
    this.iteration = null;
    iteration.process.alive = false;
    iteration.end(signal);
  }

  private live(): void {
    const service = newSimProcess(this.host);
    this.service = service;
    this.wake = createWake();
    const host = this.world.host(this.host);
    const clock = portClock(
      this.world.clock,
      () => host.bootedAtMs,
      () => host.wallStepMs,
    );
    const { processes, onEnd: onIterationEnd } = withEnds({
      startIteration: (lost) => this.startIteration(lost),
    });
    const leaseEnd = new LeaseEnd();
    const ports: MonitorPorts = {
      clock: mortal(service, clock),
      store: mortal(service, diskStore(this.disk, clock)),
      logger: simLogger(this.world, service),
      alarm: {
        raise: ({ severity, subject }) => {
          if (service.alive) this.world.record("alarm", { host: this.host, severity, subject });
        },
      },
      lock: { acquire: async () => ({ kind: "acquired" }) },
      wake: this.wake,
      processes: mortal(service, processes),
      localHost: mortal(service, simLocalHost(this.world, host)),
      isStopWanted: () => this.isStopWanted,
      isRestart: () => false,
      endLease: () => leaseEnd.want(),
    };
    this.isStopWanted = false;
    const over = new AbortController();
    this.over = over;
    void runMonitor(ports, over.signal).then(() => {
      if (this.service === service) this.stop();
    });
    const wake = () => this.wake?.wake();
    if (this.world.hasWatches) beginWatches(this.world, service, { clock: ports.clock, wake });
    this.hear(service, { ...ports, wake, onIterationEnd, leaseEnd });
  }

  /** The real loop (app/daemons/keep-hearing.ts) on the world's network, if the monitors of this world speak. */
  private hear(
    service: SimProcess,
    own: Pick<HearingPorts, "clock" | "store" | "logger" | "alarm" | "wake" | "onIterationEnd" | "leaseEnd">,
  ): void {
    const { world, host } = this;
    const { messengers } = world;
    if (messengers === null) return;
    const ports = {
      ...own,
      votes: mortal(service, diskVotes(this.disk, own.clock)),
      network: mortal(service, messengers.network(host)),
      board: mortal(service, messengers.board(host)),
      self: mortal(service, simGroupSelf(world, host)),
      slots: mortal(service, simWatchdogSlots(world, world.host(host))),
      ties: mortal(service, simTiePlaces(world, host)),
    };
    void keepHearing(ports, new AbortController().signal);
  }

  private startIteration(lost: number): RunningChild {
    const process = newSimProcess(this.host, this.watch);
    const ended = Promise.withResolvers<ChildDeath>();
    const end = (signal: string | null) =>
      ended.resolve({ exitCode: signal === null ? 0 : null, signal, lastWords: "" });
    this.iteration = { process, end };
    void this.pass(process, lost).then(() => {
      if (process.alive) this.endIteration(null);
    });
    const killGroup = () => {
      // A stop ends the iteration that runs; any other one hung.
      if (this.over?.signal.aborted !== true) this.world.record("killed-by-monitor", { host: this.host });
      this.endIteration("SIGKILL");
    };
    return { pid: 1, ended: ended.promise, killGroup };
  }

  private async pass(process: SimProcess, lost: number): Promise<void> {
    const begunMs = this.world.nowMs();
    try {
      const ports = simPassPorts(this.world, this.host, process, this.disk, lost);
      const report = await this.runPass(ports, new AbortController().signal);
      if (!process.alive) return;
      this.passes += 1;
      this.last = report;
      const { nextInMs, result } = report;
      const tookMs = this.world.nowMs() - begunMs;
      this.world.record("pass", { host: this.host, tookMs, nextInMs, result });
    } catch (error) {
      if (!process.alive) return;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.world.record("pass-crashed", { host: this.host, text });
    }
  }
}
