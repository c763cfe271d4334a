import { expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createStateStore, tidyStateFolder } from "../../../../src/adapters/files/state-store-files.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder();
const fresh = () => folder.at(crypto.randomUUID(), "state");
const names = (directory: string) => readdirSync(directory).sort();
const runOf = (directory: string) => `${directory}-of-this-boot`;
const storeIn = (directory: string) => createStateStore(directory, runOf(directory));

test("createStateStore: a document comes back as it was saved, in another process's store too", async () => {
  const directory = fresh();
  const value = { hosts: { a: [1, null, "x"] }, text: 'ü "quoted"\n' };
  await storeIn(directory).save("memory", value);
  expect(await storeIn(directory).load("memory")).toEqual({ kind: "found", value });
  expect(await storeIn(directory).load("pass")).toEqual({ kind: "none" });
});

test("createStateStore: only the owner can read it, and no other file is left", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  await store.save("memory", 1);
  await store.save("memory", 2);
  expect(names(directory)).toEqual(["memory.json"]);
  expect(statSync(`${directory}/memory.json`).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("createStateStore: a damaged document is said to be, is kept, and does not stand in the way", async () => {
  const directory = fresh();
  const store = storeIn(directory);
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
  expect((await storeIn(directory).load("memory")).kind).toBe("damaged");
});

test("createStateStore: where others may write, nothing is believed and nothing is written, and the cure is said", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  await store.save("memory", "old");
  for (const mode of [0o777, 0o1777, 0o702]) {
    chmodSync(directory, mode);
    const { kind, why } = (await store.load("memory")) as { kind: string; why: string };
    expect([kind, why]).toEqual(["unreadable", expect.stringContaining(`run: chmod go-w ${directory}`)]);
    await expect(store.save("memory", "new")).rejects.toThrow("everybody may write it");
  }
  chmodSync(directory, 0o755);
  chmodSync(`${directory}/memory.json`, 0o666);
  expect(await store.load("memory")).toMatchObject({
    kind: "unreadable",
    why: expect.stringContaining("everybody may write it (mode 0666)"),
  });
  // What is written now is ours again.
  await store.save("memory", "new");
  expect(await store.load("memory")).toEqual({ kind: "found", value: "new" });
});

test("createStateStore: what stands in the place of a document and is none is put aside", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  await store.save("memory", "old");
  const path = `${directory}/memory.json`;
  const strange: readonly [string, () => unknown, string][] = [
    ["a folder", () => mkdirSync(`${path}/x`, { recursive: true }), "a folder"],
    ["a pipe", () => Bun.spawnSync(["mkfifo", path]), "a named pipe"],
    ["a link to an endless device", () => symlinkSync("/dev/zero", path), "a link"],
    ["a link to another document", () => symlinkSync(`${directory}/other`, path), "a link"],
    ["one line of ten megabytes", () => writeFileSync(path, "x".repeat(10_000_000)), "longer than 8 MB"],
  ];
  for (const [what, make, why] of strange) {
    rmSync(path, { recursive: true, force: true });
    rmSync(`${path}.damaged`, { recursive: true, force: true });
    make();
    const { kind, why: said } = (await store.load("memory")) as { kind: string; why: string };
    expect([what, kind, said]).toEqual([what, "damaged", expect.stringContaining(why)]);
    expect([what, existsSync(path)]).toEqual([what, false]);
    await store.save("memory", what);
    expect(await store.load("memory")).toEqual({ kind: "found", value: what });
  }
});

test("createStateStore: a document that no reader would take is not written", async () => {
  const store = storeIn(fresh());
  await store.save("alarms", "old");
  await expect(store.save("alarms", "x".repeat(8_000_001))).rejects.toThrow("too many");
  expect(await store.load("alarms")).toEqual({ kind: "found", value: "old" });
});

test("createStateStore: any change of a document is damage, also one that leaves another valid value", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  await store.save("memory", { health: { a: { failedRetries: 0, pings: true } }, name: "x" });
  const path = `${directory}/memory.json`;
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at++) {
    // Every bit of a byte, and another digit.
    for (const other of [1, 2, 4, 8, 16, 32, 64, 128, (whole[at] ?? 0) ^ 0x39]) {
      const changed = Buffer.from(whole);
      changed[at] = (whole[at] ?? 0) ^ other;
      if (changed.equals(whole)) continue;
      writeFileSync(path, changed, { mode: 0o600 });
      expect([at, other, (await store.load("memory")).kind]).toEqual([at, other, "damaged"]);
    }
  }
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length), { mode: 0o600 });
    expect([length, (await store.load("memory")).kind]).toEqual([length, "damaged"]);
  }
});

