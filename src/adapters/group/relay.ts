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
  readonly asker: Sender;
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
  private readonly questions = new Map<string, Question>();

  /** Where this datagram goes on to; empty: nowhere. */
  next(datagram: Between, { peers, port, from, nowMs }: Passing): readonly Sender[] {
    const { kind, head, content } = datagram;
    const id = questionId(content);
    if (id === null) return [];
    this.forget(nowMs);
    if (kind === "answer") {
      const question = this.questions.get(`${id} ${head.to} ${head.from}`);
      return question === undefined ? [] : [question.asker];
    }
    const key = `${id} ${head.from} ${head.to}`;
    const before = this.questions.get(key);
    // The same one again: doubled, or it has gone round because an address has moved.
    if (before !== undefined && head.number.ms <= before.numberMs) return [];
    if (before === undefined && this.questions.size >= MOST_QUESTIONS) return [];
    this.questions.set(key, { numberMs: head.number.ms, asker: from, atMs: nowMs });
    const addressee = peers.find(({ host }) => host === head.to);
    return (addressee?.addresses ?? []).map((address) => ({ address, port }));
  }

  private forget(nowMs: number): void {
    for (const [key, { atMs }] of this.questions) if (nowMs - atMs > ANSWER_MS) this.questions.delete(key);
  }
}
