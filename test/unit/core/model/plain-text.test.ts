import { describe, expect, test } from "bun:test";
import { cutBytes, mapTexts, oneLine, shorten, showName } from "../../../../src/core/model/plain-text.ts";

describe("oneLine", () => {
  test.each([
    ["web 1", "web 1"],
    ["a\nb\r\nc\td", "a b c d"],
    ["a\u2028b\u2029c\u0085d", "a b c d"],
    ["red \u001b[31mtext\u001b[0m", "red  [31mtext [0m"],
    ["a\u202egpj.exe", "a\\u{202e}gpj.exe"],
    ["zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"],
    ["half \ud800 pair", "half \\u{d800} pair"],
    ["tag \u{e0041}", "tag \\u{e0041}"],
    ["größe 東京 🐧", "größe 東京 🐧"],
    ["\n \0", ""],
  ])("%j reads %j", (text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });
});

describe("cutBytes", () => {
  test("what fits stays as it is, to the byte", () => {
    expect(cutBytes("ä".repeat(50), 100)).toBe("ä".repeat(50));
  });
  test.each(["x", "ä", "東", "🐧", "a🐧", "\ud800"])("%j many times is cut within the limit", (part) => {
    for (let limit = 40; limit < 60; limit++) {
      const cut = cutBytes(part.repeat(2_000), limit);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
      const [kept = "", missing = ""] = cut.split("…");
      // Never in the middle of a character, and the count of what is missing is right.
      expect(part.repeat(2_000).startsWith(kept)).toBe(true);
      expect(missing).toBe(` (${Buffer.byteLength(part.repeat(2_000)) - Buffer.byteLength(kept)} bytes cut)`);
    }
  });
});

test("shorten: by characters, never half of one", () => {
  expect(shorten("🐧".repeat(10), 10)).toBe("🐧".repeat(10));
  expect(shorten("🐧".repeat(11), 10)).toBe(`${"🐧".repeat(9)}…`);
  expect(shorten("abc", 3)).toBe("abc");
});

describe("showName", () => {
  test.each(["web 1", "db-01.example.org", "größe", "東京", "VM (copy of web)", "h1", "R&D #3", "a+b@c/d_e"])(
    "an ordinary name stays: %s",
    (name) => {
      expect(showName(name)).toBe(name);
    },
  );
  test.each([
    ["", '""'],
    ["a\nb", '"a\\nb"'],
    ["x was started. h2 has failed", '"x was started. h2 has failed"'],
    ["error: x", '"error: x"'],
    ['say "no"', '"say \\"no\\""'],
    ["back\\slash", '"back\\\\slash"'],
    [" padded ", '" padded "'],
    ["two  spaces", '"two  spaces"'],
    ["\u202elive", '"\\u{202e}live"'],
    ["\u001b[2Jx\0", '"\\u{1b}[2Jx\\u{0}"'],
    ["<b>bold</b>", '"<b>bold</b>"'],
    ["-n", '"-n"'],
  ])("an odd name is in quotes, with what is odd made visible: %j", (name, shown) => {
    expect(showName(name)).toBe(shown);
  });
  test("a name of megabytes costs nothing and reads like a name", () => {
    const shown = showName("n".repeat(5_000_000));
    expect(shown).toBe(`"${"n".repeat(63)}…"`);
  });
});

test("mapTexts: every text, however deep, and nothing else", () => {
  const data = { a: "x", b: [1, "x", { c: "x", d: null, e: true }], x: undefined };
  expect(mapTexts(data, (text) => text.toUpperCase())).toEqual({
    a: "X",
    b: [1, "X", { c: "X", d: null, e: true }],
    x: undefined,
  });
  // A key like this one is data.
  const parsed = JSON.parse('{"__proto__": "x"}') as object;
  expect(JSON.stringify(mapTexts(parsed, () => "y"))).toBe('{"__proto__":"y"}');
});
