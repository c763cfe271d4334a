import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { createRecordFiles } from "../../../../src/adapters/record/record-reader.ts";
import { createRecorder } from "../../../../src/adapters/record/record-writer.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("record");
const DAY_MS = 86_400_000;

/** A host with a clock of its own, on which passes follow each other. */
class Host {
  readonly run = folder.at(crypto.randomUUID());
  readonly record = join(this.run, "state", "record");
  wallMs = Date.parse("2026-11-30T19:43:49Z");
  private passMs = 0;
  readonly clock: Clock = {
    wallMs: () => this.wallMs,
    uptimeMs: () => this.passMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };

  /** A pass in a process of its own, with these rounds. */
  async pass(texts: readonly string[], eventful = false): Promise<string | null> {
    this.passMs += 45_000;
    this.wallMs += 45_000;
    const paths = { record: this.record, recordNote: join(this.run, "record.json"), run: this.run };
    const recorder = createRecorder({ paths, clock: this.clock, version: "3.0.0", host: "xcp1" });
    const head = {
      at: new Date(this.wallMs).toISOString(),
      passMs: this.passMs,
      eventful,
      events: eventful ? [{ at: this.wallMs }] : [],
    } as never;
    for (const text of texts) recorder.keep(() => ({ head, text }));
    return (await recorder.end()).why;
  }

  wait(ms: number): void {
    this.passMs += ms;
    this.wallMs += ms;
  }

  get files(): readonly string[] {
    return readdirSync(this.record).sort();
  }

  path(index = -1): string {
    return join(this.record, this.files.at(index) ?? "");
  }

  async texts(index = -1): Promise<readonly string[]> {
    const opened = await createRecordFiles({ record: this.record }).open(this.path(index));
    if (!opened.ok) return [opened.why];
    return [...opened.texts].map((one) => ("wrong" in one ? `wrong: ${one.wrong}` : one.text));
  }
}

/** What hardly differs from round to round, and cannot be made short by itself. */
const noise = Array.from({ length: 3_000 }, () => crypto.randomUUID()).join(" ");
const round = (number: number) => JSON.stringify({ number, noise });

describe("the record", () => {
  test("passes of different processes go on in one file, of which each round but the first takes hardly any room", async () => {
    const host = new Host();
    for (let pass = 0; pass < 20; pass++) await host.pass([round(pass), round(pass + 0.5)]);
    expect(host.files).toEqual(["2026-11-30T19-44-34.000Z.record"]);
    expect(await host.texts()).toEqual(Array.from({ length: 40 }, (_, index) => round(index / 2)));
    const [first = 0, all] = [zstdCompressSync(round(0)).length, statSync(host.path()).size];
    expect(all).toBeLessThan(first + 40 * 300);
    expect(statSync(host.path()).mode & 0o777).toBe(0o600);
    expect(statSync(host.record).mode & 0o777).toBe(0o700);
  });

  test("a round that has much that the others had not is what the next ones are compared with", async () => {
    const host = new Host();
    await host.pass(["small"]);
    await host.pass([round(1), round(2)]);
    const before = statSync(host.path()).size;
    await host.pass([round(3)]);
    expect(statSync(host.path()).size - before).toBeLessThan(400);
    expect(await host.texts()).toEqual(["small", round(1), round(2), round(3)]);
  });

  test("a file that a crash has torn is left as it is, and what of it is whole can be read", async () => {
    const host = new Host();
    await host.pass([round(1)]);
    await host.pass([round(2)]);
    truncateSync(host.path(), statSync(host.path()).size - 7);
    await host.pass([round(3)]);
    expect(host.files.length).toBe(2);
    expect(await host.texts(0)).toEqual([
      round(1),
      expect.stringMatching(/^wrong: at byte \d+: its end is missing$/),
    ]);
    expect(await host.texts(1)).toEqual([round(3)]);
  });

  test("the newest five hundred passes stay, and files in which something happened for thirty days", async () => {
    const host = new Host();
    await host.pass(["a fence"], true);
    for (let pass = 1; pass < 1_100; pass++) await host.pass([`pass ${pass}`]);
    expect(host.files.map((name) => name.replace(/^.*Z/, ""))).toEqual([
      ...[".incident.record", ".record", ".record", ".record"],
    ]);
    const kept = (await Promise.all([1, 2, 3].map((index) => host.texts(index)))).flat();
    expect([kept.length, kept.at(-1)]).toEqual([600, "pass 1099"]);
    host.wait(31 * DAY_MS);
    for (let pass = 0; pass < 250; pass++) await host.pass(["later"]);
    expect(host.files.some((name) => name.endsWith(".incident.record"))).toBe(false);
  }, 60_000);

  test("a text that is far too long is left out, and said to be", async () => {
    const host = new Host();
    await host.pass([round(1), "x".repeat(24_000_001), round(2)]);
    expect(await host.texts()).toEqual([
      round(1),
      "wrong: a round of 24000001 bytes was too long to be kept",
      round(2),
    ]);
  });
});

