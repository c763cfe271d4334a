import { type HearingState, newHearing, stepHearing } from "../../../../src/core/group/hearing.ts";
import type { GroupPeer, Heartbeat } from "../../../../src/core/group/message.ts";
import { publishHearing } from "../../../../src/core/group/publish.ts";
import { NO_VOTE } from "../../../../src/core/group/vote-words.ts";
import type { GroupSight } from "../../../../src/core/model/group-sight.ts";
import type { HeardPeer, OwnState } from "../../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";

export const OWN: OwnState = {
  role: "slave",
  master: hostUuid("a"),
  xapi: "serving",
  startComplete: true,
  enabled: true,
  haWished: true,
  leaving: false,
  changes: null,
  office: null,
};

export const REFUSED_NOTHING = { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 };

/** Of a host that is in no group. */
export const NO_GROUP: GroupSight = {
  lead: "none",
  sinceMs: 0,
  leader: null,
  mandateUntilMs: null,
  roll: null,
  agreedAtMs: null,
  awaited: [],
  confirmedOff: [],
  leases: [],
  leaseOver: [],
  ownLease: null,
  tie: null,
  tieTest: null,
  trouble: null,
};

/** Delay of every datagram in a group of a test. */
const LATENCY_MS = 5;

interface Flight {
  readonly atMs: number;
  readonly message: Heartbeat;
  readonly address: string;
}

/**
 * A few monitors that exchange what `stepHearing` gives them, second by second. Hosts are single letters; each has one
 * address, `10.0.0.<letter>`, and its clock began at another time.
 */
export class Group {
  readonly states = new Map<HostUuid, HearingState>();
  /** Every message that was sent, with the time of the world; for replays. */
  readonly sent: { readonly atMs: number; readonly message: Heartbeat }[] = [];
  nowMs = 0;
  private readonly cuts = new Set<string>();
  private readonly off = new Set<string>();
  private readonly boots = new Map<string, number>();
  private flights: Flight[] = [];

  constructor(letters: string) {
    for (const letter of letters) this.boot(letter, letters);
  }

  /** One direction of one link. */
  cut(from: string, to: string): void {
    this.cuts.add(`${from}${to}`);
  }

  mend(): void {
    this.cuts.clear();
  }

  powerOff(letter: string): void {
    this.off.add(letter);
  }

  /** A new boot, whose uptime begins anew. */
  boot(letter: string, letters: string): void {
    const count = (this.boots.get(letter) ?? 0) + 1;
    this.boots.set(letter, count);
    this.off.delete(letter);
    const peers: readonly GroupPeer[] = [...letters]
      .filter((other) => other !== letter)
      .map((other) => ({ host: hostUuid(other), addresses: [`10.0.0.${other}`] }));
    const empty = newHearing(hostUuid(letter), `boot-${letter}${count}`);
    this.states.set(hostUuid(letter), stepHearing(empty, { kind: "peers", nowMs: 0, peers }).state);
  }

  /** Lets so many seconds pass; each monitor ticks once in each, one after the other. */
  run(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      for (const self of this.states.keys()) {
        this.deliver();
        this.tick(self);
        this.nowMs += LATENCY_MS;
      }
      this.nowMs = Math.ceil(this.nowMs / 1_000) * 1_000;
      this.deliver();
    }
  }

  /** Gives a host a datagram, whatever the links are. */
  give(to: string, message: Heartbeat, address = `10.0.0.${message.from}`): void {
    const self = hostUuid(to);
    const event = { kind: "datagram", nowMs: this.uptime(to), message, address } as const;
    this.states.set(self, stepHearing(this.stateOf(self), event).state);
  }

  peer(of: string, host: string): HeardPeer {
    const nowMs = this.uptime(of);
    const transport = { refused: REFUSED_NOTHING, trouble: null };
    const hearing = publishHearing(this.stateOf(hostUuid(of)), NO_GROUP, nowMs, transport);
    const found = hearing.peers.find((peer) => peer.host === host);
    if (found === undefined) throw new Error(`${of} does not know ${host}`);
    return found;
  }

  /** `ab:direct ac:silent …`, as the hosts that have power see each other. */
  matrix(): string {
    const letters = [...this.states.keys()].filter((letter) => !this.off.has(letter));
    return letters
      .flatMap((of) =>
        [...this.states.keys()]
          .filter((host) => host !== of)
          .map((host) => `${of}${host}:${this.peer(of, host).heard}`),
      )
      .join(" ");
  }

  uptime(letter: string): number {
    return this.nowMs + 1_000_000 * letter.charCodeAt(0);
  }

  private stateOf(self: HostUuid): HearingState {
    const state = this.states.get(self);
    if (state === undefined) throw new Error(`There is no host ${self}`);
    return state;
  }

  private tick(self: HostUuid): void {
    if (this.off.has(self)) return;
    const { state, datagrams } = stepHearing(this.stateOf(self), {
      kind: "tick",
      nowMs: this.uptime(self),
      own: OWN,
      vote: NO_VOTE,
      agreed: [],
      acks: [],
    });
    this.states.set(self, state);
    for (const { message } of datagrams) {
      this.sent.push({ atMs: this.nowMs, message });
      const isCut = this.cuts.has(`${message.from}${message.to}`);
      if (!isCut) this.flights.push({ atMs: this.nowMs, message, address: `10.0.0.${message.from}` });
    }
  }

  private deliver(): void {
    const due = this.flights;
    this.flights = [];
    for (const { message, address } of due) {
      if (!this.off.has(message.to)) this.give(message.to, message, address);
    }
  }
}
