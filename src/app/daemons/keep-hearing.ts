import { type CopyWatch, NO_COPY_WATCH, newerAtMaster, stepCopyWatch } from "../../core/group/behind.ts";
import { type Greeted, type Greeting, stepGreeted, withGreeter } from "../../core/group/greeting.ts";
import { fallenSilent, type HearingState, newHearing, stepHearing } from "../../core/group/hearing.ts";
import type { RunsAnswer, RunsQuestion } from "../../core/group/message.ts";
import { type GroupReport, type OwnSight, ownState } from "../../core/group/own-state.ts";
import { publishHearing, refusedCount, refusedText } from "../../core/group/publish.ts";
import { isTimely } from "../../core/group/timely.ts";
import type { OwnState, Refused } from "../../core/model/hearing.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { GroupNetwork, GroupSelf, HearingBoard } from "../../ports/group.ts";
import type { Logger } from "../../ports/notices.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { LaterRead } from "./later-read.ts";
import { readGroupReport } from "./report.ts";

export interface HearingPorts {
  readonly clock: Clock;
  readonly network: GroupNetwork;
  readonly board: HearingBoard;
  readonly self: GroupSelf;
  /** For the report of the last iteration: who the other hosts are. */
  readonly store: Pick<StateStore, "load">;
  readonly logger: Logger;
  /** Asks for an iteration. */
  wake(): void;
}

/** One heartbeat a second: four of them may be lost before a host is not heard any more. */
const TICK_MS = 1_000;
/** A report is a small file; a new host is greeted within this time. */
const TICKS_PER_REPORT = 5;
/** So often the own xapi is asked, once at a time. */
const TICKS_PER_QUESTION = 5;
/** A xapi that needs seconds for every call lives (core/README.md, "Is a peer alive?"). */
const ANSWER_MS = 10_000;
/** A list of domains takes milliseconds; who asks waits for a second. */
const LIST_MS = 2_000;
/** A socket that is just being opened, or opened again, is not worth a line. */
const TROUBLE_MS = 3_000;
/** Whatever is refused, and however much of it. */
const REFUSED_LINE_MS = 60_000;

/**
 * Exchanges heartbeats with the other monitors of the pool until `signal` aborts, and publishes what is heard
 * (core/group/README.md). Answers what this host runs. It decides nothing, and needs neither XAPI nor an iteration that works: only the list of hosts,
 * which the last one has left, and without one it answers whoever greets it.
 */
export async function keepHearing(ports: HearingPorts, signal: AbortSignal): Promise<void> {
  const { clock, network } = ports;
  const loop = new Loop(ports, signal);
  network.onMessage((message, address, atMs = clock.uptimeMs()) =>
    loop.take({ kind: "datagram", nowMs: atMs, message, address }),
  );
  network.onGreeting((greeting) => loop.greeted(greeting));
  network.onQuestion((question, answer) => void loop.answer(question, answer));
  for (let ticks = 0; !signal.aborted; ticks++) {
    if (ticks % TICKS_PER_REPORT === 0) await loop.readReport();
    if (ticks % TICKS_PER_QUESTION === 0) void loop.askOwnXapi();
    await loop.tick();
    await clock.sleep(TICK_MS, signal);
  }
  network.close();
}

/** What the loop carries from tick to tick. */
class Loop {
  private readonly ports: HearingPorts;
  private readonly signal: AbortSignal;
  private readonly troubles: Troubles;
  private state: HearingState | null = null;
  private report: GroupReport | null = null;
  /** Before that, an iteration has told of no host; whoever greets is answered. */
  private hasList = false;
  private greetings: Greeted = new Map();
  private xapi: OwnSight["xapi"] = "silent";
  private copy: CopyWatch = NO_COPY_WATCH;
  private asking = false;
  private readonly domains: LaterRead<RunsAnswer["runs"]>;

  constructor(ports: HearingPorts, signal: AbortSignal) {
    this.ports = ports;
    this.signal = signal;
    this.troubles = new Troubles(ports);
    const { clock, self } = ports;
    this.domains = new LaterRead(() =>
      withDeadline<RunsAnswer["runs"]>(clock, LIST_MS, signal, self.knownVms, () => "unknown"),
    );
  }

  take(event: Parameters<typeof stepHearing>[1]): void {
    if (this.state !== null) this.state = stepHearing(this.state, event).state;
  }

  /** Who belongs to the pool; what was known stays so while no report says anything else. */
  async readReport(): Promise<void> {
    const read = await readGroupReport(this.ports.store);
    if (read === null || (read.pool === null && this.hasList)) return;
    const { pool, peers } = (read.pool === null ? this.report : null) ?? read;
    const report = { ...read, pool, peers };
    if (JSON.stringify(report) === JSON.stringify(this.report)) return;
    const bootId = this.state?.bootId ?? (await this.ports.self.bootId());
    if (bootId === null) return;
    this.hasList ||= read.pool !== null;
    this.use(report, bootId);
  }

  /** Somebody who is not in the list, or there is no list: that is a reason to look, and to answer while there is none. */
  greeted(greeting: Greeting): void {
    const { report, state } = this;
    if (report === null || state === null) return;
    const { greeted, wakes } = stepGreeted(this.greetings, greeting.from, this.ports.clock.uptimeMs());
    this.greetings = greeted;
    if (wakes) this.ports.wake();
    if (!this.hasList) this.use(withGreeter(report, greeting), state.bootId);
  }

