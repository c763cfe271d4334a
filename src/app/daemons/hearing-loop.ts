import { agreedAtMs } from "../../core/group/agreed.ts";
import { type CopyWatch, NO_COPY_WATCH, newerAtMaster, stepCopyWatch } from "../../core/group/behind.ts";
import { isCalm } from "../../core/group/calm.ts";
import { disarmedText, restsAlone } from "../../core/group/disarm.ts";
import { type Greeting, withGreeter } from "../../core/group/greeting.ts";
import {
  type GroupState,
  newGroup,
  speak,
  tickLeases,
  voteWords,
  wantsTick,
  withCompany,
  withPeers,
} from "../../core/group/group.ts";
import { groupSight } from "../../core/group/group-sight.ts";
import { fallenSilent, type HearingState, newHearing } from "../../core/group/hearing.ts";
import { forgetOlder, stepToldOff, type ToldOff, withKnownOff } from "../../core/group/known-off.ts";
import { type Leading, type LeadMoment, NOT_LEADING, tickAndLead } from "../../core/group/lead.ts";
import { leaseSights } from "../../core/group/lease-sights.ts";
import type { RunsAnswer, RunsQuestion } from "../../core/group/message.ts";
import { isNews, type OwnNews } from "../../core/group/news.ts";
import { ownMatter } from "../../core/group/own-matter.ts";
import { type GroupReport, type OwnSight, ownState } from "../../core/group/own-state.ts";
import { publishHearing } from "../../core/group/publish.ts";
import { NOTHING_STORED } from "../../core/group/stored.ts";
import { storedBy } from "../../core/group/stored-by.ts";
import { tieSight } from "../../core/group/tie-sight.ts";
import { isTimely } from "../../core/group/timely.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import { NO_VOTE } from "../../core/group/vote-words.ts";
import { newVoting } from "../../core/group/voting.ts";
import { joinWords } from "../../core/model/disarm-words.ts";
import type { GroupSight } from "../../core/model/group-sight.ts";
import type { OwnState } from "../../core/model/hearing.ts";
import type { HostUuid, PoolUuid } from "../../core/model/ids.ts";
import type { Alarm } from "../../ports/alarm.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { GroupNetwork, GroupSelf, HearingBoard } from "../../ports/group.ts";
import type { Logger } from "../../ports/notices.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { TiePlaces } from "../../ports/tie-breaker.ts";
import type { VoteStore } from "../../ports/vote-store.ts";
import type { WatchdogSlots } from "../../ports/watchdog-slots.ts";
import { DisarmKeeper } from "./disarm-keeper.ts";
import { Greeters } from "./greeters.ts";
import { HearingTroubles } from "./hearing-troubles.ts";
import { LaterRead } from "./later-read.ts";
import type { LeaseEnd } from "./lease-end.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { LeaseWarning, runningLease } from "./lease-warning.ts";
import { readArmed, readConfirmedOff, readGroupReport, readToldMonitor } from "./report.ts";
import { NEWS_MS, TickPace } from "./tick-pace.ts";
import { TieKeeper } from "./tie-keeper.ts";
import { VoteKeeper } from "./vote-keeper.ts";

export interface HearingPorts {
  readonly clock: Clock;
  readonly network: GroupNetwork;
  readonly board: HearingBoard;
  readonly self: GroupSelf;
  /** For the report of the last iteration: who the other hosts are. */
  readonly store: Pick<StateStore, "load" | "save">;
  readonly alarm: Alarm;
  readonly votes: VoteStore;
  readonly logger: Logger;
  readonly slots: WatchdogSlots;
  readonly leaseEnd: LeaseEnd;
  readonly ties: TiePlaces;
  /** Asks for an iteration. */
  wake(): void;
  /** Who is told when an iteration has ended, whose report is new then; absent: nobody is. */
  readonly onIterationEnd?: (handler: () => void) => void;
}

/** A list of domains takes milliseconds; who asks waits for a second. */
const LIST_MS = 2_000;
/** A xapi that needs seconds for every call lives (core/README.md, "Is a peer alive?"). */
const ANSWER_MS = 10_000;
/** What the loop carries from tick to tick. */
export class HearingLoop {
  private readonly ports: HearingPorts;
  private readonly signal: AbortSignal;
  private readonly troubles: HearingTroubles;
  private readonly votes: VoteKeeper;
  private readonly lease: LeaseKeeper;
  private readonly warning: LeaseWarning;
  private readonly ties: TieKeeper;
  private readonly disarm: DisarmKeeper;
  private state: GroupState | null = null;
  private report: GroupReport | null = null;
  /** Before that, an iteration has told of no host; whoever greets is answered. */
  private hasList = false;
  private readonly greeters = new Greeters();
  private toldOff: ToldOff = new Map();
  private confirmedOff: readonly HostUuid[] = [];
  private xapi: OwnSight["xapi"] = "silent";
  private copy: CopyWatch = NO_COPY_WATCH;
  private asking = false;
  private hasAsked = false;
  private leading: Leading = NOT_LEADING;
  private sight: GroupSight | null = null;
  /** What is published says that this host may not act. */
  private isStill = false;
  private said: OwnNews | null = null;
  /** For what concerns the own xapi an iteration was woken last. */
  private matter: string | null = null;
  private awaited: readonly HostUuid[] = [];
  readonly pace: TickPace;
  private readonly domains: LaterRead<RunsAnswer["runs"]>;

