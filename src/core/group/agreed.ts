import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { wholeMs } from "./low-bits.ts";
import type { MessageNumber } from "./message.ts";
import type { AgreedHost } from "./own-state.ts";
import { isHeardDirectly, type PeerState } from "./peer-state.ts";
import type { Stored } from "./stored.ts";
import { isSameTerm } from "./term.ts";
import type { VoteWords } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/**
 * Whose lists of domains agree with the database only its master says, as long as it leads: then no other host is about to become
 * master, and no other database counts.
 */
export function saidAgreed(
  stored: Stored,
  { self, own, vote }: { readonly self: HostUuid; readonly own: OwnState; readonly vote: VoteWords },
  agreed: readonly AgreedHost[],
): readonly AgreedHost[] {
  return vote.lead.kind === "leads" && own.role === "master" && isNamed(stored, self) ? agreed : [];
}

/** When this host had listed them, if that was in the boot of its newest number: that number is what the message answers. */
export function agreedOf(
  agreed: readonly AgreedHost[],
  host: HostUuid,
  { bootId }: MessageNumber,
): number | null {
  return agreed.find((one) => one.host === host && one.bootId === bootId)?.atMs ?? null;
}

/**
 * When this host had listed its domains, which agree with the database, by its own uptime: as the last message says of the leader that it
 * follows, if that one is the XAPI master and is heard now; null: nothing is said.
 */
export function agreedAtMs(
  voting: Voting,
  peers: ReadonlyMap<HostUuid, PeerState>,
  nowMs: number,
): number | null {
  const { self, stored, said } = voting;
  const { host: leader } = stored.term;
  if (leader === null || leader === self || !isNamed(stored, leader)) return null;
  const [peer, words] = [peers.get(leader), said.get(leader)?.words];
  if (peer === undefined || words === undefined || !isHeardDirectly(peer, nowMs)) return null;
  if (words.lead.kind !== "leads" || !isSameTerm(words.term, stored.term)) return null;
  const agreedMs = peer.hears.find(({ host }) => host === self)?.agreedMs ?? null;
  return agreedMs === null ? null : wholeMs(agreedMs, nowMs);
}

/** As long as a roll is not settled the one before counts as well. */
function isNamed({ roll, before }: Stored, host: HostUuid): boolean {
  return roll?.master === host && (before === null || before.master === host);
}
