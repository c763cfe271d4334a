import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { Answer, Question } from "../../../../src/adapters/ties/place.ts";
import { askFolder, type FileCalls, REAL_CALLS } from "../../../../src/adapters/ties/tie-files.ts";
import { useScratch } from "../scratch.ts";

const scratch = useScratch("tie-files");
const A = "3f7c0f0e-1c1b-4c56-9a57-0d5f5c8f4a11";
const B = "9a1d2b3c-0000-4c56-9a57-0d5f5c8f4a12";
const HELD = (holder: string): Answer => ({ kind: "held", holder });
const FREE: Answer = { kind: "free" };

let folders = 0;
let calls = 0;

function folder() {
  const path = scratch.path(`ties-${++folders}`);
  const ask = (question: Question, changes: Partial<FileCalls> = {}) =>
    askFolder({ ...REAL_CALLS, ...changes }, { path, label: "SR x" }, question, `${++calls}`);
  return {
    path,
    ask,
    claim: (host: string, changes?: Partial<FileCalls>, name = "tie") =>
      ask({ verb: "claim", name, host }, changes),
    holder: (changes?: Partial<FileCalls>) => ask({ verb: "holder", name: "tie" }, changes),
    remove: (changes?: Partial<FileCalls>) => ask({ verb: "remove", name: "tie" }, changes),
    files: () => readdirSync(path).sort(),
  };
}

