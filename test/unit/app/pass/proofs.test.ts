import { describe, expect, test } from "bun:test";
import { whyOn, whyUnproved } from "../../../../src/app/pass/proofs.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { Result } from "../../../../src/core/model/action.ts";
import type { HeardPeer } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import type { DeviceState } from "../../../../src/ports/fencer.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { host } from "../../core/fixtures.ts";
import { peer } from "../../core/members/hearing.ts";
import { leader, SELF } from "./leader.ts";

const ON: DeviceState = { kind: "on" };
const OFF: DeviceState = { kind: "off" };
const SILENT: DeviceState = { kind: "unknown", why: "no answer" };
const NOT_ASKED: DeviceState = { kind: "not-asked", why: "the agent does not say that it knows status" };

interface Case {
  readonly method?: string;
  readonly timeoutS?: number;
  /** What the device of each method says, after `takesMs`; "never": nothing. */
  readonly says?: Readonly<Record<string, DeviceState>> | "never";
  readonly takesMs?: number;
  readonly peers?: readonly HeardPeer[];
  /** The hosts are off by an administrator's word. */
  readonly isWord?: boolean;
  /** The method that has proved it; default: that is not known. */
  readonly by?: string;
}

/** The proofs of one pass, which are asked for again and again. */
function proofsOf(given: Case = {}) {
  const { method = "IPMI", timeoutS = 60, says = { IPMI: OFF }, takesMs = 0 } = given;
  const { peers = [], isWord = false, by = null } = given;
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const asked: string[] = [];
  const device = { says };
  const fencer = {
    status: async ({ host, method, timeoutMs }: { host: HostUuid; method: string; timeoutMs: number }) => {
      asked.push(`${method} ${host} ${timeoutMs}`);
      if (device.says === "never") return new Promise<never>(() => {});
      await clock.sleep(takesMs, neverAborts());
      return device.says[method] ?? NOT_ASKED;
    },
  };
  const published = leader(clock);
  const read = async () => {
    const hearing = await published.read();
    return hearing === null ? null : { ...hearing, peers };
  };
  const override = { FENCE_METHOD: method, FENCE_TIMEOUT: String(timeoutS) };
  const { settings } = resolveSettings({ override, pool: null, lastGood: {} });
  const proofs = {
    offAtMs: new Map<HostUuid, number>(),
    looks: new Map<HostUuid, Promise<Result | null>>(),
  };
  const proof = {
    ports: { fencer, clock, hearing: { read } },
    self: SELF,
    settings,
    proofs,
    proofOf: () => ({ isWord, by }),
  };
  /** What is in the way of these hosts, and after how long that was known. */
  const askFor = async (look: typeof whyUnproved, ...hosts: readonly number[]) => {
    const begunMs = clock.uptimeMs();
    const ended: { ms: number | null } = { ms: null };
    const looking = look(
      hosts.map((number) => host(number)),
      proof,
      neverAborts(),
    );
    void looking.then(() => (ended.ms = clock.uptimeMs() - begunMs));
    await time.runUntil(() => ended.ms !== null);
    return { result: await looking, afterMs: ended.ms };
  };
  const ask = (...hosts: readonly number[]) => askFor(whyUnproved, ...hosts);
  return { ask, askFor, asked, proof, proofs, device, wait: (ms: number) => time.run(ms) };
}

const HEARD: Result = { kind: "held", why: "a host that counted as off is heard" };
const over = (number = 3): Result => ({
  kind: "unproved",
  host: host(number),
  isOver: true,
  why: "its device says that it is on",
});
const doubted = (why: string): Result => ({ kind: "unproved", host: host(3), isOver: false, why });

