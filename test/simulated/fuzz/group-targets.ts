import { openDatagram } from "../../../src/adapters/group/envelope.ts";
import { parseHearing } from "../../../src/adapters/group/hearing-file.ts";
import { encodeHeartbeat } from "../../../src/adapters/group/heartbeat-codec.ts";
import {
  encodeAnswer,
  encodeQuestion,
  readAnswer,
  readQuestion,
} from "../../../src/adapters/group/runs-codec.ts";
import { keyOf, TAG_BYTES, tagOf } from "../../../src/adapters/group/tag.ts";
import { newHearing, stepHearing } from "../../../src/core/group/hearing.ts";
import { MOST_ASKED } from "../../../src/core/group/limits.ts";
import { publishHearing } from "../../../src/core/group/publish.ts";
import type { Random } from "../../../src/simulation/random.ts";
import {
  bootOf,
  contextOf,
  decodeHeartbeat,
  heartbeat,
  hostOf,
  POOL,
  vms,
} from "../../unit/adapters/group/messages.ts";
import { NO_GROUP } from "../../unit/core/group/group.ts";
import { mangleText } from "./mangle.ts";
import { claim, type Target, textTarget } from "./target.ts";

const KEY = keyOf("a secret of the fuzzer");
const HOSTS = 5;
const CONTEXT = contextOf(HOSTS);
const NONE = { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 };

function sample(random: Random): Buffer {
  const message = heartbeat(HOSTS, random.chance(0.3) ? { answers: null } : {});
  const bytes = encodeHeartbeat(message, POOL, KEY);
  claim(bytes !== null, "a good message can be written");
  return bytes ?? Buffer.alloc(0);
}

/** A question about some VMs, or its answer. */
function runsSample(random: Random): Buffer {
  const { from, to, number, own } = heartbeat(HOSTS);
  const head = { from, to, number, id: random.below(2 ** 31) };
  const asked = vms(random.below(MOST_ASKED + 1));
  const bytes = random.chance(0.5)
    ? encodeQuestion({ ...head, vms: asked }, POOL, KEY)
    : encodeAnswer({ ...head, own, runs: random.chance(0.2) ? "unknown" : asked }, POOL, KEY);
  claim(bytes !== null, "a good question or answer can be written");
  return bytes ?? Buffer.alloc(0);
}

/** The same bytes, written again from what was understood; null: nothing was. */
function rewritten(bytes: Buffer): Buffer | null {
  const opened = openDatagram(bytes, CONTEXT, [KEY]);
  if (!opened.ok || opened.kind === "heartbeat") return null;
  const { kind, head, content } = opened;
  if (kind === "question") {
    const question = readQuestion(head, content);
    return question === null ? null : encodeQuestion(question, POOL, KEY);
  }
  const answer = readAnswer(head, content);
  return answer === null ? null : encodeAnswer(answer, POOL, KEY);
}

/** Bytes flipped, cut off, doubled or added. */
function damage(random: Random, bytes: Buffer): Buffer {
  const damaged = Buffer.from(bytes);
  for (let times = 1 + random.below(6); times > 0; times--)
    damaged[random.below(damaged.length)] = random.chance(0.3)
      ? random.pick([0, 1, 127, 255])
      : random.below(256);
  const at = random.below(damaged.length + 1);
  if (random.chance(0.15)) return damaged.subarray(0, at);
  if (random.chance(0.15)) return Buffer.concat([damaged, damaged.subarray(at)]);
  return damaged;
}

/** A state that has got a message, genuine as it may be, must still be one that can be told and answered. */
function playOn(message: ReturnType<typeof heartbeat>): void {
  const peers = CONTEXT.hosts.map((host) => ({ host, addresses: ["192.0.2.1"] }));
  const nowMs = 100;
  let { state } = stepHearing(newHearing(hostOf(1), bootOf(1)), { kind: "peers", nowMs, peers });
  state = stepHearing(state, { kind: "datagram", nowMs, message, address: "192.0.2.1" }).state;
  const { own, vote } = message;
  const { datagrams } = stepHearing(state, { kind: "tick", nowMs, own, vote, agreed: [], acks: [] });
  claim(datagrams.length === HOSTS - 1, "everybody is written to");
  claim(
    publishHearing(state, NO_GROUP, nowMs, { refused: NONE, trouble: null }).peers.length === HOSTS - 1,
    "told",
  );
}

/** What comes in from the network: whatever anybody may send, and whatever somebody with the secret may. */
export const GROUP_TARGETS: readonly Target[] = [
  {
    name: "heartbeat of a stranger",
    play(random) {
      const good = sample(random);
      const bytes = damage(random, good);
      const decoded = decodeHeartbeat(bytes, CONTEXT, [KEY]);
      claim(!decoded.ok || bytes.equals(good), "what was changed on the way is refused");
    },
  },
  {
    name: "heartbeat, signed whatever it is",
    play(random) {
      const body = damage(random, sample(random).subarray(0, -TAG_BYTES));
      const bytes = Buffer.concat([body, tagOf(KEY, body)]);
      const decoded = decodeHeartbeat(bytes, CONTEXT, [KEY]);
      if (!decoded.ok) return;
      playOn(decoded.message);
      // A place of nobody is left out; apart from that there is one way to write each message.
      if (decoded.message.heard.length !== body[184]) return;
      claim(
        encodeHeartbeat(decoded.message, POOL, KEY)?.equals(bytes) === true,
        "it is written as it was read",
      );
    },
  },
  {
    name: "question and answer of a stranger",
    play(random) {
      const good = runsSample(random);
      const bytes = damage(random, good);
      claim(rewritten(bytes) === null || bytes.equals(good), "what was changed on the way is refused");
    },
  },
  {
    name: "question and answer, signed whatever it is",
    play(random) {
      const body = damage(random, runsSample(random).subarray(0, -TAG_BYTES));
      const bytes = Buffer.concat([body, tagOf(KEY, body)]);
      const again = rewritten(bytes);
      claim(again === null || again.equals(bytes), "it is written as it was read");
    },
  },
  textTarget(
    "what the monitor hears",
    [
      JSON.stringify(
        publishHearing(newHearing(hostOf(1), bootOf(1)), NO_GROUP, 5, { refused: NONE, trouble: null }),
      ),
    ],
    mangleText,
    parseHearing,
  ),
];
