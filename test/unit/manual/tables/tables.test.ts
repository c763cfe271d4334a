import { expect, test } from "bun:test";
import { CHAPTERS } from "../../../../src/cli/manual-contents.ts";
import { PRESETS } from "../../../../src/config/presets.ts";
import { FUNCTION_NAMES } from "../../../../src/core/model/alert.ts";
import { parseBlocks } from "../../../../src/manual/blocks.ts";
import { commandsList } from "../../../../src/manual/tables/commands.ts";
import { filesTable } from "../../../../src/manual/tables/files.ts";
import { functionsList } from "../../../../src/manual/tables/functions.ts";
import { OLD_CHAPTERS, oldChaptersTable } from "../../../../src/manual/tables/old-chapters.ts";
import { portsTable } from "../../../../src/manual/tables/ports.ts";
import { presetsTable } from "../../../../src/manual/tables/presets.ts";
import { timesTable } from "../../../../src/manual/tables/times.ts";

function rowsOf(markdown: string): readonly (readonly string[])[] {
  const [table] = parseBlocks(markdown);
  return table?.kind === "table" ? table.rows : [];
}

test("commands: each with its usage and its options", () => {
  const text = commandsList([
    { name: "get", description: "Shows.", usage: "ha-cfg get [param]", words: [["[param]", "one | two"]] },
    { name: "version", description: "Prints.", usage: "ha-cfg version", words: [] },
  ]);
  expect(parseBlocks(text)).toEqual([
    { kind: "heading", level: 2, text: "ha-cfg get" },
    { kind: "paragraph", text: "Shows." },
    { kind: "code", language: "", lines: ["ha-cfg get [param]"] },
    { kind: "table", head: ["", ""], rows: [["`[param]`", "one | two"]] },
    { kind: "heading", level: 2, text: "ha-cfg version" },
    { kind: "paragraph", text: "Prints." },
    { kind: "code", language: "", lines: ["ha-cfg version"] },
  ]);
});

test("files: where they are on a host, whatever the root of a test", () => {
  const rows = rowsOf(filesTable());
  expect(rows).toContainEqual(["`/etc/ha-lizard/ha-lizard.conf`", "parameters of this host only"]);
  expect(rows.filter(([path]) => !path?.startsWith("`/"))).toEqual([]);
});

test("ports: those of the code", () => {
  const ports = rowsOf(portsTable()).map(([port]) => port);
  expect(ports).toEqual(["UDP 694", "TCP 443, 80", "UDP 623", "TCP 443", "TCP 22", "TCP 22", "TCP 25"]);
});

test("times: from the timings and the defaults", () => {
  const of = (start: string) => rowsOf(timesTable()).find(([what]) => what?.startsWith(start))?.[1];
  expect(of("a silent host has failed")).toBe("75 s (`XAPI_COUNT` times `XAPI_DELAY`)");
  expect(of("another leader")).toBe("6 s, and 1 s for each host before it");
  expect(of("and counts as off")).toBe("33 s");
});

test("presets and functions: all of them", () => {
  expect(rowsOf(presetsTable()).map(([name]) => name)).toEqual(
    [...PRESETS.keys()].map((name) => `\`${name}\``),
  );
  for (const name of FUNCTION_NAMES) expect(functionsList()).toContain(`\`${name}\``);
});

/** The chapters of the manual of HA-Lizard 1.6.41. */
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8];

test("old chapters: each of the 1.6.41 manual has its place, and the numbers are in order", () => {
  const numbers = OLD_CHAPTERS.flatMap(([old]) => /^\d/.exec(old)?.map(Number) ?? []);
  expect([...new Set(numbers)]).toEqual(NUMBERS);
  for (const [old, ours] of OLD_CHAPTERS) expect([old, ours.length > 0]).toEqual([old, true]);
  // The chapter without a number, which is the longest.
  expect(OLD_CHAPTERS.filter(([old]) => /^(Cluster|Fencing|Hosts)/.test(old)).length).toBeGreaterThan(3);
  expect(rowsOf(oldChaptersTable())).toHaveLength(OLD_CHAPTERS.length);
  expect(CHAPTERS.map(({ name }) => name)).toContain("upgrading");
});
