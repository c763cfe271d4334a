import type { Heartbeat } from "../../core/group/message.ts";
import { senderAt } from "./envelope.ts";

/** A genuine datagram, the key it was signed with, and what it says. */
interface Known {
  readonly bytes: Buffer;
  readonly key: Buffer;
  readonly heartbeat: Heartbeat;
}

/**
 * The last genuine heartbeat of each host. Over a second network the same bytes come once more: they are compared, and
 * neither the tag is computed nor the content read again.
 */
export class LastHeartbeats {
  /** By the bytes of the sender's id: as many as the pool has hosts. */
  private readonly bySender = new Map<string, Known>();

  keep(known: Known): void {
    this.bySender.set(senderAt(known.bytes), known);
  }

  /** What these bytes say, when they are the last ones of their sender and their key is still one of `keys`. */
  find(bytes: Buffer, keys: readonly Buffer[]): Heartbeat | null {
    const known = this.bySender.get(senderAt(bytes));
    return known !== undefined && keys.includes(known.key) && known.bytes.equals(bytes)
      ? known.heartbeat
      : null;
  }

  /** Of a group that is another now. */
  forget(): void {
    this.bySender.clear();
  }
}