describe("a disk that does not take the record", () => {
  test("is said once, and then left alone for ten minutes", async () => {
    const host = new Host();
    mkdirSync(host.run, { recursive: true });
    writeFileSync(join(host.run, "state"), "no folder");
    expect(await host.pass(["a"])).not.toBeNull();
    let asked = 0;
    const paths = { record: host.record, recordNote: join(host.run, "record.json"), run: host.run };
    const next = createRecorder({ paths, clock: host.clock, version: "3.0.0", host: "xcp1" });
    const head = { at: "", passMs: 1, eventful: true, events: [] };
    next.keep(() => {
      asked += 1;
      return { head, text: "b" };
    });
    expect([await next.end(), asked]).toEqual([{ why: null }, 0]);
    host.wait(600_000);
    expect(await host.pass(["c"])).toBeNull();
  });

  test("and hangs costs two seconds, once", async () => {
    const host = new Host();
    await host.pass(["a"]);
    const paths = { record: host.record, recordNote: join(host.run, "record.json"), run: host.run };
    let waitedMs = 0;
    // Time flies, so that the deadline is there before the disk.
    const clock: Clock = {
      ...host.clock,
      sleep: async (ms) => {
        waitedMs += ms;
      },
    };
    const slow = createRecorder({ paths, clock, version: "3.0.0", host: "xcp1" });
    slow.keep(() => ({ head: { at: "", passMs: 2, eventful: false, events: [] }, text: round(1) }));
    expect([(await slow.end()).why, waitedMs]).toEqual(["the disk is too slow for it", 2_000]);
    expect(await host.pass(["b"])).toBeNull();
    expect(await host.texts(0)).not.toContain("b");
  });
});

describe("a record that somebody hands over", () => {
  const open = (path: string) => createRecordFiles({ record: folder.at("none") }).open(path);
  const HEAD = '{"record":"ha-lizard","format":1,"version":"3.0.0","host":"xcp1"}\n';
  const frame = (over: object, body = Buffer.alloc(0)) => {
    const head = {
      at: "2026-11-30T19:43:49Z",
      passMs: 1,
      eventful: false,
      events: [],
      key: true,
      bytes: body.length,
      raw: 5,
    };
    return Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, ...over })}\n`), body]);
  };
  const read = async (...parts: readonly (Buffer | string)[]) => {
    const path = folder.at(crypto.randomUUID());
    writeFileSync(path, "");
    for (const part of parts) appendFileSync(path, part);
    const opened = await open(path);
    return opened.ok ? [...opened.texts].map((one) => ("wrong" in one ? one.wrong : one.text)) : [opened.why];
  };
  const hello = zstdCompressSync("hello");

  test("is read", async () => expect(await read(HEAD, frame({}, hello))).toEqual(["hello"]));

  const rows: readonly [string, () => Promise<readonly string[]>, string][] = [
    ["nothing", () => read(), "it is no record of ha-lizard"],
    ["a text", () => read("hello\n"), "it is no record of ha-lizard"],
    ["another format", () => read(HEAD.replace('"format":1', '"format":2')), "it is no record of ha-lizard"],
    ["a frame of nothing", () => read(HEAD, "x\n"), "at byte 66: what follows is no frame of a record"],
    ["a frame that ends early", () => read(HEAD, frame({ bytes: 99 })), "at byte 66: its end is missing"],
    [
      "negative sizes",
      () => read(HEAD, frame({ bytes: -5 })),
      "at byte 66: what follows is no frame of a record",
    ],
    ["more text than it says", () => read(HEAD, frame({ raw: 4 }, hello)), "at byte 66: it is damaged"],
    ["no zstd", () => read(HEAD, frame({}, Buffer.from("hello"))), "at byte 66: it is damaged"],
    ["a difference to nothing", () => read(HEAD, frame({ key: false }, hello)), "at byte 66: it is damaged"],
  ];
  for (const [what, of, why] of rows) test(`${what}: ${why}`, async () => expect(await of()).toEqual([why]));

  test("a small file that would become gigabytes stays small", async () => {
    const bomb = zstdCompressSync(Buffer.alloc(100_000_000));
    expect(await read(HEAD, frame({ raw: 100_000_000 }, bomb))).toEqual(["at byte 66: it is damaged"]);
    expect(await read(HEAD, frame({ raw: 10 }, bomb), frame({}, hello))).toEqual([
      "at byte 66: it is damaged",
      "hello",
    ]);
  });

  test("a folder, a link to nowhere, and no file at all are said to be that", async () => {
    const link = folder.at("link");
    symlinkSync("/nowhere", link);
    const why = async (path: string) => {
      const opened = await open(path);
      return opened.ok ? "" : opened.why;
    };
    expect(await why(folder.at("missing"))).toBe("there is no such file");
    expect(await why(link)).toBe("there is no such file");
    expect(await why(folder.path)).toBe("it is a folder, no ordinary file");
  });

  test("the records of a host without any are none", async () =>
    expect(await createRecordFiles({ record: folder.at("none") }).list()).toEqual([]));

  test("events: those since then, over all files, the newest as far as they fit", async () => {
    const host = new Host();
    for (let pass = 0; pass < 3; pass++) {
      await host.pass([`pass ${pass}`], true);
      host.wait(10_000_000);
      if (pass === 0) truncateSync(host.path(), statSync(host.path()).size - 1);
    }
    expect(host.files.length).toBe(2);
    const { events } = createRecordFiles({ record: host.record });
    const all = (await events(0, 10_000)) as { at: number }[];
    // The frame that was torn has lost its own.
    expect(all.length).toBe(2);
    expect(await events(0, 30)).toEqual(all.slice(-1));
    expect(await events(all[1]?.at ?? 0, 10_000)).toEqual(all.slice(-1));
    expect(await createRecordFiles({ record: folder.at("none") }).events(0, 10_000)).toEqual([]);
  });

  test("list: each file, when it began, and whether something happened in it", async () => {
    const host = new Host();
    await host.pass(["a"], true);
    expect(await createRecordFiles({ record: host.record }).list()).toEqual([
      { path: host.path(), beganMs: Date.parse("2026-11-30T19:44:34Z"), incident: true },
    ]);
    expect(readFileSync(host.path(), "utf8").split("\n")[0]).toBe(HEAD.trim());
  });
});
