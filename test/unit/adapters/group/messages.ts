import { type CodecContext, MALFORMED, openDatagram } from "../../../../src/adapters/group/envelope.ts";
import { readHeartbeat } from "../../../../src/adapters/group/heartbeat-codec.ts";
import type { Heartbeat } from "../../../../src/core/group/message.ts";
import type { VoteWords } from "../../../../src/core/group/vote-words.ts";
import type { OwnState, Refused } from "../../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid, poolUuid, type VmUuid, vmUuid } from "../../../../src/core/model/ids.ts";

export const POOL = poolUuid("0000000a-aaaa-4aaa-8aaa-aaaaaaaaaaaa");

export function hostOf(number: number): HostUuid {
  const digits = String(number).padStart(8, "0");
  return hostUuid(`${digits}-1111-4111-8111-1111${digits}`);
}

/** So many VMs, each with a uuid of its own. */
export function vms(count: number): readonly VmUuid[] {
  return Array.from({ length: count }, (_, index) =>
    vmUuid(`f0000000-0000-4000-8000-${String(index).padStart(12, "0")}`),
  );
}

export const bootOf = (number: number): string => hostOf(number).replace("1111", "b007");

export const OWN: OwnState = {
  role: "slave",
  master: hostOf(1),
  xapi: "serving",
  startComplete: true,
  enabled: true,
  haWished: false,
  leaving: false,
  changes: 7,
  office: null,
};

export const VOTE: VoteWords = {
  term: { count: 7, host: hostOf(3) },
  lead: { kind: "hears", leader: hostOf(3) },
  roll: { term: { count: 6, host: hostOf(1) }, version: 2 },
  settled: true,
  leaseMs: 15_000,
};

/** From host 2 to host 1 of a pool with so many hosts. */
export function heartbeat(hosts: number, over: Partial<Heartbeat> = {}): Heartbeat {
  const heard = Array.from({ length: hosts }, (_, index) => hostOf(index + 1)).filter(
    (host) => host !== hostOf(2),
  );
  return {
    from: hostOf(2),
    to: hostOf(1),
    number: { bootId: bootOf(2), ms: 123_456_789_012 },
    answers: { bootId: bootOf(1), ms: 42 },
    own: OWN,
    vote: VOTE,
    heard: heard.map((host, index) => ({
      host,
      ageMs: 100 * index,
      numberMs: 1_000 + index,
      bootTag: 0xb0070000 + index,
      agreedMs: index % 2 === 0 ? null : 70_000 + index,
    })),
    acks: [],
    ...over,
  };
}

/** Host 1 of a pool with so many hosts. */
export function contextOf(hosts: number): CodecContext {
  const others = Array.from({ length: hosts - 1 }, (_, index) => hostOf(index + 2));
  return { pool: POOL, self: hostOf(1), hosts: others };
}

/** What a host takes a datagram for, if it is one of a heartbeat. */
export function decodeHeartbeat(
  bytes: Buffer,
  context: CodecContext,
  keys: readonly Buffer[],
): { readonly ok: true; readonly message: Heartbeat } | { readonly ok: false; readonly why: keyof Refused } {
  const opened = openDatagram(bytes, context, keys);
  if (!opened.ok) return { ok: false, why: opened.why };
  const message = opened.kind === "heartbeat" ? readHeartbeat(opened.head, opened.content, context) : null;
  return message === null ? MALFORMED : { ok: true, message };
}
