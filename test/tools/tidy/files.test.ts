import { expect, test } from "bun:test";
import { checkExports, checkLength } from "./files.ts";
import { SOURCES, TESTS } from "./tree.ts";

test("checkLength: 400 lines are enough for one idea", () => {
  const tree = new Map([
    ["long.ts", "x\n".repeat(401)],
    ["full.ts", "x\n".repeat(400)],
  ]);
  expect(checkLength(tree)).toEqual(["long.ts has 401 lines, of 400 at most"]);
});

test("checkExports: neither a default export nor a barrel", () => {
  const tree = new Map([
    ["default.ts", "export default 1;"],
    ["barrel.ts", 'export * from "./a.ts";'],
    ["named.ts", 'export { a } from "./a.ts"; // export default'],
  ]);
  expect(checkExports(tree).map((violation) => violation.split(" ")[0])).toEqual(["default.ts", "barrel.ts"]);
});

test("no file of src or test is longer than 400 lines", () =>
  expect(checkLength(new Map([...SOURCES, ...TESTS]))).toEqual([]));

test("no file of src has a default export or is a barrel", () => expect(checkExports(SOURCES)).toEqual([]));
