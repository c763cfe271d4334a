import { posix } from "node:path";
import { keep } from "./pieces.ts";
import type { Tree } from "./tree.ts";

/**
 * One import or re-export. `value` is loaded with the file, `lazy` is `import()`, and `type` costs nothing at run time.
 * The target is a file from the root of the repository, or the name of a package.
 */
export interface Import {
  readonly target: string;
  readonly kind: "value" | "type" | "lazy";
}

const STATIC = /^(?:import|export)\s+(type\s+(?!from\b))?(?:[\w\s{},*$]*?\sfrom\s+)?"([^"]+)"/gm;
const LAZY = /\bimport\s*\(\s*"([^"]+)"/g;

export function importsOf(file: string, text: string): readonly Import[] {
  const code = keep(text, "code", "string");
  const target = (specifier: string) =>
    specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
  return [
    ...[...code.matchAll(STATIC)].map(([, type, specifier = ""]) => ({
      target: target(specifier),
      kind: type === undefined ? ("value" as const) : ("type" as const),
    })),
    ...[...code.matchAll(LAZY)].map(([, specifier = ""]) => ({
      target: target(specifier),
      kind: "lazy" as const,
    })),
  ];
}

/** Who imports what, for a whole tree. */
export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

export function graphOf(tree: Tree): ImportGraph {
  return new Map([...tree].map(([file, text]) => [file, importsOf(file, text)]));
}

/** The same with names only, of the imports that are wanted. */
export function targetsOf(
  graph: ImportGraph,
  wanted: (found: Import) => boolean,
): ReadonlyMap<string, readonly string[]> {
  return new Map([...graph].map(([file, found]) => [file, found.filter(wanted).map(({ target }) => target)]));
}
