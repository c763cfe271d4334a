import { createWake, type Wake } from "../adapters/processes/wake-signal.ts";
import type { HearingPorts } from "../app/daemons/hearing-loop.ts";
import { withEnds } from "../app/daemons/iteration-ends.ts";
import { keepHearing } from "../app/daemons/keep-hearing.ts";
import { LeaseEnd } from "../app/daemons/lease-end.ts";
import { type MonitorPorts, runMonitor } from "../app/daemons/monitor.ts";
import type { PassPorts, PassReport } from "../app/pass/pass-ports.ts";
import type { ChildDeath, RunningChild } from "../ports/processes.ts";
import type { Scheduled } from "./clock.ts";
import { releaseXapi, unblockRoutes } from "./control.ts";
import { hostClock } from "./host-clock.ts";
import { diskStore, diskVotes, type SimDisk } from "./ports/disk.ts";
import { simGroupSelf } from "./ports/group-self.ts";
import { simLocalHost } from "./ports/local-host.ts";
import { type NextWord, ownSocket } from "./ports/own-socket.ts";
import {
  mortal,
  newSimProcess,
  type SimProcess,
  stall,
  type Watch,
  whenRunning,
  whileAlive,
} from "./ports/process.ts";
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

/**
 * What may be stopped for a while: the processes of this program on a host, or one of them. `word`: its monitor, with the next heartbeat
 * composed and not sent yet.
 */
export type Stalled = "monitor" | "word" | "iteration" | "watchdog" | "all";

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
  private startsAgain = false;
  /** Until then the watchdog of the service sees nothing. */
  private watchdogStopsUntilMs = 0;
  private readonly nextWord: NextWord = { onWord: null };
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
    // What is started while it stops begins when it has.
    if (this.service !== null && this.isStopWanted) this.startsAgain = true;
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
    this.nextWord.onWord = null;
    this.world.messengers?.detach(this.host);
  }

  /** `service ha-lizard stop`: it ends as it would by itself, and nobody starts it again. */
  stopService(): void {
    this.world.record("service-stopped", { host: this.host });
    this.pending?.cancel();
    this.pending = null;
    this.isStopWanted = true;
    const { over, service } = this;
    if (service !== null) whenRunning(service, () => over?.abort());
    // What the service script does where no monitor runs.
    if (service !== null) return;
    const host = this.world.host(this.host);
    unblockRoutes(this.world, host);
    releaseXapi(this.world, host);
  }

  /** kill -9 of the whole service; its watchdog starts it again. */
  killService(): void {
    this.world.record("service-killed", { host: this.host });
    this.stop();
    const blindMs = Math.max(0, this.watchdogStopsUntilMs - this.world.nowMs());
    this.start(blindMs + this.world.timings.serviceStartMs);
  }

  /** Its monitor lives, and does not stand still. */
  get isRunning(): boolean {
    return this.service !== null && this.service.stopped === null;
  }

  /** SIGSTOP, and SIGCONT after `ms`. */
  stall(what: Stalled, ms: number): void {
    const { world, host, service, iteration } = this;
    const { clock } = world;
    world.record("stalled", { host, process: what, ms });
    const isAll = what === "all";
    if (isAll || what === "watchdog") this.watchdogStopsUntilMs = world.nowMs() + ms;
    if (iteration !== null && (isAll || what === "iteration")) stall(clock, iteration.process, ms);
    if (service === null) return;
    if (isAll || what === "monitor") stall(clock, service, ms);
    if (what === "word") this.nextWord.onWord = () => stall(clock, service, ms);
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
    const { next, wake: wakeNow } = createWake();
    this.wake = { next, wake: () => whenRunning(service, wakeNow) };
    const host = this.world.host(this.host);
    const clock = hostClock(this.world, host);
    const { processes, onEnd: onIterationEnd } = withEnds({
      startIteration: (lost) => this.startIteration(service, lost),
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
    this.startsAgain = false;
    const over = new AbortController();
    this.over = over;
    void runMonitor(ports, over.signal).then(() => {
      if (this.service !== service) return;
      this.stop();
      if (this.startsAgain) this.start(this.world.timings.serviceStartMs);
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
      network: ownSocket(service, mortal(service, messengers.network(host)), this.nextWord),
      board: mortal(service, messengers.board(host)),
      self: mortal(service, simGroupSelf(world, host)),
      slots: mortal(service, simWatchdogSlots(world, world.host(host))),
      ties: mortal(service, simTiePlaces(world, host)),
    };
    void keepHearing(ports, new AbortController().signal);
  }

  private startIteration(service: SimProcess, lost: number): RunningChild {
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
    return { pid: 1, ended: whileAlive(service, ended.promise), killGroup };
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