  constructor(ports: HearingPorts, signal: AbortSignal) {
    this.ports = ports;
    this.signal = signal;
    this.pace = new TickPace(ports.clock, signal);
    this.troubles = new HearingTroubles(ports);
    this.votes = new VoteKeeper(ports.votes, ports);
    this.warning = new LeaseWarning(ports);
    this.disarm = new DisarmKeeper(ports.store);
    this.lease = new LeaseKeeper(ports, signal, () => this.pace.hurry());
    this.ties = new TieKeeper(ports, signal, (taken) => {
      this.take(taken);
      this.pace.hurry();
    });
    const { clock, self } = ports;
    this.domains = new LaterRead(() =>
      withDeadline<RunsAnswer["runs"]>(clock, LIST_MS, signal, self.knownVms, () => "unknown"),
    );
  }

  /** Why this host was reset, if its watchdog has done it. */
  tellLastBoot(): Promise<void> {
    return this.warning.tellLastBoot();
  }

  /** A message. What it changes of the vote is stored, and what others wait for is said, at once. */
  take(
    taken: (state: GroupState) => GroupState,
    isNews: (before: GroupState, after: GroupState) => boolean = () => false,
  ): void {
    const { state: before } = this;
    if (before === null) return;
    const after = taken(before);
    this.state = after;
    this.keepVote(after);
    if (wantsTick(before.voting, after.voting)) this.pace.hurry();
    else if (isNews(before, after)) this.pace.hurry(NEWS_MS);
  }

  private keepVote({ voting }: GroupState): void {
    this.votes.keep(voting.stored, () => this.pace.hurry());
  }

  /** Who belongs to the pool; what was known stays so while no report says anything else. */
  async readReport(): Promise<void> {
    const read = await readGroupReport(this.ports.store, this.ports.clock.uptimeMs());
    if (read === null) return;
    const known = read.pool === null ? this.report : null;
    const { pool, peers } = known ?? read;
    // An iteration that has forgotten its pool takes over from nobody, so this host had better not lead.
    const isForgetful = known !== null && this.hasList;
    const report = isForgetful ? { ...known, enabled: null } : { ...read, pool, peers };
    this.hasList ||= read.pool !== null;
    if (JSON.stringify(report) !== JSON.stringify(this.report)) await this.change(report);
    if (read.pool !== null && this.state !== null) await this.enter(read.pool);
  }

  /** What an iteration has just found and others wait for; the rest of its report may wait. */
  async readNews(): Promise<void> {
    const { store, clock } = this.ports;
    const [read, { agreed }] = await Promise.all([
      readGroupReport(store, clock.uptimeMs()),
      readToldMonitor(store),
    ]);
    const { report } = this;
    if (read === null || report === null || read.pool !== report.pool || read.self !== report.self) return;
    const { office } = read;
    if (office === report.office && JSON.stringify(agreed) === JSON.stringify(this.said?.agreed ?? []))
      return;
    this.report = { ...report, office };
    this.pace.hurry(NEWS_MS);
  }

  private async change(report: GroupReport): Promise<void> {
    const bootId = this.state?.hearing.bootId ?? (await this.ports.self.bootId());
    if (bootId !== null) this.use(report, bootId);
  }

  /** What this host has stored counts in the pool in which it stored it. */
  private async enter(pool: PoolUuid): Promise<void> {
    const stored = await this.votes.enter(pool);
    if (stored === null || this.state === null) return;
    const { hearing } = this.state;
    this.leading = NOT_LEADING;
    const nowMs = this.ports.clock.uptimeMs();
    // Until now it has sent heartbeats without a vote: what answers them promises nothing.
    const voting = { ...newVoting(hearing.self, stored, nowMs), mutedMs: nowMs };
    this.state = { ...this.state, voting };
  }

  /** Somebody who is not in the list, or there is no list: that is a reason to look, and to answer while there is none. */
  greeted(greeting: Greeting): void {
    const { report, state } = this;
    if (report === null || state === null) return;
    if (this.greeters.take(greeting.from, this.ports.clock.uptimeMs())) this.ports.wake();
    if (this.hasList) return;
    const list = withGreeter(report, greeting);
    this.use(list, state.hearing.bootId);
    // Its vote counts, too, though it has forgotten its pool: without it the others may be too few.
    if (list.pool !== null) void this.enter(list.pool);
  }

