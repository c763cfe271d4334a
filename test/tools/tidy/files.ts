import { keep } from "./pieces.ts";
import type { Tree, Violations } from "./tree.ts";

const MOST_LINES = 400;

export function checkLength(tree: Tree): Violations {
  return [...tree]
    .map(([file, text]) => ({ file, lines: text.replace(/\n$/, "").split("\n").length }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ file, lines }) => `${file} has ${lines} lines, of ${MOST_LINES} at most`);
}

/** Default exports have no name to search for; barrels hide where a thing is. */
export function checkExports(tree: Tree): Violations {
  return [...tree]
    .filter(([, text]) => /^export\s+(?:default\b|\*)/m.test(keep(text, "code")))
    .map(([file]) => `${file} has a default export or passes on everything of another file`);
}