describe("whyUnproved: who is heard", () => {
  for (const heard of ["direct", "reported"] as const)
    test(`a host that is heard (${heard}) is not off, and its device is not asked`, async () => {
      const { ask, asked } = proofsOf({ peers: [peer(3, { heard })] });
      expect([(await ask(3)).result, asked]).toEqual([HEARD, []]);
    });
  test("one that is silent is asked for, whoever else is heard", async () => {
    const { ask, asked } = proofsOf({ peers: [peer(2), peer(3, { heard: "silent" })] });
    expect([(await ask(3)).result, asked]).toEqual([null, ["IPMI h3 30000"]]);
  });
  test("one that is heard is held although its device has just said off", async () => {
    const { ask, asked, proofs } = proofsOf({ peers: [peer(3)] });
    proofs.offAtMs.set(host(3), 0);
    expect([(await ask(3)).result, asked]).toEqual([HEARD, []]);
  });
});

describe("whyUnproved: what the devices say", () => {
  const rows: readonly [string, Case, Result | null][] = [
    ["off: the proof holds", {}, null],
    ["on: it is over", { says: { IPMI: ON } }, over()],
    ["nothing: it is doubted, and not over", { says: { IPMI: SILENT } }, doubted("no answer")],
    ["the agent cannot be asked: its proof holds", { says: { IPMI: NOT_ASKED } }, null],
    ["POOL has no device, and nothing to ask", { method: "POOL", says: {} }, null],
    [
      "off by the first of two, the other is silent",
      { method: "IPMI,ILO", says: { IPMI: OFF, ILO: SILENT } },
      null,
    ],
    [
      "off by the second of two, the other is silent",
      { method: "IPMI,ILO", says: { IPMI: SILENT, ILO: OFF } },
      null,
    ],
    ["on by one of two, off by the other", { method: "IPMI,ILO", says: { IPMI: OFF, ILO: ON } }, over()],
    [
      "on by one of two, the other is silent",
      { method: "IPMI,ILO", says: { IPMI: ON, ILO: SILENT } },
      over(),
    ],
    [
      "one is silent, the other cannot be asked",
      { method: "IPMI,POOL", says: { IPMI: SILENT } },
      doubted("no answer"),
    ],
    [
      "both are silent",
      { method: "IPMI,ILO", says: { IPMI: SILENT, ILO: { kind: "unknown", why: "wrong password" } } },
      doubted("no answer; wrong password"),
    ],
  ];
  for (const [title, given, expected] of rows)
    test(title, async () => expect((await proofsOf(given).ask(3)).result).toEqual(expected));

  test("nothing is asked for what rests on no proof", async () => {
    const { ask, asked } = proofsOf({ says: { IPMI: ON } });
    expect([(await ask()).result, asked]).toEqual([null, []]);
  });

  test("of several hosts each is asked for, and one that is on is enough", async () => {
    const { ask, asked, device } = proofsOf();
    expect((await ask(3, 4)).result).toBeNull();
    device.says = { IPMI: ON };
    expect([(await ask(4, 5)).result, asked]).toEqual([
      over(5),
      ["IPMI h3 30000", "IPMI h4 30000", "IPMI h5 30000"],
    ]);
  });
});

describe("whyUnproved: how it was proved", () => {
  const two = { method: "IPMI,ILO" };
  const rows: readonly [string, Case, Result | null][] = [
    ["by a word: its device may be silent", { isWord: true, says: { IPMI: SILENT } }, null],
    ["by a word, and its device says on", { isWord: true, says: { IPMI: ON } }, over()],
    [
      "by the first, which says off: the other one means nothing",
      { ...two, by: "IPMI", says: { IPMI: OFF, ILO: ON } },
      null,
    ],
    ["by the second, which says off", { ...two, by: "ILO", says: { IPMI: ON, ILO: OFF } }, null],
    ["by the first, which says on", { ...two, by: "IPMI", says: { IPMI: ON, ILO: OFF } }, over()],
    [
      "by the first, which is silent",
      { ...two, by: "IPMI", says: { IPMI: SILENT, ILO: OFF } },
      doubted("no answer"),
    ],
    ["by the first, which cannot be asked", { ...two, by: "IPMI", says: { ILO: ON } }, null],
    [
      "by the first, which is silent, and an administrator's word since",
      { ...two, by: "IPMI", isWord: true, says: { IPMI: SILENT, ILO: ON } },
      null,
    ],
    [
      "by one that is no method any more: all are asked",
      { ...two, by: "XVM", says: { IPMI: OFF, ILO: ON } },
      over(),
    ],
  ];
  for (const [title, given, expected] of rows)
    test(title, async () => expect((await proofsOf(given).ask(3)).result).toEqual(expected));
});