  private use(report: GroupReport, bootId: string): void {
    const nowMs = this.ports.clock.uptimeMs();
    const known = this.state?.hearing.self === report.self ? this.state : null;
    const { self } = report;
    this.report = report;
    const state = known ?? newGroup(newHearing(self, bootId), newVoting(self, NOTHING_STORED, nowMs));
    this.state = withPeers(state, report.peers, nowMs);
    this.ports.network.setUp(report);
  }

  /** Not waited for: a heartbeat is not late because a xapi is. */
  async askOwnXapi(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const { clock, self } = this.ports;
    const xapi = await withDeadline<OwnSight["xapi"]>(
      clock,
      ANSWER_MS,
      this.signal,
      (inner) => self.askXapi(inner),
      () => "silent",
    );
    this.asking = false;
    // What it answers first is no news.
    if (this.hasAsked && xapi !== this.xapi) this.pace.hurry(NEWS_MS);
    this.hasAsked = true;
    this.xapi = xapi;
  }

  /** Which of these VMs does this host run? Whoever cannot be told hears nothing. */
  async answer(question: RunsQuestion, answer: (said: RunsAnswer) => void): Promise<void> {
    const { clock } = this.ports;
    const peer = this.state?.hearing.peers.get(question.from);
    if (!isTimely(peer, question.number, clock.uptimeMs())) return;
    // What is listed is so at that time or later.
    const ms = clock.uptimeMs();
    const wasHeld = await this.ports.self.isXapiHeld();
    const known = await this.domains.read();
    // After the list: a xapi that was told of a start before it follows the same master still.
    const seen = await this.ownState();
    if (this.state === null || seen === null) return;
    // One that ran when the list was read may have handed a start over since.
    const own: OwnState = seen.xapi === "held" && !wasHeld ? { ...seen, xapi: "silent" } : seen;
    const { self: from, bootId } = this.state.hearing;
    const asked = new Set(question.vms);
    const runs = known === "unknown" ? known : known.filter((vm) => asked.has(vm));
    answer({ from, to: question.from, number: { bootId, ms }, id: question.id, own, runs });
  }

  private async ownState(): Promise<OwnState | null> {
    const { self } = this.ports;
    const [role, isHeld] = await Promise.all([self.role(), self.isXapiHeld()]);
    if (this.report === null) return null;
    const seen = { role, startComplete: self.isStartComplete(), xapi: this.xapi, isHeld };
    const own = ownState({ ...seen, isLeaving: this.ports.leaseEnd.isWanted }, this.report);
    const rests = this.state !== null && restsAlone(this.state, this.ports.clock.uptimeMs());
    return rests ? { ...own, enabled: false } : own;
  }

  async tick(): Promise<void> {
    const { clock, network, store } = this.ports;
    const [own, told, words, armWords] = await Promise.all([
      ...([this.ownState(), readToldMonitor(store)] as const),
      ...([readConfirmedOff(store, clock.uptimeMs()), readArmed(store)] as const),
    ]);
    network.tend();
    await this.lease.tend(clock.uptimeMs());
    const { report } = this;
    if (this.state === null || own === null) return;
    const disarm = await this.disarm.tend(this.state, clock.uptimeMs());
    const nowMs = clock.uptimeMs();
    const watchdog = { isWanted: report?.leaseMs != null, isTaken: this.lease.isXapiHaOn };
    const leased = tickLeases({ ...this.state, disarm }, nowMs, GROUP_TIMINGS, watchdog);
    const last = this.ties.tick(leased, report, nowMs);
    const confirmed = words.map(({ host }) => host);
    const before = forgetOlder(this.toldOff, words);
    this.toldOff = stepToldOff(before, told.off, last, { nowMs, greeters: this.greeters.lastMs, confirmed });
    this.confirmedOff = confirmed.filter((host) => this.toldOff.get(host)?.isOver === false);
    const entered = withCompany(withKnownOff(last, this.toldOff, nowMs), report?.needsCompany ?? false);
    const leaseMs = this.lease.step(entered, this.wishedLease(), nowMs);
    this.warning.tell(runningLease(entered, leaseMs), nowMs);
    const moment = {
      ...{ nowMs, own, successor: report?.successor ?? null, maintenance: report?.maintenance ?? [] },
      ...{ agreed: told.agreed, leaseMs, tieTag: report?.tie?.tag ?? null, armWords },
      ...{ disarmWords: joinWords(report?.disarm ?? [], told.disarm), without: report?.without ?? [] },
      isFencing: told.fencingUntilMs !== null && nowMs <= told.fencingUntilMs,
      greeters: this.greeters.recent(nowMs),
      knowsPool: this.hasList,
    };
    const wasOnDisk = this.votes.isOnDisk(entered.voting.stored);
    const state = wasOnDisk ? this.lead(entered, moment) : entered;
    this.state = state;
    this.keepVote(state);
    const isOnDisk = this.votes.isOnDisk(state.voting.stored);
    // It is said when it is stored, which takes some milliseconds: with the next second at the latest, and then without the vote.
    if (wasOnDisk && !isOnDisk) return;
    const vote = isOnDisk ? voteWords(state.voting, leaseMs, nowMs, GROUP_TIMINGS) : NO_VOTE;
    const spoken = speak(state, moment, vote);
    this.state = spoken.state;
    this.wakeFor(entered.hearing, spoken.state.hearing, own);
    const said = { own, agreed: moment.agreed };
    network.send(spoken.heartbeats, isNews(this.said, said));
    this.said = said;
    network.sendRolls(spoken.rolls);
    network.tellAtOnce(!isCalm(state.voting, nowMs, GROUP_TIMINGS));
    await this.publish(spoken.state, own);
  }