  private use(report: GroupReport, bootId: string): void {
    this.report = report;
    if (this.state?.self !== report.self) this.state = newHearing(report.self, bootId);
    this.ports.network.setUp(report);
    this.take({ kind: "peers", nowMs: this.ports.clock.uptimeMs(), peers: report.peers });
  }

  /** Not waited for: a heartbeat is not late because a xapi is. */
  async askOwnXapi(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const { clock, self } = this.ports;
    this.xapi = await withDeadline<OwnSight["xapi"]>(
      clock,
      ANSWER_MS,
      this.signal,
      (inner) => self.askXapi(inner),
      () => "silent",
    );
    this.asking = false;
  }

  /** Which of these VMs does this host run? Whoever cannot be told hears nothing. */
  async answer(question: RunsQuestion, answer: (said: RunsAnswer) => void): Promise<void> {
    const { clock } = this.ports;
    const peer = this.state?.peers.get(question.from);
    if (!isTimely(peer, question.number, clock.uptimeMs())) return;
    const known = await this.domains.read();
    // After the list: a xapi that was told of a start before it follows the same master still.
    const own = await this.ownState();
    if (this.state === null || own === null) return;
    const { self: from, bootId } = this.state;
    const asked = new Set(question.vms);
    const runs = known === "unknown" ? known : known.filter((vm) => asked.has(vm));
    answer({ from, to: question.from, number: { bootId, ms: clock.uptimeMs() }, id: question.id, own, runs });
  }

  private async ownState(): Promise<OwnState | null> {
    const { self } = this.ports;
    const role = await self.role();
    if (this.report === null) return null;
    return ownState({ role, startComplete: self.isStartComplete(), xapi: this.xapi }, this.report);
  }

  async tick(): Promise<void> {
    const { clock, network } = this.ports;
    const own = await this.ownState();
    if (this.state === null || own === null) return;
    network.tend();
    const { state, datagrams } = stepHearing(this.state, { kind: "tick", nowMs: clock.uptimeMs(), own });
    const silent = fallenSilent(this.state, state);
    this.state = state;
    // A slave asks after its master only; what became of the others is the master's business.
    const isOurs =
      own.role === "master" || own.master === null ? silent.length > 0 : silent.includes(own.master);
    if (this.isCopyDue(state, own) || isOurs) this.ports.wake();
    network.send(datagrams);
    await this.publish(state);
  }

  private isCopyDue(state: HearingState, own: OwnState): boolean {
    const nowMs = this.ports.clock.uptimeMs();
    const afterMs = this.report?.fetchAfterMs ?? 0;
    const { watch, wakes } = stepCopyWatch(this.copy, newerAtMaster(state, own, nowMs), { nowMs, afterMs });
    this.copy = watch;
    return wakes;
  }

  private async publish(state: HearingState): Promise<void> {
    const { board, clock, network } = this.ports;
    const transport = network.state();
    this.troubles.tell(transport);
    // Whom it hears then is not the pool.
    if (!this.hasList) return;
    try {
      await board.publish(publishHearing(state, clock.uptimeMs(), transport));
      this.troubles.tellBoard(null);
    } catch (error) {
      this.troubles.tellBoard(error instanceof Error ? error.message : String(error));
    }
  }
}

/** What is told of the transport: a trouble when it begins and when it is over, refused datagrams once a minute. */
class Troubles {
  private readonly logger: Logger;
  private readonly clock: Clock;
  private told: string | null = null;
  private sinceMs: number | null = null;
  private boardTold: string | null = null;
  private refusedTold = 0;
  private notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor({ logger, clock }: HearingPorts) {
    this.logger = logger;
    this.clock = clock;
  }

  tell({ trouble, refused }: { readonly trouble: string | null; readonly refused: Refused }): void {
    const nowMs = this.clock.uptimeMs();
    this.sinceMs = trouble === null ? null : (this.sinceMs ?? nowMs);
    const isPassing = this.sinceMs !== null && nowMs - this.sinceMs < TROUBLE_MS;
    if (isPassing) return;
    if (trouble !== null && trouble !== this.told)
      this.logger.log("error", "check_xapi", `Cannot exchange heartbeats with the other hosts: ${trouble}.`);
    if (trouble === null && this.told !== null)
      this.logger.log("info", "check_xapi", "Heartbeats are exchanged again.");
    this.told = trouble;
    const sum = refusedCount(refused);
    if (sum === this.refusedTold || this.clock.uptimeMs() < this.notBeforeMs) return;
    this.notBeforeMs = this.clock.uptimeMs() + REFUSED_LINE_MS;
    const text = `${sum - this.refusedTold} datagrams on the port of the heartbeats were refused. All in all: ${refusedText(refused)}.`;
    this.logger.log("warning", "check_xapi", text);
    this.refusedTold = sum;
  }

  tellBoard(why: string | null): void {
    if (why !== null && this.boardTold === null)
      this.logger.log("error", "check_xapi", `Cannot publish who is heard: ${why}.`);
    this.boardTold = why;
  }
}