describe("whyOn: only a device that says on is in the way", () => {
  const rows: readonly [string, Case, Result | null][] = [
    ["it says off", {}, null],
    ["it says on", { says: { IPMI: ON } }, over()],
    ["it is silent", { says: { IPMI: SILENT } }, null],
    ["it cannot be asked", { says: { IPMI: NOT_ASKED } }, null],
    ["the host is heard: its own monitor keeps it from that", { peers: [peer(3)] }, null],
    [
      "another device than the one that proved it says on",
      { method: "IPMI,ILO", by: "IPMI", says: { IPMI: OFF, ILO: ON } },
      null,
    ],
  ];
  for (const [title, given, expected] of rows)
    test(title, async () => expect((await proofsOf(given).askFor(whyOn, 3)).result).toEqual(expected));
});

describe("whyUnproved: how often the devices are asked", () => {
  test("what was off is off for five seconds, whatever its device would say, and is asked for after that", async () => {
    const { ask, asked, device, proofs, wait } = proofsOf();
    expect([(await ask(3)).result, proofs.offAtMs.get(host(3))]).toEqual([null, 0]);
    device.says = { IPMI: ON };
    await wait(5_000);
    expect([(await ask(3)).result, asked.length]).toEqual([null, 1]);
    await wait(1);
    expect([(await ask(3)).result, asked.length]).toEqual([over(), 2]);
  });

  test("it is as old as the question: the device may have looked right after it was asked", async () => {
    const { ask, asked, proofs, wait } = proofsOf({ takesMs: 3_000 });
    await wait(1_000);
    expect([(await ask(3)).afterMs, proofs.offAtMs.get(host(3))]).toEqual([3_000, 1_000]);
    await wait(2_001);
    await ask(3);
    expect(asked.length).toBe(2);
  });

  test("what is on, or silent, is asked for each time", async () => {
    for (const state of [ON, SILENT]) {
      const { ask, asked } = proofsOf({ says: { IPMI: state } });
      await ask(3);
      await ask(3);
      expect(asked.length).toBe(2);
    }
  });

  test("twenty at once ask once, and all of them are told", async () => {
    for (const [state, expected] of [
      [OFF, null],
      [ON, over()],
    ] as const) {
      const { proof, asked, proofs, wait } = proofsOf({ says: { IPMI: state }, takesMs: 2_000 });
      const all = Array.from({ length: 20 }, () => whyUnproved([host(3)], proof, neverAborts()));
      await wait(2_000);
      expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, () => expected));
      expect([asked.length, proofs.looks.size]).toEqual([1, 0]);
    }
  });
});

describe("whyUnproved: how long it takes", () => {
  const rows: readonly [number, string, number, string][] = [
    [60, "thirty seconds, of which the agent knows, and three more", 33_000, "no answer within 30 s"],
    [6, "what an agent may take at all, when that is less", 9_000, "no answer within 6 s"],
  ];
  for (const [timeoutS, title, afterMs, why] of rows)
    test(`a device that never answers, FENCE_TIMEOUT=${timeoutS}: ${title}`, async () => {
      const { ask } = proofsOf({ says: "never", timeoutS });
      expect(await ask(3)).toEqual({ result: doubted(why), afterMs });
    });

  test("two that never answer take no longer than one", async () => {
    const { ask } = proofsOf({ method: "IPMI,ILO", says: "never" });
    expect((await ask(3, 4)).afterMs).toBe(33_000);
  });
});
