import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createConfigFiles } from "../../../../src/adapters/files/config-files.ts";
import { readInventory, readRole } from "../../../../src/adapters/files/local-host-files.ts";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createPrivateFiles } from "../../../../src/adapters/files/private-files.ts";
import { readRegularFile, readRegularFileSync } from "../../../../src/adapters/files/regular-file.ts";
import { ScratchFolder, timed } from "../scratch.ts";

const folder = new ScratchFolder("hostile");

/** Everything that may stand in the place of a file, and never holds or fills the program that reads it. */
const STRANGE: readonly [string, (path: string) => unknown][] = [
  ["a pipe that nobody writes", (path) => Bun.spawnSync(["mkfifo", path])],
  ["an endless device", (path) => symlinkSync("/dev/zero", path)],
  ["an empty device", (path) => symlinkSync("/dev/null", path)],
  ["a terminal", (path) => symlinkSync("/dev/tty", path)],
  ["a folder", (path) => mkdirSync(path)],
  ["a link to itself", (path) => symlinkSync(path, path)],
  ["a socket", (path) => Bun.listen({ unix: path, socket: { data: () => undefined } }).unref()],
  ["a line of ten megabytes", (path) => writeFileSync(path, "x".repeat(10_000_000))],
  ["ten megabytes of lines", (path) => writeFileSync(path, "x=1\n".repeat(2_500_000))],
  ["a file with a hole of a terabyte", (path) => Bun.spawnSync(["truncate", "-s", "1T", path])],
];

function host() {
  const paths = pathsFrom({ HA_LIZARD_ROOT: folder.at(crypto.randomUUID().slice(0, 8)) });
  for (const path of [paths.override, paths.poolConf, paths.inventory])
    mkdirSync(dirname(path), { recursive: true });
  return paths;
}

describe.each(STRANGE)("%s in the place of", (_, make) => {
  const quickly = async <T>(task: Promise<T>): Promise<T> => {
    const { value, ms } = await timed(task);
    expect(ms).toBeLessThan(1_000);
    return value;
  };
  test("the override file: it is unknown, and said to be", async () => {
    const paths = host();
    make(paths.override);
    const { override, problems } = await quickly(createConfigFiles(paths).read());
    expect(override).toBeNull();
    expect(problems).toEqual([expect.stringMatching(/^Cannot read .*; what it said before stays in force$/)]);
    expect(await createConfigFiles(paths).setOverride("OP_MODE", "1")).toStartWith(`${paths.override}: `);
  });
  test("the last good copy: it is unknown", async () => {
    const paths = host();
    make(paths.lastGood);
    expect((await quickly(createConfigFiles(paths).read())).lastGood).toBeNull();
  });
  test("pool.conf: the role is unknown", async () => {
    const { poolConf } = host();
    make(poolConf);
    expect((await quickly(readRole(poolConf))).kind).toBe("unknown");
  });
  test("the inventory: it says nothing", async () => {
    const { inventory } = host();
    make(inventory);
    expect(await quickly(readInventory(inventory))).toEqual({});
  });
  test("a backup: it is not read", async () => {
    const path = folder.at(crypto.randomUUID().slice(0, 8));
    make(path);
    expect(await quickly(createPrivateFiles().read(path))).toMatchObject({ ok: false });
  });
  test("a small file that is read without waiting", () => {
    const path = folder.at(crypto.randomUUID().slice(0, 8));
    make(path);
    expect(readRegularFileSync(path, { maxBytes: 64 }).kind).not.toBe("text");
  });
});

test("readRegularFile: to the byte, also of a file that says it has no size", async () => {
  const path = folder.write("exact", "x".repeat(100));
  expect(await readRegularFile(path, { maxBytes: 100 })).toEqual({ kind: "text", text: "x".repeat(100) });
  expect(await readRegularFile(path, { maxBytes: 99 })).toMatchObject({ kind: "long" });
  expect((await readRegularFile("/proc/self/status", { maxBytes: 10_000 })).kind).toBe("text");
  expect(await readRegularFile("/proc/self/status", { maxBytes: 10 })).toMatchObject({ kind: "long" });
  expect(readRegularFileSync("/proc/self/status", { maxBytes: 10 })).toMatchObject({ kind: "long" });
  expect(await readRegularFile(folder.at("nothing"), { maxBytes: 1 })).toEqual({ kind: "none" });
  expect(await readRegularFile(`${path}/x`, { maxBytes: 1 })).toMatchObject({ kind: "fault" });
});

test("an override file that others may write, or in a folder that they may, is not believed and the cure is said", async () => {
  const paths = host();
  writeFileSync(paths.override, "FENCE_FILE_LOC=/tmp/x\n");
  chmodSync(paths.override, 0o666);
  const first = await createConfigFiles(paths).read();
  expect(first.override).toBeNull();
  expect(first.problems.join()).toContain(
    `everybody may write it (mode 0666); run: chmod go-w ${paths.override}`,
  );
  chmodSync(paths.override, 0o600);
  chmodSync(dirname(paths.override), 0o777);
  const second = await createConfigFiles(paths).read();
  expect(second.override).toBeNull();
  expect(second.problems.join()).toContain(`run: chmod go-w ${dirname(paths.override)}`);
  chmodSync(dirname(paths.override), 0o755);
  expect((await createConfigFiles(paths).read()).override).toEqual({ FENCE_FILE_LOC: "/tmp/x" });
});

test.if(process.getuid?.() === 0)("a file of another user is not believed", async () => {
  const paths = host();
  writeFileSync(paths.override, "OP_MODE=1\n", { mode: 0o600 });
  Bun.spawnSync(["chown", "12345", paths.override]);
  const { override, problems } = await createConfigFiles(paths).read();
  expect(override).toBeNull();
  expect(problems.join()).toContain("it belongs to another user (12345)");
});

test("the inventory: a line of many spaces takes no longer than others", async () => {
  const { inventory } = host();
  writeFileSync(inventory, `A='${" ".repeat(200_000)}x\nINSTALLATION_UUID='u'\n`);
  const { value, ms } = await timed(readInventory(inventory));
  expect(value["INSTALLATION_UUID"]).toBe("u");
  expect(ms).toBeLessThan(500);
  rmSync(inventory);
});
