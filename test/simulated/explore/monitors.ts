import { changeRoll } from "../../../src/core/group/change-roll.ts";
import { NO_DISARM } from "../../../src/core/group/disarm.ts";
import {
  type GroupState,
  type HeardHeartbeat,
  newGroup,
  takeHeartbeat,
  takeRollMessage,
  tickGroup,
} from "../../../src/core/group/group.ts";
import { newHearing, stepHearing } from "../../../src/core/group/hearing.ts";
import { mandateUntil } from "../../../src/core/group/mandate.ts";
import type { PeerState } from "../../../src/core/group/peer-state.ts";
import type { RollMessage } from "../../../src/core/group/roll-message.ts";
import { stand } from "../../../src/core/group/stand.ts";
import { stepDown } from "../../../src/core/group/step-down.ts";
import { NOTHING_STORED, type Stored } from "../../../src/core/group/stored.ts";
import { NO_TERM } from "../../../src/core/group/term.ts";
import { GROUP_TIMINGS } from "../../../src/core/group/timings.ts";
import type { Said } from "../../../src/core/group/vote-words.ts";
import { newVoting } from "../../../src/core/group/voting.ts";
import type { OwnState } from "../../../src/core/model/hearing.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import { brokenOffice, remember, type Settled } from "./rolls.ts";
import { aged, LONG_AGO_MS, NOW_MS, UNIT_MS } from "./times.ts";
import { rollOf, termText } from "./votes.ts";
import type { Alone, Rules } from "./world.ts";

/** A monitor: what it keeps in memory and on disk. */
export interface Monitor {
  readonly up: boolean;
  readonly group: GroupState;
}

export type Datagram =
  | { readonly kind: "heartbeat"; readonly heard: HeardHeartbeat }
  | { readonly kind: "roll"; readonly message: RollMessage };

export interface MonitorsSize {
  readonly names: readonly string[];
  readonly inFlight: number;
  readonly terms: number;
  readonly versions: number;
  /** How often a monitor may be killed, its host booted, or what it has stored be lost. */
  readonly accidents: number;
}

const OWN: OwnState = {
  role: "unknown",
  master: null,
  xapi: "silent",
  startComplete: false,
  enabled: null,
  haWished: null,
  leaving: false,
  changes: null,
  office: null,
};

/**
 * Everything that the monitors do: what is heard and what is fresh, votes, mandates, rolls that change, kills, boots and
 * lost files. `a` is the XAPI master, which counts double in a roll of two.
 */
export function monitorsRules(size: MonitorsSize): Rules<Monitor, Datagram, Settled> {
  const within = ({ group: { voting } }: Monitor) =>
    voting.stored.term.count <= size.terms && (voting.stored.roll?.id.version ?? 0) <= size.versions;
  return {
    names: size.names,
    inFlight: size.inFlight,
    costly: size.accidents,
    nothingPast: [],
    remember: (past, before, after) => remember(past, before.group.voting, after.group.voting),
    first: (name) =>
      begin(name, size.names, "boot1", { term: NO_TERM, roll: rollOf(size.names), before: null }, true),
    alone: (monitor) => acts(monitor, size.names).filter(({ host }) => within(host)),
    sends: (monitor, to) => sends(monitor, to),
    takes(monitor, datagram) {
      const after = monitor.up ? plain({ up: true, group: takes(monitor.group, datagram) }) : null;
      return after !== null && within(after) ? after : null;
    },
    ageHost: (monitor) => plain(aged(monitor)),
    ageMessage: aged,
    sender: (datagram) => headOf(datagram).from,
    receiver: (datagram) => headOf(datagram).to,
    broken: (monitors) =>
      monitors.filter(leads).length > 1
        ? "two mandates"
        : brokenOffice(monitors.map(({ group }) => group.voting)),
    showHost: showMonitor,
    showMessage: showDatagram,
  };
}

function begin(self: string, names: readonly string[], bootId: string, stored: Stored, up: boolean): Monitor {
  const host = hostUuid(self);
  const peers = names
    .filter((name) => name !== self)
    .map((name) => ({
      host: hostUuid(name),
      addresses: [`address of ${name}`],
    }));
  const event = { kind: "peers", nowMs: NOW_MS, peers } as const;
  const { state: hearing } = stepHearing(newHearing(host, bootId), event);
  return plain({ up, group: newGroup(hearing, newVoting(host, stored, NOW_MS)) });
}

const leads = ({ up, group }: Monitor): boolean =>
  up && mandateUntil(group.voting, NOW_MS, GROUP_TIMINGS) !== null;

const tickOf = (group: GroupState) =>
  tickGroup(group, { nowMs: NOW_MS, own: OWN, successor: null, agreed: [] }, GROUP_TIMINGS);

