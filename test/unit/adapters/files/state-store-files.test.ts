import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createStateStore, replaceFile } from "../../../../src/adapters/files/state-store-files.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder();
const fresh = () => folder.at(crypto.randomUUID(), "state");
const names = (directory: string) => readdirSync(directory).sort();

test("createStateStore: a document comes back as it was saved, in another process's store too", async () => {
  const directory = fresh();
  const value = { hosts: { a: [1, null, "x"] }, text: 'ü "quoted"\n' };
  await createStateStore(directory).save("memory", value);
  expect(await createStateStore(directory).load("memory")).toEqual({ kind: "found", value });
  expect(await createStateStore(directory).load("pass")).toEqual({ kind: "none" });
});

test("createStateStore: only the owner can read it, and no other file is left", async () => {
  const directory = fresh();
  const store = createStateStore(directory);
  await store.save("memory", 1);
  await store.save("memory", 2);
  expect(names(directory)).toEqual(["memory.json"]);
  expect(statSync(`${directory}/memory.json`).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("createStateStore: a damaged document is said to be, is kept, and does not stand in the way", async () => {
  const directory = fresh();
  const store = createStateStore(directory);
  await store.save("memory", { big: "x".repeat(1_000) });
  writeFileSync(`${directory}/memory.json`, '{"big": "xx');
  const loaded = await store.load("memory");
  expect(loaded.kind).toBe("damaged");
  expect(readFileSync(`${directory}/memory.json.damaged`, "utf8")).toBe('{"big": "xx');
  expect(await store.load("memory")).toEqual({ kind: "none" });
  await store.save("memory", 3);
  expect(await store.load("memory")).toEqual({ kind: "found", value: 3 });
});

test("createStateStore: an empty file is damaged, not absent", async () => {
  const directory = fresh();
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/memory.json`, "");
  expect((await createStateStore(directory).load("memory")).kind).toBe("damaged");
});

test("createStateStore: what the disk does not give is unreadable, which is not damaged", async () => {
  const directory = fresh();
  mkdirSync(`${directory}/memory.json`, { recursive: true });
  expect(await createStateStore(directory).load("memory")).toMatchObject({
    kind: "unreadable",
    why: expect.stringContaining("Cannot read"),
  });
});

test("createStateStore: rejects when the disk refuses, keeps the old document and leaves nothing", async () => {
  const directory = fresh();
  const store = createStateStore(directory);
  await store.save("memory", "old");
  // The rename fails: no file can take the place of a folder.
  mkdirSync(`${directory}/pass.json/x`, { recursive: true });
  await expect(store.save("pass", "new")).rejects.toThrow();
  expect(names(directory)).toEqual(["memory.json", "pass.json"]);
  expect(await store.load("memory")).toEqual({ kind: "found", value: "old" });
});

test("createStateStore: saves at the same time leave one whole document", async () => {
  const directory = fresh();
  const stores = [createStateStore(directory), createStateStore(directory)];
  const values = Array.from({ length: 20 }, (_, index) => ({ index, text: "x".repeat(index * 5_000) }));
  await Promise.all(values.map((value, index) => stores[index % 2]?.save("memory", value)));
  const loaded = await createStateStore(directory).load("memory");
  expect(loaded.kind).toBe("found");
  expect(names(directory)).toEqual(["memory.json"]);
});

test("createStateStore: killed at any moment, the document is an old or a new one, never torn, and leftovers go", async () => {
  const directory = fresh();
  const code = `
    import { createStateStore } from "${import.meta.dir}/../../../../src/adapters/files/state-store-files.ts";
    const store = createStateStore(${JSON.stringify(directory)});
    for (let round = 0; round < 100_000 && process.ppid !== 1; round++)
      await store.save("memory", { round, text: String(round % 10).repeat(200_000), end: round });`;
  const program = folder.write("saves.ts", code);
  let found = 0;
  for (let kill = 0; kill < 8; kill++) {
    const child = Bun.spawn([process.execPath, program], {
      env: { PATH },
      stdin: "ignore",
      stderr: "ignore",
    });
    const before = existsSync(`${directory}/memory.json`) ? statSync(`${directory}/memory.json`).ino : 0;
    const began = () =>
      existsSync(`${directory}/memory.json`) && statSync(`${directory}/memory.json`).ino !== before;
    expect(await until(began)).toBe(true);
    await Bun.sleep(Math.random() * 5);
    child.kill("SIGKILL");
    await child.exited;
    const loaded = await createStateStore(directory).load("memory");
    if (loaded.kind !== "found") throw new Error(`after kill ${kill}: ${JSON.stringify(loaded)}`);
    const value = loaded.value as { round: number; text: string; end: number };
    expect([value.end, value.text]).toEqual([value.round, String(value.round % 10).repeat(200_000)]);
    found++;
  }
  expect(found).toBe(8);
  await createStateStore(directory).save("memory", "last");
  expect(names(directory)).toEqual(["memory.json"]);
}, 30_000);

test("replaceFile: the mode asked for, over a file that had another", async () => {
  const path = folder.write("file", "old");
  chmodSync(path, 0o644);
  await replaceFile(path, "new", 0o600);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
