import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { CHAPTERS } from "../../../src/cli/manual-contents.ts";
import { haCfg } from "../../unit/cli/run.ts";
import { TEXTS } from "../tidy/tree.ts";
import { proseOf } from "./prose.ts";
import { checkSpelling, wordsIn } from "./spelling.ts";

const FILE = `${import.meta.dir}/words.txt`;

test("proseOf: neither code nor addresses nor where a link leads", () => {
  const text = "One `two`\n```\nthree\n```\n[four](five.md) https://six.example/seven &amp; `ei\nght` nine\n";
  expect(
    proseOf(text)
      .split(/\s+/)
      .filter((word) => word !== ""),
  ).toEqual(["One", "[four]", "nine"]);
});

test("wordsIn: words in small letters, and no names", () => {
  const text = "The host's XAPI-side, XenServer and iLO; FENCE_METHOD, h2, a.b, either/or, don't, Don't, is";
  expect([...wordsIn(text)]).toEqual(["the", "host", "side", "and", "don't"]);
});

test("checkSpelling: what is not in the list", () =>
  expect(checkSpelling(new Map([["a.md", "The hsot, the host."]]), new Set(["the", "host"]))).toEqual([
    { word: "hsot", file: "a.md" },
  ]));

/** What an administrator reads. */
const PAPERS = /^(README|CHANGELOG|SECURITY)\.md$|^fence\/.*\.md$/;

/**
 * UPDATE_EXPECTED=1 adds to the list what is not in it. Read the difference: what is no word is a slip in its document, and
 * has to go from both.
 */
test("words.txt has every word that an administrator reads in documents, manual, parameters and help", async () => {
  const listed = readFileSync(FILE, "utf8")
    .split("\n")
    .filter((word) => word !== "");
  expect(listed).toEqual([...new Set(listed)].sort());
  const chapters: readonly { name: string; text: string }[] = JSON.parse(
    (await haCfg(["manual", "--json"])).out,
  );
  expect(chapters.length).toBe(CHAPTERS.length);
  const documents = new Map([
    ...[...TEXTS].filter(([file]) => PAPERS.test(file)),
    ...chapters.map(({ name, text }) => [`ha-cfg manual ${name}`, text] as const),
  ]);
  const unknown = checkSpelling(documents, new Set(listed));
  if (process.env["UPDATE_EXPECTED"] === "1" && unknown.length > 0) {
    const all = [...new Set([...listed, ...unknown.map(({ word }) => word)])].sort();
    writeFileSync(FILE, `${all.join("\n")}\n`);
    return;
  }
  expect(unknown).toEqual([]);
});
