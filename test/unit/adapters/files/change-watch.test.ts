import { expect, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";
import { ChangeWatch } from "../../../../src/adapters/files/change-watch.ts";
import { ScratchFolder } from "../scratch.ts";

const folder = new ScratchFolder("change-watch");

/** What it says at these times. */
const said = (watch: ChangeWatch, ...atMs: readonly number[]) => atMs.map((ms) => watch.mayHaveChanged(ms));

test("ChangeWatch: a file that stays as it is is settled after two seconds", () => {
  const watch = new ChangeWatch(folder.write("stays", "text", 0o600));
  expect(said(watch, 1_000, 2_000, 3_000, 3_001, 60_000)).toEqual([true, true, true, false, false]);
});

test("ChangeWatch: another text, another file in its place, another mode and no file at all are changes", () => {
  const path = folder.write("changes", "text", 0o600);
  const watch = new ChangeWatch(path);
  const settle = (nowMs: number) => expect(said(watch, nowMs, nowMs + 2_001)).toEqual([true, false]);
  settle(0);
  folder.write("changes", "longer text", 0o600);
  settle(10_000);
  renameSync(folder.write("other", "longer text", 0o600), path);
  settle(20_000);
  folder.write("changes", "longer text", 0o644);
  settle(30_000);
  rmSync(path);
  expect(said(watch, 40_000, 50_000, 60_000)).toEqual([true, true, true]);
  folder.write("changes", "text", 0o600);
  settle(70_000);
});

test("ChangeWatch: what cannot be looked at may have changed", () => {
  const watch = new ChangeWatch(`${folder.write("file", "text", 0o600)}/below`);
  expect(said(watch, 0, 10_000)).toEqual([true, true]);
});
