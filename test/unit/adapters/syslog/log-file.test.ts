import { expect, test } from "bun:test";
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { createLogFile } from "../../../../src/adapters/syslog/log-file.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder();
const NOW = new Date(2026, 0, 2, 12).getTime();

function logOf(text: string | null) {
  const path = folder.at(crypto.randomUUID());
  if (text !== null) writeFileSync(path, text);
  const over = new AbortController();
  const looks: (() => void)[] = [];
  const clock = {
    wallMs: () => NOW,
    uptimeMs: () => 0,
    sleep: () =>
      new Promise<void>((resolve) => {
        looks.push(resolve);
      }),
  };
  const log = createLogFile({ clock, places: [path], closed: over.signal });
  /** Lets the follower look once more, and waits until it has. */
  const look = async () => {
    const before = looks.length;
    looks.at(-1)?.();
    while (looks.length === before) await Bun.sleep(1);
  };
  return { path, log, over, look };
}

const line = (text: string, tag = "ha-lizard[12]") => `Jan  2 09:41:40 h1 ${tag}: ${text}\n`;

test("createLogFile: recent gives this program's complete lines, with their times", async () => {
  const { log } = logOf(
    `${line("one")}${line("no", "xapi[1]")}${line("said ha-lizard: no", "sshd")}Dec 31 23:59:59 h1 ha-lizard[1]: old\n2026-01-02T09:41:40+00:00 h1 ha-lizard-watchdog[3]: iso\n${line("half").trim()}`,
  );
  const read = await log.recent();
  if (!read.ok) throw new Error(read.why);
  expect(read.lines.map(({ text }) => text.replace(/^.*?ha-lizard/, ""))).toEqual([
    "[12]: one",
    "[1]: old",
    "-watchdog[3]: iso",
  ]);
  expect(read.lines.map(({ atMs }) => atMs)).toEqual([
    new Date(2026, 0, 2, 9, 41, 40).getTime(),
    new Date(2025, 11, 31, 23, 59, 59).getTime(),
    Date.UTC(2026, 0, 2, 9, 41, 40),
  ]);
});

test("createLogFile: recent begins with the rotated file", async () => {
  const { log, path } = logOf(line("new"));
  writeFileSync(`${path}.1`, line("old"));
  const read = await log.recent();
  expect(read.ok && read.lines.map(({ text }) => text.slice(-3))).toEqual(["old", "new"]);
});

test("createLogFile: no log is said", async () => {
  const { log, path } = logOf(null);
  expect(await log.recent()).toEqual({ ok: false, why: `there is no ${path}` });
});

test("createLogFile: follow tells of each new line once, through halves, a rotation and a moment without a file", async () => {
  const { log, path, over, look } = logOf(line("before"));
  await log.recent();
  const told: string[] = [];
  const following = log.follow(
    ({ text }) => void told.push(text.replace(/^.*: /, "")),
    new AbortController().signal,
  );
  await Bun.sleep(20);
  appendFileSync(path, `${line("one")}${line("two").slice(0, 30)}`);
  await look();
  appendFileSync(path, line("two").slice(30));
  await look();
  renameSync(path, `${path}.1`);
  await look();
  writeFileSync(path, line("three"));
  await look();
  await look();
  expect(told).toEqual(["one", "two", "three"]);
  over.abort();
  void look();
  await following;
});
