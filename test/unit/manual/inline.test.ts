import { expect, test } from "bun:test";
import { anchorOf, chapterOf, parseInline } from "../../../src/manual/inline.ts";

test("parseInline: plain, code, strong and links, and every character is in one of them", () => {
  expect(parseInline("run `ha-cfg **x**`, **now**, *Next*, see [Fencing](purpose.md#ilo).")).toEqual([
    { kind: "plain", text: "run " },
    { kind: "code", text: "ha-cfg **x**" },
    { kind: "plain", text: ", " },
    { kind: "strong", text: "now" },
    { kind: "plain", text: ", " },
    { kind: "emphasis", text: "Next" },
    { kind: "plain", text: ", see " },
    { kind: "link", text: "Fencing", target: "purpose.md#ilo" },
    { kind: "plain", text: "." },
  ]);
  expect(parseInline("2 * 3 * 4 [a] (b)")).toEqual([{ kind: "plain", text: "2 * 3 * 4 [a] (b)" }]);
});

test("chapterOf: chapters, with and without a heading; everything else is another place", () => {
  expect(chapterOf("purpose.md")).toEqual({ chapter: "purpose", anchor: "" });
  expect(chapterOf("purpose.md#what-proves")).toEqual({ chapter: "purpose", anchor: "what-proves" });
  for (const other of ["https://example.org/a.md", "#here"]) expect(chapterOf(other)).toBeNull();
});

test("anchorOf: as code forges make it", () => {
  expect(anchorOf("Three hosts, step by step")).toBe("three-hosts-step-by-step");
  expect(anchorOf("`FENCE_METHOD=POOL`, and why not")).toBe("fence_methodpool-and-why-not");
});