function acts(monitor: Monitor, names: readonly string[]): readonly Alone<Monitor>[] {
  const { up, group } = monitor;
  const { hearing, voting } = group;
  const { self, stored } = voting;
  if (!up) return [{ label: "starts", host: begin(self, names, hearing.bootId, stored, true) }];
  const acts: Alone<Monitor>[] = [
    { label: "is killed", host: begin(self, names, hearing.bootId, stored, false), costs: true },
    { label: "loses its file", host: begin(self, names, hearing.bootId, NOTHING_STORED, false), costs: true },
  ];
  if (hearing.bootId === "boot1")
    acts.push({ label: "boots", host: begin(self, names, "boot2", stored, false), costs: true });
  const add = (label: string, next: GroupState) => {
    if (next.voting.stored !== stored) acts.push({ label, host: plain({ up, group: next }) });
  };
  add("ticks", tickOf(group).state);
  if (leads(monitor)) add("hands over", newGroup(hearing, stepDown(voting)));
  add("stands", newGroup(hearing, stand(voting, NOW_MS, GROUP_TIMINGS)));
  for (const hosts of [names, ...names.map((name) => names.filter((one) => one !== name))]) {
    if (!hosts.includes(self)) continue;
    for (const master of new Set([stored.roll?.master ?? self, self])) {
      const changed = changeRoll(
        voting,
        { hosts: rollOf(hosts).hosts, master, ha: true, tie: null, disarm: NO_DISARM },
        NOW_MS,
        GROUP_TIMINGS,
      );
      if (changed !== null)
        add(`makes the roll ${hosts.join("")}, master ${master}`, newGroup(hearing, changed));
    }
  }
  return acts;
}

/** What a tick sends that changes nothing in the sender. */
function sends({ up, group }: Monitor, to: string): readonly Datagram[] {
  if (!up) return [];
  const { state, heartbeats, rolls } = tickOf(group);
  if (state.voting.stored !== group.voting.stored) return [];
  const beats = heartbeats
    .filter(({ message }) => message.to === to)
    .map(
      ({ message, address }): Datagram => ({
        kind: "heartbeat",
        heard: { nowMs: NOW_MS, heartbeat: { ...message, heard: [] }, address },
      }),
    );
  return [
    ...beats,
    ...rolls.filter((message) => message.to === to).map((message): Datagram => ({ kind: "roll", message })),
  ];
}

const takes = (group: GroupState, datagram: Datagram): GroupState =>
  datagram.kind === "roll"
    ? takeRollMessage(group, datagram.message, NOW_MS, GROUP_TIMINGS)
    : takeHeartbeat(group, { ...datagram.heard, nowMs: NOW_MS }, GROUP_TIMINGS);

/** Without what says nothing about who may act: states that differ in it only are one. */
function plain({ up, group: { hearing, voting } }: Monitor): Monitor {
  const peers = new Map([...hearing.peers].map(([host, peer]) => [host, plainPeer(peer)]));
  const said = new Map([...voting.said].map(([host, one]) => [host, plainSaid(one)]));
  return {
    up,
    group: newGroup(
      { ...hearing, peers },
      {
        ...voting,
        promisedMs: voting.promisedMs ?? LONG_AGO_MS,
        electedMs: LONG_AGO_MS,
        stoodMs: null,
        freeMs: null,
        said,
      },
    ),
  };
}

/** Messages of one unit of time may come in any order, so the newest number is taken for a little older than it is. */
function plainPeer(peer: PeerState): PeerState {
  const { newest } = peer;
  const isWhole = newest !== null && (NOW_MS - newest.ms) % UNIT_MS === 0;
  return {
    ...peer,
    newest: isWhole && newest.ms > LONG_AGO_MS ? { ...newest, ms: newest.ms - 1 } : newest,
    newestMs: null,
    own: null,
    hears: [],
    ways: [],
    status: "silent",
    statusSinceMs: NOW_MS,
  };
}

/** The leader looks at who has which roll. */
const plainSaid = ({ words }: Said): Said => ({
  words: { term: NO_TERM, lead: { kind: "told" }, roll: words.roll, settled: false, leaseMs: null },
  atMs: LONG_AGO_MS,
  answersMs: null,
});

function showMonitor(monitor: Monitor): string {
  const { stored } = monitor.group.voting;
  const { roll, before } = stored;
  const rolls = [roll, before].map((one) =>
    one === null
      ? "-"
      : `${termText(one.id.term)}.${one.id.version}{${one.hosts.map(({ host }) => host).join("")}}`,
  );
  return `${monitor.up ? "" : "(down) "}${termText(stored.term)} ${rolls.join(" after ")}${leads(monitor) ? " MANDATE" : ""}`;
}

const headOf = (datagram: Datagram) =>
  datagram.kind === "roll" ? datagram.message : datagram.heard.heartbeat;

function showDatagram(datagram: Datagram): string {
  const { from, to, number, answers } = headOf(datagram);
  const vote = datagram.kind === "roll" ? datagram.message.vote : datagram.heard.heartbeat.vote;
  const times = [number.ms, answers?.ms ?? null].map((ms) =>
    ms === null ? "none" : `${(NOW_MS - ms) / 1000} s`,
  );
  return `${from}>${to} ${datagram.kind} ${termText(vote.term)} ${vote.lead.kind} sent ${times[0]} answers ${times[1]}`;
}
