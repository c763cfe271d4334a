import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createConfigFiles, tidyConfigFolder } from "../../../../src/adapters/files/config-files.ts";
import { createPrivateFiles } from "../../../../src/adapters/files/private-files.ts";
import { removeLeftovers, replaceFile } from "../../../../src/adapters/files/replace-file.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder("replace");
const fresh = () => {
  const path = folder.at(crypto.randomUUID().slice(0, 8));
  mkdirSync(path);
  return path;
};
/** The number of a process that has ended. */
const ENDED = Bun.spawnSync(["true"]).pid;

test("replaceFile: only the owner can read it, over a file that all could read, whatever the umask", async () => {
  const path = `${fresh()}/file`;
  writeFileSync(path, "old", { mode: 0o644 });
  const before = process.umask(0);
  try {
    await replaceFile(path, "new");
  } finally {
    process.umask(before);
  }
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("replaceFile: in a folder that all may write, no name can be foreseen and no link is followed", async () => {
  const open = fresh();
  chmodSync(open, 0o1777);
  const victim = folder.write("victim", "precious");
  for (let number = 0; number < 300; number++)
    symlinkSync(victim, `${open}/backup.${process.pid}-${number}.tmp`);
  symlinkSync(victim, `${open}/backup`);
  await replaceFile(`${open}/backup`, "secret");
  expect(readFileSync(victim, "utf8")).toBe("precious");
  expect(readFileSync(`${open}/backup`, "utf8")).toBe("secret");
});

test("replaceFile: two at once do not meet, and the names are other ones each time", async () => {
  const path = `${fresh()}/file`;
  const seen = new Set<string>();
  let writing = true;
  const watch = (async () => {
    while (writing) {
      for (const name of readdirSync(folder.at(path.split("/").at(-2) ?? ""))) seen.add(name);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await Promise.all(Array.from({ length: 20 }, (_, at) => replaceFile(path, String(at).repeat(100_000))));
  writing = false;
  await watch;
  seen.delete("file");
  const suffixes = [...seen].map((name) => name.split("-")[1]);
  expect(suffixes.length).toBeGreaterThan(0);
  expect(suffixes.filter((suffix) => !/^[0-9a-f]{16}\.tmp$/.test(suffix ?? ""))).toEqual([]);
});

test("removeLeftovers: what a killed process left goes; what somebody writes now, and other people's files, stay", async () => {
  const place = fresh();
  const old = new Date(Date.now() - 3_600_000);
  const make = (name: string, date = new Date()) => {
    writeFileSync(`${place}/${name}`, "password");
    utimesSync(`${place}/${name}`, date, date);
  };
  const gone = [`conf.${ENDED}-0.tmp`, `conf.${ENDED}-0123456789abcdef.tmp`, `conf.${process.pid}-1.tmp`];
  const kept = [`conf.${process.pid}-ff.tmp`, "conf", "conf.tmp", "conf.old.tmp", `other.${ENDED}-0.tmp`];
  for (const name of gone) make(name, name.includes(String(process.pid)) ? old : new Date());
  for (const name of kept) make(name);
  symlinkSync(`${place}/conf`, `${place}/conf.${ENDED}-7.tmp`);
  await removeLeftovers(place, (name) => name === "conf");
  expect(readdirSync(place).sort()).toEqual([...kept, `conf.${ENDED}-7.tmp`].sort());
  await removeLeftovers(`${place}/nothing-here`);
});

test("tidyConfigFolder: passwords that were half written are gone after the next start", async () => {
  const place = fresh();
  const paths = { override: `${place}/ha-lizard.conf`, lastGood: `${place}/ha-lizard.pool.conf` };
  const left = [`ha-lizard.conf.${ENDED}-3.tmp`, `ha-lizard.pool.conf.${ENDED}-00ff00ff00ff00ff.tmp`];
  for (const name of [...left, "notes.1-1.tmp"]) writeFileSync(`${place}/${name}`, "FENCE_PASSWD=x");
  await tidyConfigFolder(paths);
  expect(readdirSync(place)).toEqual(["notes.1-1.tmp"]);
});

test("a program that is killed while it writes leaves what the next one finds and removes", async () => {
  const place = fresh();
  const paths = { override: `${place}/ha-lizard.conf`, lastGood: `${place}/ha-lizard.pool.conf` };
  const code = `
    import { createConfigFiles } from "${import.meta.dir}/../../../../src/adapters/files/config-files.ts";
    const config = createConfigFiles(${JSON.stringify(paths)});
    for (let round = 0; round < 100_000 && process.ppid !== 1; round++)
      await config.saveLastGood({ FENCE_PASSWD: "s".repeat(200_000), SMTP_PASS: String(round) });`;
  const leftovers = () => readdirSync(place).filter((name) => name.endsWith(".tmp"));
  // A kill between two writes leaves nothing; one of many hits.
  for (let tries = 0; tries < 30 && leftovers().length === 0; tries++) {
    const child = Bun.spawn([process.execPath, folder.write("writes.ts", code)], {
      env: { PATH },
      stdin: "ignore",
    });
    await until(() => existsSync(paths.lastGood) && leftovers().length > 0);
    child.kill("SIGKILL");
    await child.exited;
  }
  expect(leftovers().length).toBeGreaterThan(0);
  await tidyConfigFolder(paths);
  expect(leftovers()).toEqual([]);
  expect((await createConfigFiles(paths).read()).lastGood?.["SMTP_PASS"]).toBeDefined();
}, 30_000);

test("a backup removes what an earlier one that was killed has left beside it", async () => {
  const place = fresh();
  writeFileSync(`${place}/backup.${ENDED}-0.tmp`, "password");
  writeFileSync(`${place}/other.${ENDED}-0.tmp`, "password");
  expect(await createPrivateFiles().write(`${place}/backup`, "text")).toBeNull();
  expect(readdirSync(place).sort()).toEqual(["backup", `other.${ENDED}-0.tmp`]);
});
