import { posix } from "node:path";
import { piecesOf } from "./pieces.ts";
import type { Tree, Violations } from "./tree.ts";

/** A document, file or folder that a text names, and the line in which it does. */
export interface Reference {
  readonly named: string;
  readonly line: number;
}

/** Names of what is not in this tree, on purpose. */
const NOT_HERE: readonly RegExp[] = [
  // Below the root of a Dom0, as tests and the installer name it without the first slash.
  /^(?:etc|var|run|opt|usr|srv)\//,
  // Agents that an administrator, or a test, has made up.
  /\b(?:MYPDU|FOLDER|BROKEN)\.sh$/,
  // Marks a scenario that claims what the program does not do yet; at its best there is none.
  /^gap\.md$/,
];

/** A word that could be a path. `$` and braces belong to it, so that half of a computed path is never judged. */
const WORD = /(?<![\w./<>*@{}$~:\\-])(?:\.\.?\/)*[\w.@*<>{}$-]+(?:\/[\w.@*<>{}$-]+)*\/?/g;
const COMPUTED = /[${}]/;
const ADDRESS = /\b\w+:\/\/[^\s)>"'`]+/g;

/** The words of those lines that can hold what is looked for. */
function wordsOf(text: string, lines: RegExp): readonly Reference[] {
  if (!lines.test(text)) return [];
  return text.split("\n").flatMap((line, index) =>
    lines.test(line)
      ? [...line.replace(ADDRESS, " ").matchAll(WORD)]
          .map(([word]) => word.replace(/[.-]+$/, ""))
          .filter((word) => !COMPUTED.test(word) && NOT_HERE.every((name) => !name.test(word)))
          .map((named) => ({ named, line: index + 1 }))
      : [],
  );
}

/** Documents, with or without a path: `README.md`, `src/cli/README.md`. */
export const documentsIn = (_file: string, text: string): readonly Reference[] =>
  wordsOf(text, /\.md\b/).filter(({ named }) => /[\w>*]\.md$/.test(named));

const PATH = /\w\/|\.ts\b/;

/**
 * Paths of files and folders other than documents. Prose means this tree with every name of a source and every path with an
 * ending of ours. Code also names files of its own making, so there only what begins with one of `folders` is taken.
 */
export function pathsIn(file: string, text: string, folders: readonly string[]): readonly Reference[] {
  const known = new RegExp(
    `^(?:src|test)/.|^(?:${folders.map(RegExp.escape).join("|")})/(?:.*\\.(?:ts|sh|json)|.*/)?$`,
  );
  const inProse = new Set(
    wordsOf(proseOf(file, text), PATH)
      .filter(({ named }) => /[\w>*]\.ts$|\/[^/]*[\w>*]\.(?:sh|json)$/.test(named))
      .map(({ named }) => named),
  );
  return wordsOf(text, PATH).filter(
    ({ named }) => !named.endsWith(".md") && (known.test(named) || inProse.has(named)),
  );
}

/** What is written for a person: a whole document, or the comments of a source. */
function proseOf(file: string, text: string): string {
  if (file.endsWith(".md")) return text;
  if (!file.endsWith(".ts")) return "";
  const comments = piecesOf(text).filter((piece) => piece.kind === "comment");
  return comments.map((piece) => piece.text).join("\n");
}

/**
 * Is there such a file or folder, from the root, from src, from test, or from the folder of the file that names it? The path
 * of a fence agent also counts from fence, where an installed one lies, and that of a chapter of the manual from its folder. `*` and placeholders like `<topic>` stand for any
 * name, of which there must be one. A source that is named without its folder may lie anywhere.
 */
export function resolver(names: ReadonlySet<string>): (file: string, named: string) => boolean {
  const sources = new Set(
    [...names].map((name) => posix.basename(name)).filter((name) => name.endsWith(".ts")),
  );
  const exists = (name: string) => {
    const pattern = name.replace(/<[^<>/]*>/g, "*");
    if (!pattern.includes("*")) return names.has(name) || names.has(`${name}/`);
    const glob = new Bun.Glob(pattern);
    return [...names].some((candidate) => glob.match(candidate));
  };
  return (file, named) =>
    sources.has(named) ||
    [".", "src", "test", "fence", "src/manual/chapters", posix.dirname(file)].some((folder) =>
      exists(posix.join(folder, named)),
    );
}

/** Each reference that leads nowhere, as `file:line names what`. */
export function checkReferences(
  texts: Tree,
  names: ReadonlySet<string>,
  find: (file: string, text: string) => readonly Reference[],
): Violations {
  const resolves = resolver(names);
  return [...texts].flatMap(([file, text]) =>
    find(file, text)
      .filter(({ named }) => !resolves(file, named))
      .map(({ named, line }) => `${file}:${line} names ${named}`),
  );
}