test("createStateStore: the document of another name is damage; one without a checksum is of the version before", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  await store.save("alarms", { bootId: "x" });
  copyFileSync(`${directory}/alarms.json`, `${directory}/memory.json`);
  expect((await store.load("memory")).kind).toBe("damaged");
  writeFileSync(`${directory}/memory.json`, '{"version":1,"bootId":"x"}', { mode: 0o600 });
  expect(await store.load("memory")).toEqual({ kind: "found", value: { version: 1, bootId: "x" } });
  // With the next save it has one, and keeps it.
  await store.save("memory", { version: 1, bootId: "y" });
  const text = readFileSync(`${directory}/memory.json`, "utf8");
  writeFileSync(`${directory}/memory.json`, JSON.stringify(JSON.parse(text), null, 2), { mode: 0o600 });
  expect((await store.load("memory")).kind).toBe("damaged");
});

test("createStateStore: rejects when the disk refuses, keeps the old document and leaves nothing", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  await store.save("memory", "old");
  // The rename fails: no file can take the place of a folder.
  mkdirSync(`${directory}/alarms.json/x`, { recursive: true });
  await expect(store.save("alarms", "new")).rejects.toThrow();
  expect(names(directory)).toEqual(["alarms.json", "memory.json"]);
  expect(await store.load("memory")).toEqual({ kind: "found", value: "old" });
});

test("createStateStore: what is of this boot lies where no disk can refuse it", async () => {
  const directory = fresh();
  const store = storeIn(directory);
  for (const name of ["recent-memory", "pass", "vm-index"] as const) await store.save(name, name);
  expect(names(runOf(directory))).toEqual(["pass.json", "recent-memory.json", "vm-index.json"]);
  expect(existsSync(directory)).toBe(false);
  expect(await storeIn(directory).load("recent-memory")).toEqual({ kind: "found", value: "recent-memory" });
});

test("tidyStateFolder: what an earlier version kept on disk of its boot goes, what outlives a boot stays", async () => {
  const directory = fresh();
  await storeIn(directory).save("memory", "kept");
  for (const name of ["pass", "vm-index", "journal"]) writeFileSync(`${directory}/${name}.json`, "{}");
  await tidyStateFolder(directory);
  expect(names(directory)).toEqual(["memory.json"]);
  await tidyStateFolder(`${directory}/nowhere`);
});

test("createStateStore: where what is of this boot cannot be written, no older one is left to be believed", async () => {
  const store = storeIn(fresh());
  await store.save("recent-memory", "old");
  await expect(store.save("recent-memory", "x".repeat(9_000_000))).rejects.toThrow("too many");
  expect(await store.load("recent-memory")).toEqual({ kind: "none" });
});

test("createStateStore: saves at the same time leave one whole document", async () => {
  const directory = fresh();
  const stores = [storeIn(directory), storeIn(directory)];
  const values = Array.from({ length: 20 }, (_, index) => ({ index, text: "x".repeat(index * 5_000) }));
  await Promise.all(values.map((value, index) => stores[index % 2]?.save("memory", value)));
  const loaded = await storeIn(directory).load("memory");
  expect(loaded.kind).toBe("found");
  expect(names(directory)).toEqual(["memory.json"]);
});

test("createStateStore: killed at any moment, the document is an old or a new one, never torn, and leftovers go", async () => {
  const directory = fresh();
  const code = `
    import { createStateStore } from "${import.meta.dir}/../../../../src/adapters/files/state-store-files.ts";
    const store = createStateStore(${JSON.stringify(directory)}, "/nowhere");
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
    const loaded = await storeIn(directory).load("memory");
    if (loaded.kind !== "found") throw new Error(`after kill ${kill}: ${JSON.stringify(loaded)}`);
    const value = loaded.value as { round: number; text: string; end: number };
    expect([value.end, value.text]).toEqual([value.round, String(value.round % 10).repeat(200_000)]);
    found++;
  }
  expect(found).toBe(8);
  await storeIn(directory).save("memory", "last");
  expect(names(directory)).toEqual(["memory.json"]);
}, 30_000);