function fails(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: said`), { code });
  };
}

/** The deed is done, and its answer lost. */
function loses<K extends "link" | "remove" | "write">(call: K, code: string): Partial<FileCalls> {
  return {
    [call]: (...args: [string, string]) => {
      REAL_CALLS[call](...args);
      fails(code)();
    },
  };
}

const whyOf = (answer: Answer) => (answer.kind === "failed" ? answer.why : JSON.stringify(answer));

describe("claim", () => {
  test("makes the folder, wins, and is kept; the next one hears who has it", () => {
    const ties = folder();
    expect(ties.holder()).toEqual(FREE);
    expect(existsSync(ties.path)).toBe(false);
    expect([ties.claim(A), ties.claim(B), ties.claim(A), ties.holder()]).toEqual(Array(4).fill(HELD(A)));
    expect([ties.files(), readFileSync(`${ties.path}/tie`, "utf8")]).toEqual([["tie"], `${A}\n`]);
    expect(statSync(ties.path).mode & 0o777).toBe(0o700);
    expect(statSync(`${ties.path}/tie`).mode & 0o777).toBe(0o600);
  });

  test("another one comes between look and link", () => {
    const ties = folder();
    const late = {
      link: (from: string, to: string) => {
        ties.claim(B);
        REAL_CALLS.link(from, to);
      },
    };
    expect(ties.claim(A, late)).toEqual(HELD(B));
    expect(ties.files()).toEqual(["tie"]);
  });

  test.each(["EIO", "ETIMEDOUT", "ESTALE", "EEXIST"])(
    "a link that is made and answered with %s is a claim",
    (code) => {
      const ties = folder();
      expect(ties.claim(A, loses("link", code))).toEqual(HELD(A));
      expect(ties.files()).toEqual(["tie"]);
    },
  );

  test("a link whose answer is lost, and which is seen only later: unknown, then own", () => {
    const ties = folder();
    const old = { ...loses("link", "EIO"), read: () => ({ kind: "none" }) as const };
    expect(whyOf(ties.claim(A, old))).toContain(
      "SR x: no hard link can be made (the disk has an error there)",
    );
    expect(ties.claim(A)).toEqual(HELD(A));
    expect(ties.claim(B)).toEqual(HELD(A));
  });

  test.each([
    ["EPERM", "the file system there has none (vfat"],
    ["ENOTSUP", "the file system there has none (vfat"],
    ["EROFS", "it is mounted read-only"],
    ["EIO", "its disk or its server is broken"],
    ["ENOSPC", "the disk is full"],
  ])("a link that fails with %s is none, and has its cure", (code, cure) => {
    const ties = folder();
    expect(whyOf(ties.claim(A, { link: fails(code) }))).toContain(cure);
    expect(ties.files()).toEqual([]);
  });

  test("a link that says yes and is not there is not believed", () => {
    const ties = folder();
    expect(whyOf(ties.claim(A, { link: () => undefined }))).toContain("it is not there afterwards");
  });

  test("a file that could not be flushed is not linked, and nothing is left", () => {
    const ties = folder();
    expect(whyOf(ties.claim(A, loses("write", "EIO")))).toContain("SR x: no file can be written");
    expect(ties.files()).toEqual([]);
    expect(whyOf(ties.claim(A, { write: fails("ENOSPC") }))).toContain("the disk is full: make room there");
  });

  test("a claim whose folder cannot be flushed is unknown, also when it is asked again; another's is told", () => {
    const ties = folder();
    const flushFolder = fails("EIO");
    for (let round = 0; round < 2; round++)
      expect(whyOf(ties.claim(A, { flushFolder }))).toContain("cannot be flushed to the disk");
    expect(ties.claim(B, { flushFolder })).toEqual(HELD(A));
    expect(ties.claim(A)).toEqual(HELD(A));
  });

  test("a temporary file that cannot be removed costs nothing", () => {
    const ties = folder();
    expect(ties.claim(A, { remove: fails("EIO") })).toEqual(HELD(A));
    expect(ties.files()).toEqual([expect.stringMatching(/^\.claim-/), "tie"]);
  });

  test("a folder that cannot be made", () =>
    expect(whyOf(folder().claim(A, { makeFolder: fails("EROFS") }))).toContain(
      "SR x: the folder of the claims cannot be entered (the disk is read-only); it is mounted read-only",
    ));
});

describe("what is read", () => {
  const STALE = { kind: "fault", why: "ESTALE: stale file handle" } as const;

  test("a stale handle is looked at once more", () => {
    const ties = folder();
    ties.claim(A);
    let reads = 0;
    const read = (path: string) => (reads++ === 0 ? STALE : REAL_CALLS.read(path));
    expect(ties.holder({ read })).toEqual(HELD(A));
    expect(whyOf(ties.holder({ read: () => STALE }))).toContain("look there");
  });

  test("another name that the server has put in its place meanwhile", () => {
    const ties = folder();
    ties.claim(A);
    let reads = 0;
    const read = (path: string) => {
      if (reads++ > 0) return REAL_CALLS.read(path);
      ties.remove();
      ties.claim(B);
      return STALE;
    };
    expect(ties.holder({ read })).toEqual(HELD(B));
  });

  const ODD: readonly (readonly [string, (at: string) => void])[] = [
    ["empty", (at) => writeFileSync(at, "")],
    ["no uuid", (at) => writeFileSync(at, "somebody\n")],
    ["two lines", (at) => writeFileSync(at, `${A}\n\n`)],
    ["zeros behind it", (at) => writeFileSync(at, `${A}\0`)],
    ["long", (at) => writeFileSync(at, A.repeat(100))],
    ["bytes", (at) => writeFileSync(at, new Uint8Array(36).fill(0xfe))],
    ["a folder", (at) => mkdirSync(at)],
    ["a pipe", (at) => Bun.spawnSync(["mkfifo", at])],
    ["a link to a device", (at) => symlinkSync("/dev/zero", at)],
  ];
  test.each(ODD)("%s is nobody's claim", (_, put) => {
    const ties = folder();
    mkdirSync(ties.path);
    put(`${ties.path}/tie`);
    expect(whyOf(ties.claim(A))).toContain("SR x: a claim holds something odd (tie)");
    expect(whyOf(ties.holder())).toContain("look who has written it, and remove it");
    expect(ties.files()).toEqual(["tie"]);
  });
});

describe("remove", () => {
  test("the claim is gone, also a second time, and without a folder", () => {
    const ties = folder();
    expect(ties.remove()).toEqual(FREE);
    ties.claim(A);
    expect([ties.remove(), ties.remove(), ties.holder()]).toEqual([FREE, FREE, FREE]);
    expect(ties.claim(B)).toEqual(HELD(B));
  });

  test("what cannot be removed, or not flushed, is told", () => {
    const ties = folder();
    ties.claim(A);
    expect(whyOf(ties.remove({ remove: fails("EROFS") }))).toContain("a claim cannot be removed");
    expect(ties.remove({ remove: () => undefined })).toEqual(HELD(A));
    expect(whyOf(ties.remove({ flushFolder: fails("EIO") }))).toContain("cannot be flushed");
    mkdirSync(`${ties.path}/tie`);
    expect(ties.remove().kind).toBe("failed");
  });

  test("what interrupted calls have left goes with it: of ours, older than a day by the clock there, not all at once", () => {
    const ties = folder();
    mkdirSync(ties.path);
    // The clock of this host does not count.
    const nowS = 1_000_000;
    const put = (name: string, ageS: number) => {
      writeFileSync(`${ties.path}/${name}`, "");
      utimesSync(`${ties.path}/${name}`, nowS - ageS, nowS - ageS);
    };
    const young = [`.claim-${A}-00ff`, ".test-00ff"];
    const others = [".claim-xyz", ".claim-$(id)", ".tmp", "tie-1", "test-1"];
    for (const name of young) put(name, 86_300);
    for (const name of others) put(name, 1_000_000);
    for (let n = 100; n < 160; n++) put(`.claim-${B}-${n}`, 86_500);
    const changedMs = (path: string) =>
      path.endsWith(".test-0000000000000000") ? nowS * 1_000 : REAL_CALLS.changedMs(path);
    expect(ties.remove({ changedMs })).toEqual(FREE);
    expect(ties.files()).toHaveLength(young.length + others.length + 10);
    expect(ties.remove({ changedMs })).toEqual(FREE);
    expect(ties.files()).toEqual([...young, ...others].sort());
    for (const call of ["list", "write", "changedMs"] as const)
      expect(ties.remove({ [call]: fails("EIO") })).toEqual(FREE);
  });
});

describe("REAL_CALLS", () => {
  const path = scratch.path("real");
  mkdirSync(path);

  test("write: never over what is there, and link neither", () => {
    REAL_CALLS.write(`${path}/one`, "1");
    expect(() => REAL_CALLS.write(`${path}/one`, "2")).toThrow("EEXIST");
    REAL_CALLS.write(`${path}/two`, "2");
    expect(() => REAL_CALLS.link(`${path}/two`, `${path}/one`)).toThrow("EEXIST");
    expect(readFileSync(`${path}/one`, "utf8")).toBe("1");
  });

  test("remove and makeFolder: what is so already is no fault", () => {
    REAL_CALLS.remove(`${path}/nothing`);
    REAL_CALLS.makeFolder(path);
    expect(() => REAL_CALLS.remove(path)).toThrow();
    expect(() => REAL_CALLS.makeFolder(`${path}/no/where`)).toThrow("ENOENT");
  });

  test("flushFolder: a folder that is there", () => {
    REAL_CALLS.flushFolder(path);
    expect(() => REAL_CALLS.flushFolder(`${path}/nothing`)).toThrow("ENOENT");
  });
});
