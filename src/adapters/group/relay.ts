import { MOST_WAYS } from "../../core/group/limits.ts";
import type { GroupPeer } from "../../core/group/message.ts";
import type { Between } from "./envelope.ts";
import { questionId } from "./runs-codec.ts";

/** An address and a port of a host. */
export interface Sender {
  readonly address: string;
  readonly port: number;
}

/** What this host passes on, and whom it knows. */
export interface Passing {
  readonly peers: readonly GroupPeer[];
  /** At which their monitors listen. */
  readonly port: number;
  /** Where the datagram came from. */
  readonly from: Sender;
  readonly nowMs: number;
}

interface Question {
  /** Its sender's uptime when it was sent. */
  readonly numberMs: number;
  /** By every way on which it has come: the way back may be cut on some. */
  readonly askers: readonly Sender[];
  readonly atMs: number;
}

/** Whoever asks has given up by then. */
const ANSWER_MS = 2_000;
/** More parts of questions than these nobody asks at the same time. */
const MOST_QUESTIONS = 512;

/**
 * Between two hosts whose link is cut a third one passes on who runs a VM, question and answer as they are, signed by their
 * sender (core/group/README.md). A recorded question that is sent again goes on once in two seconds, and only to its addressee.
 */
export class Relay {
  /** By id, asker and addressee. */
  private readonly questions = new Map<string, Question>();

  /** Where this datagram goes on to; empty: nowhere. */
  next(datagram: Between, { peers, port, from, nowMs }: Passing): readonly Sender[] {
    const { kind, head, content } = datagram;
    const id = questionId(content);
    if (id === null) return [];
    this.forget(nowMs);
    if (kind === "answer") {
      return this.questions.get(`${id} ${head.to} ${head.from}`)?.askers ?? [];
    }
    const key = `${id} ${head.from} ${head.to}`;
    const before = this.questions.get(key);
    // The same one again: by another way, doubled, or it has gone round because an address has moved.
    if (before !== undefined && head.number.ms <= before.numberMs) {
      const isKnown = before.askers.some(
        ({ address, port }) => address === from.address && port === from.port,
      );
      if (!isKnown && head.number.ms === before.numberMs && before.askers.length < MOST_WAYS)
        this.questions.set(key, { ...before, askers: [...before.askers, from] });
      return [];
    }
    if (before === undefined && this.questions.size >= MOST_QUESTIONS) return [];
    this.questions.set(key, { numberMs: head.number.ms, askers: [from], atMs: nowMs });
    const addressee = peers.find(({ host }) => host === head.to);
    return (addressee?.addresses ?? []).map((address) => ({ address, port }));
  }

  private forget(nowMs: number): void {
    for (const [key, { atMs }] of this.questions) if (nowMs - atMs > ANSWER_MS) this.questions.delete(key);
  }
}
