import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStored, writeStored } from "../../../../src/adapters/group/stored-text.ts";
import { VoteFiles } from "../../../../src/adapters/group/vote-files.ts";
import { NO_DISARM } from "../../../../src/core/group/disarm.ts";
import type { Roll } from "../../../../src/core/group/roll.ts";
import type { Stored } from "../../../../src/core/group/stored.ts";
import { hostUuid, poolUuid } from "../../../../src/core/model/ids.ts";
import { ScratchFolder } from "../scratch.ts";

const scratch = new ScratchFolder("vote");
const uuid = (digit: number) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;
const POOL = poolUuid(uuid(7));
const H1 = hostUuid(uuid(1));
const H2 = hostUuid(uuid(2));

const roll = (count: number): Roll => ({
  id: { term: { count, host: H1 }, version: 1 },
  hosts: [
    { host: H1, bootId: uuid(8), maintenance: false, leaseMs: null },
    { host: H2, bootId: null, maintenance: true, leaseMs: null },
  ],
  master: H1,
  office: { term: { count: 0, host: H1 }, version: 1 },
  ha: true,
  tie: null,
  disarm: NO_DISARM,
});
const stored = (count: number): Stored => ({
  term: { count, host: H1 },
  roll: roll(count),
  before: count % 2 === 0 ? null : roll(count - 1),
});

