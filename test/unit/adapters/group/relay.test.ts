import { describe, expect, test } from "bun:test";
import type { Between } from "../../../../src/adapters/group/envelope.ts";
import { Relay } from "../../../../src/adapters/group/relay.ts";
import { bootOf, hostOf } from "./messages.ts";

const PEERS = [1, 3].map((host) => ({ host: hostOf(host), addresses: [`10.0.0.${host}`, `10.1.0.${host}`] }));
const ASKER = { address: "10.0.0.1", port: 40_000 };
const idOf = (id: number) => {
  const content = Buffer.alloc(8);
  content.writeUInt32BE(id, 0);
  return content;
};

const question = (id: number, ms = 1_000): Between => ({
  kind: "question",
  head: { from: hostOf(1), to: hostOf(3), number: { bootId: bootOf(1), ms } },
  content: idOf(id),
});
const answer = (id: number): Between => ({
  kind: "answer",
  head: { from: hostOf(3), to: hostOf(1), number: { bootId: bootOf(3), ms: 5 } },
  content: idOf(id),
});

describe("Relay", () => {
  const relayed = (relay: Relay, one: Between, nowMs = 0, from = ASKER) =>
    relay.next(one, { peers: PEERS, port: 694, from, nowMs });
  const THERE = [
    { address: "10.0.0.3", port: 694 },
    { address: "10.1.0.3", port: 694 },
  ];

  test("a question goes to every address of its addressee, its answers to where it came from", () => {
    const relay = new Relay();
    expect(relayed(relay, question(7))).toEqual(THERE);
    expect([relayed(relay, answer(7)), relayed(relay, answer(7))]).toEqual([[ASKER], [ASKER]]);
  });

  test("an answer to nothing, to another question, or after two seconds, goes nowhere", () => {
    const relay = new Relay();
    expect(relayed(relay, answer(7))).toEqual([]);
    relayed(relay, question(7));
    expect(relayed(relay, answer(8))).toEqual([]);
    expect(relayed(relay, answer(7), 2_000)).toEqual([ASKER]);
    expect(relayed(relay, answer(7), 2_001)).toEqual([]);
  });

  test("the same question again goes nowhere, asked anew it does", () => {
    const relay = new Relay();
    relayed(relay, question(7));
    expect(relayed(relay, question(7), 100)).toEqual([]);
    expect(relayed(relay, answer(7), 100)).toEqual([ASKER]);
    expect(relayed(relay, question(7, 1_200), 200)).toEqual(THERE);
  });

  test("a question that comes by two ways is answered by both, an older one by none", () => {
    const relay = new Relay();
    const other = { address: "10.1.0.1", port: 40_000 };
    relayed(relay, question(7));
    expect(relayed(relay, question(7), 1, other)).toEqual([]);
    relayed(relay, question(7, 900), 2, { address: "10.1.0.9", port: 1 });
    expect(relayed(relay, answer(7), 3)).toEqual([ASKER, other]);
  });

  test("of a flood 512 are passed on at a time", () => {
    const relay = new Relay();
    for (let id = 0; id < 512; id++) expect(relayed(relay, question(id))).toEqual(THERE);
    expect(relayed(relay, question(512))).toEqual([]);
    expect(relayed(relay, question(513), 2_001)).toEqual(THERE);
  });

  test("what has no id goes nowhere", () => {
    expect(relayed(new Relay(), { ...question(7), content: Buffer.alloc(3) })).toEqual([]);
  });
});
