import { expect, test } from "bun:test";
import { encodeHeartbeat } from "../../../../src/adapters/group/heartbeat-codec.ts";
import { HeartbeatWriter } from "../../../../src/adapters/group/heartbeat-writer.ts";
import { LastHeartbeats } from "../../../../src/adapters/group/last-heartbeats.ts";
import { keyOf } from "../../../../src/adapters/group/tag.ts";
import { poolUuid } from "../../../../src/core/model/ids.ts";
import { contextOf, decodeHeartbeat, heartbeat, hostOf, OWN, POOL } from "./messages.ts";

const KEY = keyOf("s".repeat(110));
const OTHER_KEY = keyOf("o".repeat(110));

test("HeartbeatWriter: whatever it has written before, the bytes are those of the message", () => {
  const writer = new HeartbeatWriter();
  const { heard } = heartbeat(5);
  const own = { ...OWN, changes: 8 };
  const messages = [
    heartbeat(5, { heard, own }),
    heartbeat(5, { heard, own, to: hostOf(3), answers: null }),
    heartbeat(5, { heard: heard.slice(1), own }),
    heartbeat(5, { heard, own: { ...own, leaving: true } }),
    heartbeat(5, { heard, own: { ...own, master: null } }),
  ];
  const pools = [POOL, poolUuid("0000000b-aaaa-4aaa-8aaa-aaaaaaaaaaaa")];
  for (const pool of pools)
    for (const key of [KEY, OTHER_KEY])
      for (const message of [...messages, ...messages.toReversed()])
        for (let address = 0; address < 2; address++)
          expect(writer.bytesOf(message, pool, key)).toEqual(encodeHeartbeat(message, pool, key));
});

test("HeartbeatWriter: what has no place in a datagram has none the next time either", () => {
  const writer = new HeartbeatWriter();
  const odd = heartbeat(3, { number: { bootId: "unknown-boot", ms: 1 } });
  expect([writer.bytesOf(odd, POOL, KEY), writer.bytesOf(odd, POOL, KEY)]).toEqual([null, null]);
  expect(writer.bytesOf(heartbeat(3), POOL, KEY)).not.toBeNull();
});

test("LastHeartbeats: the same bytes are known while their key is valid, and nothing else is", () => {
  const last = new LastHeartbeats();
  const bytes = encodeHeartbeat(heartbeat(3), POOL, KEY) ?? Buffer.alloc(0);
  const decoded = decodeHeartbeat(bytes, contextOf(3), [KEY]);
  if (!decoded.ok) throw new Error(decoded.why);
  expect(last.find(bytes, [KEY])).toBeNull();
  last.keep({ bytes, key: KEY, heartbeat: decoded.message });
  expect(last.find(Buffer.from(bytes), [OTHER_KEY, KEY])).toBe(decoded.message);
  expect(last.find(bytes, [OTHER_KEY])).toBeNull();
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes);
    other[at] = (other[at] ?? 0) ^ 1;
    expect(last.find(other, [KEY])).toBeNull();
  }
  expect(last.find(bytes.subarray(0, -1), [KEY])).toBeNull();
  expect(last.find(Buffer.alloc(0), [KEY])).toBeNull();
  last.forget();
  expect(last.find(bytes, [KEY])).toBeNull();
});
