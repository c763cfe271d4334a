import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** What the rules look at: the name of each file from the root of the repository, and its text. */
export type Tree = ReadonlyMap<string, string>;

/** A rule names what is wrong, one line each; an empty list is a tidy tree. */
export type Violations = readonly string[];

const ROOT = join(import.meta.dir, "..", "..", "..");
/** Where a file of the tree lies on this machine. */
export const pathTo = (name: string): string => join(ROOT, name);

const NOT_OURS = new Set([".git", "node_modules", "dist"]);

/** Every file of the repository, folders with a slash at their end; links are not followed. */
export const NAMES: ReadonlySet<string> = new Set(namesBelow(""));

/** The TypeScript below src and below test. */
export const SOURCES = read((name) => name.startsWith("src/") && name.endsWith(".ts"));
export const TESTS = read((name) => name.startsWith("test/") && name.endsWith(".ts"));

/** What a person reads: code, scripts, documents and the files that configure the tools. Recorded data is left out. */
export const TEXTS = read((name) => /\.(ts|sh|md|jsonc|service)$|(^|\/)(package\.json|[^./]+)$/.test(name));

function namesBelow(folder: string): readonly string[] {
  return readdirSync(pathTo(folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const name = posix.join(folder, entry.name);
      return entry.isDirectory() ? [`${name}/`, ...namesBelow(name)] : [name];
    });
}

function read(wanted: (name: string) => boolean): Tree {
  const files = [...NAMES].filter((name) => !name.endsWith("/") && wanted(name)).sort();
  return new Map(files.map((name) => [name, readFileSync(pathTo(name), "utf8")]));
}
