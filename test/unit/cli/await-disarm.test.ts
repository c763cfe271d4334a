import { describe, expect, test } from "bun:test";
import { awaitDisarm } from "../../../src/cli/await-switch.ts";
import type { SightOfRoll } from "../../../src/core/model/group-sight.ts";
import { host } from "../core/fixtures.ts";
import { hearing } from "../core/members/hearing.ts";
import { leads } from "../core/sight.ts";
import { fakePorts, fakeWorld } from "./fake-ports.ts";

/** What is said of a word for `host` with id 7, where the group has this; and whether it holds. */
async function told(word: { host: string | null; forS: number }, roll: Partial<SightOfRoll>) {
  const group = leads(host(1), [host(1)], { roll });
  const err: string[] = [];
  let nowMs = 0;
  const ports = {
    ...fakePorts(fakeWorld()).ports,
    hearing: { read: async () => ({ ...hearing(), group, atMs: nowMs }) },
    clock: {
      uptimeMs: () => nowMs,
      wallMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
      },
    },
    stderr: (text: string) => void err.push(text),
  };
  const awaiting = { ports, settings: { MONITOR_DELAY: 1 }, nameOf: String, say: () => undefined };
  const holds = await awaitDisarm(awaiting, { ...word, id: 7, host: word.host === null ? null : host(2) });
  return [holds, err.join("").split(":")[0]];
}

describe("awaitDisarm: what the hosts have is looked at, and not only that they have taken a word", () => {
  const h2 = { host: host(2), leftMs: 1 };
  const pool = { host: null, leftMs: 1 };
  const other = { host: host(3), leftMs: 1 };
  const LOST = [false, "It does not hold"];
  const NOT_TAKEN = [false, "The hosts have not taken it"];
  const HOLDS = [true, ""];
  const rows: readonly [string, { host: string | null; forS: number }, Partial<SightOfRoll>, unknown][] = [
    ["it rests", { host: "h2", forS: 60 }, { disarmWord: 7, disarms: [h2] }, HOLDS],
    ["another word was taken", { host: "h2", forS: 60 }, { disarmWord: 7, disarms: [other] }, LOST],
    ["the pool rests, and not the host", { host: "h2", forS: 60 }, { disarmWord: 8, disarms: [pool] }, LOST],
    ["a host rests, and not the pool", { host: null, forS: 60 }, { disarmWord: 7, disarms: [h2] }, LOST],
    ["not yet", { host: "h2", forS: 60 }, { disarmWord: 6, disarms: [] }, NOT_TAKEN],
    ["not settled", { host: "h2", forS: 60 }, { disarmWord: 7, disarms: [h2], settled: false }, NOT_TAKEN],
    ["armed", { host: "h2", forS: 0 }, { disarmWord: 7, disarms: [pool] }, HOLDS],
    ["it rests still", { host: "h2", forS: 0 }, { disarmWord: 7, disarms: [pool, h2] }, LOST],
    ["all are armed", { host: null, forS: 0 }, { disarmWord: 7 }, HOLDS],
    ["one rests still", { host: null, forS: 0 }, { disarmWord: 7, disarms: [h2] }, LOST],
  ];
  for (const [title, word, roll, expected] of rows)
    test(`${word.forS === 0 ? "arm" : "disarm"} ${word.host ?? "the pool"}: ${title}`, async () =>
      expect(await told(word, roll)).toEqual(expected as never));
});
