import { bootTag } from "../../../src/core/group/boot-tag.ts";
import {
  type GroupState,
  type HeardHeartbeat,
  takeHeartbeat,
  takeRollMessage,
} from "../../../src/core/group/group.ts";
import { acknowledged, leasesOf } from "../../../src/core/group/lease-watch.ts";
import type { Heartbeat } from "../../../src/core/group/message.ts";
import { compareRollIds } from "../../../src/core/group/roll.ts";
import type { RollMessage } from "../../../src/core/group/roll-message.ts";
import { NO_TERM } from "../../../src/core/group/term.ts";
import { NO_VOTE, type VoteWords } from "../../../src/core/group/vote-words.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import { agedAck, agedHost } from "./lease-aging.ts";
import { firstHost, type LeaseHost, OWN } from "./lease-hosts.ts";
import { isDone, plain } from "./lease-plain.ts";
import { showHost, showLetter } from "./lease-show.ts";
import { BOOT, isRelay, isTooLate, isVictim, type LeasesSize, timingsOf } from "./lease-size.ts";
import { acts, isLeading, spoken, together } from "./lease-steps.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";
import type { Rules } from "./world.ts";

export type Letter =
  | { readonly kind: "heartbeat"; readonly message: Heartbeat }
  | { readonly kind: "roll"; readonly message: RollMessage };

/**
 * Leases by Xen's watchdog, with time: `h` arms its slots, and leaders acknowledge its numbers, may lose the mandate, and count on its being
 * off. Every message counts as fresh, and any may overtake any other. How leaders are elected and agree on a roll is taken for granted.
 */
export function leasesRules(size: LeasesSize): Rules<LeaseHost, Letter, null> {
  const within = ({ group: { voting } }: LeaseHost) =>
    size.versions === null || (voting.stored.roll?.id.version ?? 0) <= size.versions;
  return {
    names: size.names,
    inFlight: size.inFlight,
    costly: size.accidents,
    nothingPast: null,
    remember: () => ({ past: null }),
    first: (name) => plain(firstHost(name, size), size),
    alone: (one) => acts(one, size).filter(({ host }) => within(host)),
    together: (a, b) => together(a, b, size),
    sends: (one, to, other) => sends(one, to as HostUuid, other, size),
    takes: (one, letter) => takes(one, letter, size),
    ageHost: (one) => agedHost(one, size),
    ageMessage: (letter) => aged(letter, size),
    sender: ({ message }) => message.from,
    receiver: ({ message }) => message.to,
    broken: (all) => broken(all, size),
    showHost: (one) => showHost(one, size),
    showMessage: showLetter,
  };
}

function broken(all: readonly LeaseHost[], size: LeasesSize): string | null {
  const host = all.find((one) => one.victim !== null);
  const victim = host?.victim ?? null;
  const lives = victim !== null && !victim.isOff;
  const boot = host?.group.hearing.bootId;
  for (const one of all) {
    const { leases, voting } = one.group;
    for (const { bootId } of leases.over) {
      if (bootId === boot && lives) return "a host lives whose lease is over";
      if (acknowledged(leases).some((ack) => ack.bootTag === bootTag(bootId)))
        return "a boot is acknowledged whose lease is over";
    }
    if (one.victim !== null || !lives || victim.slots.length > 0 || !isLeading(one, size)) continue;
    const counted = leasesOf(leases, voting, timingsOf(size));
    if (counted.some(({ bootId }) => bootId === boot))
      return "somebody counts on a lease, and nothing is armed";
  }
  return null;
}

/** Who does not lead, and passes nothing on, need not hear anything. */
function isHeard(from: HostUuid, to: HostUuid, { reports, passes, terms }: LeasesSize): boolean {
  const isOfVictim = isVictim(from) || isVictim(to);
  const isOfLeaders = terms > 1 || from === "a" || to === "a";
  if (isOfVictim && isOfLeaders) return true;
  if (isOfVictim) return isVictim(to) ? passes : reports || passes;
  return from === "a" ? passes : reports;
}

