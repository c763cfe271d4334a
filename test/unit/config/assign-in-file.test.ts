import { describe, expect, test } from "bun:test";
import { renderDefaultFile } from "../../../src/config/default-file.ts";
import { assignInFile, parseOverrideFile, removeFromFile } from "../../../src/config/override-file.ts";

describe("assignInFile", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["an empty file", "", "XE_TIMEOUT=9\n"],
    ["a line of another", "OP_MODE=2\n", "OP_MODE=2\nXE_TIMEOUT=9\n"],
    ["no line break at the end", "OP_MODE=2", "OP_MODE=2\nXE_TIMEOUT=9\n"],
    ["the line itself", "# mine\nXE_TIMEOUT=5 # why\nOP_MODE=2\n", "# mine\nXE_TIMEOUT=9\nOP_MODE=2\n"],
    [
      "it stands there twice",
      "XE_TIMEOUT=5\nOP_MODE=2\nexport XE_TIMEOUT='6'\n",
      "OP_MODE=2\nXE_TIMEOUT=9\n",
    ],
    [
      "commented out",
      "# Deadline.\n#XE_TIMEOUT=5\n\n#OP_MODE=2\n",
      "# Deadline.\n#XE_TIMEOUT=5\nXE_TIMEOUT=9\n\n#OP_MODE=2\n",
    ],
    ["a name that only begins so", "XE_TIMEOUT_2=5\n", "XE_TIMEOUT_2=5\nXE_TIMEOUT=9\n"],
    ["lines that are not understood stay", "what is this\n", "what is this\nXE_TIMEOUT=9\n"],
    ["line ends of Windows", "OP_MODE=2\r\nXE_TIMEOUT=5\r\n", "OP_MODE=2\r\nXE_TIMEOUT=9\n"],
  ];
  for (const [what, before, after] of cases) {
    test(`assignInFile: ${what}`, () => {
      expect(assignInFile(before, "XE_TIMEOUT", "9")).toBe(after);
      expect(assignInFile(after, "XE_TIMEOUT", "9")).toBe(after);
    });
  }

  test("assignInFile, removeFromFile: a line of the key that is not understood is in nobody's way any more", () => {
    const before = "XE_TIMEOUT=5\nOP_MODE='2\nXE_TIMEOUT='6\n";
    const after = assignInFile(before, "XE_TIMEOUT", "7");
    expect(after).toBe("OP_MODE='2\nXE_TIMEOUT=7\n");
    expect(parseOverrideFile(after)).toMatchObject({ values: { XE_TIMEOUT: "7" }, unclear: ["OP_MODE"] });
    expect(removeFromFile(before, "XE_TIMEOUT")).toBe("OP_MODE='2\n");
  });

  test("assignInFile: in the installed file it stands below its own meaning, and nothing else changes", () => {
    const before = renderDefaultFile();
    const after = assignInFile(before, "FENCE_PASSWD", `a 'b' "c" $d #e`);
    expect(parseOverrideFile(after).values).toEqual({ FENCE_PASSWD: `a 'b' "c" $d #e` });
    const lines = after.split("\n");
    const at = lines.findIndex((line) => line.startsWith("FENCE_PASSWD="));
    expect(lines[at - 1]).toBe("#FENCE_PASSWD=");
    expect(lines.filter((_, index) => index !== at).join("\n")).toBe(before);
  });
});

describe("removeFromFile", () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ["nothing there", "OP_MODE=2\n#XE_TIMEOUT=5\n", null],
    [
      "every line of it goes, comments stay",
      "# a\nXE_TIMEOUT=5\n#XE_TIMEOUT=5\nexport XE_TIMEOUT='6'\n",
      "# a\n#XE_TIMEOUT=5\n",
    ],
    ["a name that only begins so", "XE_TIMEOUT_2=5\nXE_TIMEOUT=1\n", "XE_TIMEOUT_2=5\n"],
    ["line ends of Windows", "OP_MODE=2\r\nXE_TIMEOUT=5\r\n", "OP_MODE=2\r\n"],
  ];
  for (const [what, before, after] of cases)
    test(`removeFromFile: ${what}`, () => expect(removeFromFile(before, "XE_TIMEOUT")).toBe(after));
});
