import { describe, expect, test } from "bun:test";
import { chmodSync, rmSync } from "node:fs";
import { PoolKeys } from "../../../../src/adapters/group/pool-keys.ts";
import { keyOf } from "../../../../src/adapters/group/tag.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("keys");
const secret = (letter: string) => `${letter.repeat(36)}/${letter.repeat(36)}/${letter.repeat(36)}`;
const MINUTE = 60_000;
let files = 0;

function stage(text: string) {
  const name = `ptoken-${files++}`;
  const path = folder.write(name, text, 0o600);
  const keys = new PoolKeys(path);
  const write = (next: string) => folder.write(name, next, 0o600);
  const valid = () => keys.valid().map((key) => key.toString("hex").slice(0, 6));
  return { keys, write, valid, path };
}

const short = (letter: string) => keyOf(secret(letter)).toString("hex").slice(0, 6);

describe("PoolKeys", () => {
  test("before it was read there is no key", () => {
    const { keys } = stage(secret("a"));
    expect(keys.current()).toBeNull();
    expect(keys.trouble()).not.toBeNull();
  });

  test("a rotation is seen with the next look; the old secret stays valid for five minutes", () => {
    const { keys, write, valid } = stage(`${secret("a")}\n`);
    keys.refresh(0);
    expect(keys.current()).toEqual(keyOf(secret("a")));
    write(secret("b"));
    keys.refresh(10 * MINUTE);
    expect(valid()).toEqual([short("b"), short("a")]);
    keys.refresh(15 * MINUTE);
    expect(valid()).toEqual([short("b"), short("a")]);
    keys.refresh(15 * MINUTE + 1);
    expect(valid()).toEqual([short("b")]);
  });

  test("for ten seconds after a rotation the old secret is signed with, which every host knows", () => {
    const { keys, write } = stage(secret("a"));
    const signed = (atMs: number) => {
      keys.refresh(atMs);
      return keys.toSign();
    };
    expect(keys.toSign()).toBeNull();
    expect(signed(5 * MINUTE)).toEqual(keyOf(secret("a")));
    write(secret("b"));
    expect(signed(6 * MINUTE)).toEqual(keyOf(secret("a")));
    // A part of a third one that is being written is never signed with.
    write(secret("c").slice(0, 40));
    expect(signed(6 * MINUTE + 9_000)).toEqual(keyOf(secret("a")));
    write(secret("c"));
    expect(signed(6 * MINUTE + 10_000)).toEqual(keyOf(secret("b")));
    expect(signed(6 * MINUTE + 19_999)).toEqual(keyOf(secret("b")));
    expect(signed(6 * MINUTE + 20_000)).toEqual(keyOf(secret("c")));
  });

  test("a file that is being rewritten: a part of a secret is none, and what was in force stays so", () => {
    const { keys, write, valid } = stage(secret("a"));
    keys.refresh(0);
    for (const part of ["", "b".repeat(36)]) {
      write(part);
      keys.refresh(1_000);
      expect(valid()).toEqual([short("a")]);
      expect(keys.trouble()).toBeNull();
    }
    write(secret("b"));
    keys.refresh(2_000);
    expect(valid()).toEqual([short("b"), short("a")]);
  });

  test("the file is gone for a while: nothing changes", () => {
    const { keys, valid, path } = stage(secret("a"));
    keys.refresh(0);
    rmSync(path);
    keys.refresh(60 * MINUTE);
    expect(valid()).toEqual([short("a")]);
  });

  test("back to the secret before", () => {
    const { keys, write, valid } = stage(secret("a"));
    keys.refresh(0);
    write(secret("b"));
    keys.refresh(1_000);
    write(secret("a"));
    keys.refresh(2_000);
    expect(valid()).toEqual([short("a"), short("b")]);
  });

  test("four keys at most, however often it changes", () => {
    const { keys, write, valid } = stage(secret("a"));
    for (const [index, letter] of [..."abcdefgh"].entries()) {
      write(secret(letter));
      keys.refresh(index);
    }
    expect(valid()).toEqual([short("h"), short("g"), short("f"), short("e")]);
  });

  test("what others may write is no secret, and the trouble names no part of it", () => {
    const { keys, path } = stage(secret("a"));
    chmodSync(path, 0o666);
    keys.refresh(0);
    expect(keys.current()).toBeNull();
    expect(keys.trouble()).toContain(path);
    expect(keys.trouble()).not.toContain("aaaa");
  });

  test("there is none", () => {
    const keys = new PoolKeys(folder.at("nothing"));
    keys.refresh(0);
    expect(keys.trouble()).toContain("there is no such file");
  });
});