function sends(one: LeaseHost, to: HostUuid, other: LeaseHost, size: LeasesSize): readonly Letter[] {
  const { self, stored } = one.group.voting;
  if (other.victim?.isOff === true || isDone(other, size) || !isHeard(self, to, size)) return [];
  const [message] = spoken(one, size).filter((beat) => beat.to === to);
  if (message === undefined) return [];
  const vote = voteTo(message.vote, self, to, size);
  const beat = plainBeat({ ...message, vote }, size);
  const beats: Letter[] = saysNothing(beat) ? [] : [{ kind: "heartbeat", message: beat }];
  if (size.stale && isVictim(self) && to === "a")
    beats.push({ kind: "heartbeat", message: { ...beat, answers: null, vote: NO_VOTE } });
  const { roll, before } = stored;
  const isSaid =
    roll !== null && isVictim(to) && vote.term.host === self && compareRollIds(vote.roll, roll.id) === 0;
  if (
    !isSaid ||
    size.versions === null ||
    compareRollIds(roll.id, other.group.voting.stored.roll?.id ?? null) === 0
  )
    return beats;
  const { from, number, answers } = beat;
  return [...beats, { kind: "roll", message: { from, to, number, answers, vote, roll, before } }];
}

/** What the receiver looks at: the word of its leader, or of the host with the lease. */
function voteTo(vote: VoteWords, self: HostUuid, to: HostUuid, { versions }: LeasesSize): VoteWords {
  if (versions === null) return NO_VOTE;
  if (isVictim(self)) return { ...NO_VOTE, roll: vote.roll, leaseMs: vote.leaseMs, term: NO_TERM };
  return isVictim(to) && vote.term.host === self ? vote : NO_VOTE;
}

function plainBeat(message: Heartbeat, size: LeasesSize): Heartbeat {
  const { versions } = size;
  const { from, to } = message;
  const toVictim = isVictim(to);
  const { answers } = message;
  const isNumbered = isVictim(from) || (versions !== null && toVictim);
  return {
    ...message,
    own: OWN,
    number: isNumbered ? message.number : { ...message.number, ms: NOW_MS },
    answers: toVictim ? answers && { ...answers, ms: NOW_MS } : { bootId: BOOT, ms: NOW_MS },
    heard:
      !isRelay(from, size) || toVictim || !size.reports
        ? []
        : message.heard.filter(({ host }) => isVictim(host)),
    acks: isVictim(from)
      ? []
      : message.acks
          .filter(({ host }) => isVictim(host))
          .map(({ host, bootTag: tag, ms }) => ({ host, bootTag: tag, ms })),
  };
}

const saysNothing = ({ from, heard, acks, vote }: Heartbeat): boolean =>
  !isVictim(from) && heard.length === 0 && acks.length === 0 && vote.lead.kind === "unsaid";

function takes(one: LeaseHost, letter: Letter, size: LeasesSize): LeaseHost | null {
  if (one.victim?.isOff === true) return null;
  const group = takesIn(one.group, letter, size);
  return group === one.group ? null : plain({ ...one, group }, size);
}

function takesIn(group: GroupState, letter: Letter, size: LeasesSize): GroupState {
  const timings = timingsOf(size);
  if (letter.kind === "roll") return takeRollMessage(group, letter.message, NOW_MS, timings);
  const heard: HeardHeartbeat = { nowMs: NOW_MS, heartbeat: letter.message, address: "" };
  const after = takeHeartbeat(group, heard, timings);
  // How it votes is taken for granted, but for the host with the lease.
  return isVictim(group.hearing.self)
    ? after
    : { ...after, voting: { ...group.voting, said: after.voting.said } };
}

function aged(letter: Letter, size: LeasesSize): Letter | null {
  const { from, to, number } = letter.message;
  const unit = isVictim(from) ? UNIT_MS : UNIT_MS * size.faster;
  const later = { ...number, ms: number.ms - unit };
  if (isTooLate(later.ms, size)) return null;
  if (letter.kind === "roll") return { ...letter, message: { ...letter.message, number: later } };
  const { message } = letter;
  const heard = message.heard.map((entry) => ({ ...entry, numberMs: entry.numberMs - UNIT_MS }));
  const acks = message.acks.map((ack) => agedAck(ack, size));
  return { ...letter, message: { ...message, from, to, number: later, heard, acks } };
}
