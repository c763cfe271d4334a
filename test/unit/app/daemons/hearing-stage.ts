import { keepHearing } from "../../../../src/app/daemons/keep-hearing.ts";
import { LeaseEnd } from "../../../../src/app/daemons/lease-end.ts";
import type { Greeting } from "../../../../src/core/group/greeting.ts";
import type { Datagram, Heartbeat, RunsAnswer, RunsQuestion } from "../../../../src/core/group/message.ts";
import type { GroupReport } from "../../../../src/core/group/own-state.ts";
import type { Transport } from "../../../../src/core/group/publish.ts";
import type { RollMessage } from "../../../../src/core/group/roll-message.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { hostUuid, poolUuid, type VmUuid } from "../../../../src/core/model/ids.ts";
import type { Role } from "../../../../src/core/model/pool-view.ts";
import type { TieBreaker } from "../../../../src/ports/tie-breaker.ts";
import type { VoteStore } from "../../../../src/ports/vote-store.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { diskVotes, newSimDisk } from "../../../../src/simulation/ports/disk.ts";
import { NO_SLOTS } from "./no-slots.ts";

/** A place that nobody can ask. */
const NOWHERE: TieBreaker = {
  claim: async () => ({ kind: "unknown", why: "no place" }),
  holder: async () => ({ kind: "unknown", why: "no place" }),
  remove: async () => "no place",
  test: async () => "no place",
};

export const REPORT: GroupReport = {
  self: hostUuid("a"),
  pool: poolUuid("p"),
  port: 694,
  peers: [{ host: hostUuid("b"), addresses: ["10.0.0.2"] }],
  successor: null,
  maintenance: [],
  without: [],
  needsCompany: false,
  enabled: true,
  haWished: true,
  changes: 4,
  office: null,
  fetchAfterMs: 0,
  leaseMs: null,
  tie: null,
  disarm: [],
};

export const FINE: Transport = {
  refused: { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 },
  trouble: null,
};

/** The loop of host a, and what it does; host b is the test. */
export function stage(
  over: {
    group?: unknown;
    votes?: VoteStore;
    xapi?: () => Promise<"answers" | "lost" | "silent">;
    isMaster?: boolean;
  } = {},
) {
  const clock = new VirtualClock();
  const sent: Datagram[] = [];
  /** When something was sent as news. */
  const news: number[] = [];
  const rolls: RollMessage[] = [];
  const published: Hearing[] = [];
  const log: string[] = [];
  const woke: number[] = [];
  const stop = new AbortController();
  const world = {
    group: "group" in over ? over.group : REPORT,
    transport: FINE,
    refuses: null as string | null,
    closed: false,
    /** The own xapi is held, and nothing of it listens. */
    isHeld: false,
    /** What the iterations have told: hosts that are off. */
    off: [] as unknown,
    fencingUntilMs: null as unknown,
    /** Hosts whose held xapi may start. */
    agreed: [] as unknown,
    /** null: as it began. */
    role: null as Role | null,
    iterationEnds: (): void => undefined,
    give: (_message: Heartbeat, _address: string): void => undefined,
    giveRoll: (_message: RollMessage): void => undefined,
    greet: (_greeting: Greeting): void => undefined,
    ask: (_question: RunsQuestion, _answer: (said: RunsAnswer) => void): void => undefined,
    /** What runs here, after so long. */
    domains: async (): Promise<readonly VmUuid[] | "unknown"> => [],
  };
  const ended = keepHearing(
    {
      clock: portClock(clock, () => 0),
      slots: NO_SLOTS,
      ties: { at: () => NOWHERE },
      leaseEnd: new LeaseEnd(),
      network: {
        setUp: () => undefined,
        onMessage: (handler) => {
          world.give = handler;
        },
        onRoll: (handler) => {
          world.giveRoll = handler;
        },
        onGreeting: (handler) => {
          world.greet = handler;
        },
        onQuestion: (handler) => {
          world.ask = handler;
        },
        tend: () => undefined,
        send: (datagrams, isNews) => {
          sent.push(...datagrams);
          if (isNews === true) news.push(clock.nowMs());
        },
        sendRolls: (messages) => void rolls.push(...messages),
        tellAtOnce: () => undefined,
        state: () => world.transport,
        close: () => {
          world.closed = true;
        },
      },
      board: {
        publish: async (hearing) => {
          if (world.refuses !== null) throw new Error(world.refuses);
          published.push(hearing);
        },
      },
      self: {
        bootId: async () => "boot",
        role: async () =>
          world.role ??
          (over.isMaster === true ? { kind: "master" } : { kind: "slave", masterAddress: "10.0.0.2" }),
        isStartComplete: () => true,
        knownVms: () => world.domains(),
        askXapi: over.xapi ?? (async () => "answers"),
        isEmptied: async () => false,
        isXapiHeld: async () => world.isHeld,
      },
      votes:
        over.votes ??
        diskVotes(
          newSimDisk(),
          portClock(clock, () => 0),
        ),
      alarm: { raise: ({ subject }) => void log.push(`${clock.nowMs() / 1_000} alarm ${subject}`) },
      store: {
        save: async () => undefined,
        load: async (name) => ({
          kind: "found",
          value:
            name === "off-hosts"
              ? { off: world.off, fencingUntilMs: world.fencingUntilMs, agreed: world.agreed }
              : { group: world.group },
        }),
      },
      onIterationEnd: (handler) => {
        world.iterationEnds = handler;
      },
      wake: () => void woke.push(clock.nowMs()),
      logger: {
        log: (severity, _from, text) => void log.push(`${clock.nowMs() / 1_000} ${severity} ${text}`),
      },
    },
    stop.signal,
  );
  return { clock, sent, news, rolls, published, log, woke, stop, ended, world };
}
