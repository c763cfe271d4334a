import { describe, expect, test } from "bun:test";
import { impureWord } from "./purity.ts";
import { SOURCES } from "./tree.ts";

describe("impureWord", () => {
  const rows: readonly [string, string | null][] = [
    ["const a = Date.now();", "Date"],
    ["const a = `at ${new Date()}`;", "Date"],
    ["const a = `a ${b.map((c) => `${Math.random()}`)} d`;", "Math.random"],
    ["const a = new Date(Date.now()).toISOString();", "Date"],
    ["const a = new Date( ).toISOString();", "Date"],
    ["const a = new Date(...b).toISOString();", "Date"],
    ["const a = new Date(2026, 1, 1).toISOString();", "Date"],
    ['const a = new Date("2026-11-27T00:00").toISOString();', "Date"],
    ["const a = new Date(atMs).getHours();", "Date"],
    ["const a = atMs.toLocaleString();", "toLocaleString"],
    ["const a = names.sort((b, c) => b.localeCompare(c));", "localeCompare"],
    ["export async function a() {}", "async"],
    ['const a = import("./b.ts");', "import("],
    ["const a = new Date(wallMs - (nowMs - atMs)).toISOString();", null],
    ["const a = `Date.now() ${b} fetch`; // process", null],
    ['const a = "await"; /* Promise */', null],
    ["const updated = candidate.processed;", null],
  ];
  for (const [text, word] of rows)
    test(`${text} ${word ?? "is pure"}`, () => expect(impureWord(text)).toBe(word));
});

describe("the core is pure", () => {
  for (const [file, text] of SOURCES) {
    if (!file.startsWith("src/core/")) continue;
    test(`${file} knows no time, chance, machine or promise`, () => expect(impureWord(text)).toBeNull());
  }
});