let folders = 0;
function folder(): string {
  const path = scratch.at(`vote-${++folders}`);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** A folder with so many votes stored in it, one after the other. */
async function withVotes(count: number): Promise<string> {
  const path = folder();
  const files = new VoteFiles(path);
  for (let one = 1; one <= count; one++) await files.save(POOL, stored(one));
  return path;
}

const loaded = (path: string) => new VoteFiles(path).load(POOL);

describe("what is stored comes back", () => {
  for (const count of [1, 2, 3, 6])
    test(`the last of ${count}`, async () => {
      expect(await loaded(await withVotes(count))).toEqual({ kind: "stored", stored: stored(count) });
    });

  test("a monitor that starts goes on where the last one was", async () => {
    const path = await withVotes(3);
    const files = new VoteFiles(path);
    await files.load(POOL);
    await files.save(POOL, stored(9));
    expect(await loaded(path)).toEqual({ kind: "stored", stored: stored(9) });
  });

  test("nothing: there never was any", async () => expect(await loaded(folder())).toEqual({ kind: "none" }));

  test("64 hosts fit, twice", async () => {
    const hosts = Array.from({ length: 64 }, (_, at) => ({
      host: hostUuid(`${String(at).padStart(8, "0")}-0000-4000-8000-000000000000`),
      bootId: uuid(7),
      maintenance: false,
      leaseMs: null,
    }));
    const big: Stored = {
      term: { count: 1, host: H1 },
      roll: { ...roll(1), hosts },
      before: { ...roll(0), hosts },
    };
    const path = folder();
    await new VoteFiles(path).save(POOL, big);
    expect(await loaded(path)).toEqual({ kind: "stored", stored: big });
  });
});

describe("two files of fixed size, in turn", () => {
  test("both are there from the first vote on, and never grow", async () => {
    const path = await withVotes(1);
    const sizes = () => ["vote-1", "vote-2"].map((name) => statSync(join(path, name)).size);
    expect(sizes()).toEqual([65_536, 65_536]);
    expect(statSync(join(path, "vote-1")).mode & 0o777).toBe(0o600);
    const files = new VoteFiles(path);
    await files.load(POOL);
    for (let one = 2; one < 6; one++) await files.save(POOL, stored(one));
    expect(sizes()).toEqual([65_536, 65_536]);
  });

  test("a write that is torn costs nothing but what it would have stored", async () => {
    const path = await withVotes(3);
    const newest = join(path, "vote-2");
    expect(readFileSync(newest, "utf8")).toStartWith("HA-Lizard vote 1 3 ");
    const whole = readFileSync(newest);
    for (const length of [0, 10, 60, 120, 300]) {
      const torn = Buffer.from(whole);
      torn.fill(120, length);
      writeFileSync(newest, torn);
      expect([length, await loaded(path)]).toEqual([length, { kind: "stored", stored: stored(2) }]);
    }
  });

  test("an older text behind a newer, shorter one is not read", async () => {
    const path = await withVotes(2);
    const files = new VoteFiles(path);
    await files.load(POOL);
    const short: Stored = { term: { count: 9, host: null }, roll: null, before: null };
    await files.save(POOL, short);
    expect(await loaded(path)).toEqual({ kind: "stored", stored: short });
  });
});

describe("what cannot be used is no vote", () => {
  const damaged = { kind: "damaged" };

  test("one file is gone: it may have been the newer one", async () => {
    const path = await withVotes(2);
    rmSync(join(path, "vote-1"));
    expect(await loaded(path)).toMatchObject(damaged);
  });

  test("both are garbage", async () => {
    const path = await withVotes(2);
    for (const name of ["vote-1", "vote-2"]) writeFileSync(join(path, name), "HA-Lizard vote 1 7 2 00\n{}");
    expect(await loaded(path)).toMatchObject(damaged);
  });

  test("a link to a good one", async () => {
    const path = await withVotes(1);
    const other = folder();
    for (const name of ["vote-1", "vote-2"]) symlinkSync(join(path, name), join(other, name));
    expect(await loaded(other)).toMatchObject(damaged);
  });

  test("a vote can be stored again after that", async () => {
    const path = await withVotes(2);
    writeFileSync(join(path, "vote-1"), "x");
    writeFileSync(join(path, "vote-2"), "y");
    const files = new VoteFiles(path);
    await files.load(POOL);
    await files.save(POOL, stored(5));
    expect(await loaded(path)).toEqual({ kind: "stored", stored: stored(5) });
  });

  test("a folder that is gone: the vote is not stored", async () => {
    const path = await withVotes(1);
    const files = new VoteFiles(path);
    await files.load(POOL);
    rmSync(path, { recursive: true });
    expect(files.save(POOL, stored(2))).rejects.toThrow();
  });
});

describe("readStored", () => {
  const kept = { ...stored(1), pool: POOL };
  const good = JSON.parse(writeStored(kept));
  test("its own text", () => expect(readStored(writeStored(kept))).toEqual(kept));
  for (const [what, value] of [
    ["no object", []],
    ["a term without a count", { ...good, term: { host: H1 } }],
    ["a count below zero", { ...good, term: { count: -1, host: null } }],
    ["a host that is no uuid", { ...good, term: { count: 1, host: "h1" } }],
    ["a roll without hosts", { ...good, roll: { ...good.roll, hosts: [] } }],
    ["a host twice", { ...good, roll: { ...good.roll, hosts: [good.roll.hosts[0], good.roll.hosts[0]] } }],
    ["65 hosts", { ...good, roll: { ...good.roll, hosts: Array(65).fill(good.roll.hosts[0]) } }],
    ["a tie with a name that no file may have", { ...good, roll: { ...good.roll, tie: "../a" } }],
    ["HA neither on nor off", { ...good, roll: { ...good.roll, ha: null } }],
    ["a roll before, and none now", { ...good, roll: null }],
    ["no master", { ...good, roll: { ...good.roll, master: null } }],
  ] as const)
    test(`refused: ${what}`, () => expect(readStored(JSON.stringify(value))).toBeNull());
  test("refused: no JSON", () => expect(readStored("{")).toBeNull());
});

test("readStored: what the version before has stored, without leases: nobody had one", () => {
  const without = ({ hosts, ...rest }: Roll) => ({
    ...rest,
    hosts: hosts.map(({ leaseMs: _, ...host }) => host),
  });
  const { term } = stored(2);
  const text = JSON.stringify({ pool: POOL, term, roll: without(roll(2)), before: null });
  expect(readStored(text)?.roll?.hosts.map(({ leaseMs }) => leaseMs)).toEqual(roll(2).hosts.map(() => null));
});

describe("readStored: what the version before has stored, without offices", () => {
  const without = (one: Roll | null) => {
    if (one === null) return null;
    const { office: _, ...rest } = one;
    return rest;
  };
  const earlier = (count: number) => {
    const { term, roll: newest, before } = stored(count);
    return JSON.stringify({ pool: POOL, term, roll: without(newest), before: without(before) });
  };
  test("each roll counts as the one in which its master was named", () => {
    const kept = readStored(earlier(3));
    expect([kept?.roll?.office, kept?.before?.office]).toEqual([roll(3).id, roll(2).id]);
  });
  test("a settled one", () =>
    expect(readStored(earlier(2))?.roll).toEqual({ ...roll(2), office: roll(2).id }));
  test("none at all", () => {
    const nothing = { pool: POOL, term: stored(1).term, roll: null, before: null };
    expect(readStored(JSON.stringify(nothing))).toEqual(nothing);
  });

  const odd: readonly [string, unknown][] = [
    ["none", null],
    ["a text", "1.a.1"],
    ["no host", { term: { count: 1 }, version: 1 }],
    ["a later roll", { term: { count: 9, host: H1 }, version: 1 }],
  ];
  for (const [what, office] of odd)
    test(`an office that is ${what} is not read`, () => {
      const kept = { ...stored(2), pool: POOL, roll: { ...roll(2), office } };
      expect(readStored(JSON.stringify(kept))).toBeNull();
    });
});
