import type { Heartbeat } from "../../core/group/message.ts";
import type { PoolUuid } from "../../core/model/ids.ts";
import { encodeHeartbeat, encodeSaid } from "./heartbeat-codec.ts";

/**
 * Writes the heartbeats of one second after the other. What they say to everybody is written once for all hosts, and each
 * of them once for all addresses of its host: they come with the very same objects (core/group/hearing.ts).
 */
export class HeartbeatWriter {
  private said: { readonly of: Heartbeat; readonly bytes: Buffer | null } | null = null;
  private last: {
    readonly of: Heartbeat;
    readonly pool: PoolUuid;
    readonly key: Buffer;
    readonly bytes: Buffer | null;
  } | null = null;

  /** null when something in it has no place in a datagram. */
  bytesOf(
    message: Heartbeat,
    pool: PoolUuid,
    key: Buffer,
    kind: "heartbeat" | "news" = "heartbeat",
  ): Buffer | null {
    const { last } = this;
    if (last?.of === message && last.pool === pool && last.key === key) return last.bytes;
    const bytes = encodeHeartbeat(message, pool, key, this.saidIn(message), kind);
    this.last = { of: message, pool, key, bytes };
    return bytes;
  }

  private saidIn(message: Heartbeat): Buffer | null {
    const { said } = this;
    if (said?.of.heard === message.heard && said.of.own === message.own && said.of.vote === message.vote)
      return said.bytes;
    const bytes = encodeSaid(message);
    this.said = { of: message, bytes };
    return bytes;
  }
}