  /** Not before it is known what is stored: with it comes whether HA is on. */
  private wishedLease(): number | null | undefined {
    return this.report === null || !this.votes.isKnown ? undefined : this.report.leaseMs;
  }

  private lead(before: GroupState, moment: LeadMoment): GroupState {
    const { handOver } = this.leading;
    // It has not acted no more for as long as its iterations were not told so.
    const since = handOver.sinceMs === null || this.isStill ? handOver.sinceMs : moment.nowMs;
    const last = { ...this.leading, handOver: { ...handOver, sinceMs: since } };
    const { state, leading, awaited } = tickAndLead(before, last, moment, GROUP_TIMINGS);
    this.leading = leading;
    this.awaited = awaited;
    return state;
  }

  /** A slave asks after its master only; what became of the others is the master's business. */
  private wakeFor(before: HearingState, after: HearingState, own: OwnState): void {
    const silent = fallenSilent(before, after);
    const isOurs =
      own.role === "master" || own.master === null ? silent.length > 0 : silent.includes(own.master);
    if (this.isCopyDue(after, own) || isOurs) this.ports.wake();
  }

  private wakeForOwn(matter: string | null): void {
    if (matter !== null && matter !== this.matter) this.ports.wake();
    this.matter = matter;
  }

  private isCopyDue(state: HearingState, own: OwnState): boolean {
    const nowMs = this.ports.clock.uptimeMs();
    const afterMs = this.report?.fetchAfterMs ?? 0;
    const { watch, wakes } = stepCopyWatch(this.copy, newerAtMaster(state, own, nowMs), { nowMs, afterMs });
    this.copy = watch;
    return wakes;
  }

  private async publish(state: GroupState, own: OwnState): Promise<void> {
    const { hearing, voting } = state;
    const { board, clock, network } = this.ports;
    const transport = network.state();
    this.troubles.tell(transport);
    // Whom it hears then is not the pool; with the roll of a leader its own xapi can follow all the same.
    if (!this.hasList && voting.stored.roll === null) return;
    try {
      const nowMs = clock.uptimeMs();
      const handsOver = this.leading.handOver.sinceMs !== null;
      const isOnDisk = this.votes.isOnDisk(voting.stored);
      const { awaited, confirmedOff } = this;
      const at = { nowMs, awaited, confirmedOff, handsOver, isOnDisk, trouble: this.votes.trouble() };
      const ownLease = this.lease.published(state.leases.ownAckedMs);
      const lease = { ...leaseSights(state, nowMs), ownLease };
      const seen = {
        ...at,
        ...lease,
        ...{ storedBy: storedBy(state, nowMs), disarm: state.disarm },
        agreedAtMs: agreedAtMs(voting, hearing.peers, nowMs),
        tie: tieSight(state, { nowMs, tag: this.report?.tie?.tag ?? null }, GROUP_TIMINGS),
        tieTest: this.ties.tested(),
        last: this.sight,
      };
      const group = groupSight(voting, seen, GROUP_TIMINGS);
      // What waited for the mandate does not wait for the next iteration as well.
      if (group.lead === "leads" && this.sight?.lead !== "leads") this.ports.wake();
      if (group.leaseOver.length > (this.sight?.leaseOver.length ?? 0)) this.ports.wake();
      if (disarmedText(group) !== disarmedText(this.sight)) this.ports.wake();
      this.sight = group;
      this.isStill = false;
      const published = publishHearing(hearing, group, nowMs, transport);
      await board.publish(published);
      this.wakeForOwn(ownMatter(hearing.self, own, group, published.peers));
      this.isStill = group.mandateUntilMs === null;
      this.troubles.tellBoard(null);
    } catch (error) {
      this.troubles.tellBoard(error instanceof Error ? error.message : String(error));
    }
  }
}
