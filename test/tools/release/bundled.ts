import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import parts from "./bun-parts.json" with { type: "json" };

/** The root of the sources, with package-lock.json and node_modules. */
export type Tree = string;

/** A package of npm that is compiled into the executable. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** As in the lock file: `sha512-` and base64. */
  readonly integrity: string;
}

/** Something that is part of Bun's executable, and with it of ours. */
export interface BunPart {
  readonly name: string;
  /** Names of files in licences/; none: in the public domain. */
  readonly licences: readonly string[];
  readonly copyright: readonly string[];
  readonly source: string;
}

const PARTS: Readonly<Record<string, { licences: string[]; copyright: string[]; source?: string }>> = parts;
/** The package of npm that has the executable into which ours is compiled, and the one that has its licence. */
export const RUNTIME = "@oven/bun-linux-x64";
const RUNTIME_DOCUMENTS = "bun-types";

interface Lock {
  readonly packages: Readonly<
    Record<string, { version: string; license?: string; integrity?: string; dev?: boolean }>
  >;
}

/** Reads a text of the sources. */
export const textOf = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

/** Every package that is compiled in, in order of their names: what package-lock.json has for run time, and the runtime. */
export function bundledPackages(tree: Tree): readonly BundledPackage[] {
  const { packages }: Lock = JSON.parse(textOf(tree, "package-lock.json"));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== "" && (dev !== true || path === `node_modules/${RUNTIME}`))
    .map(([path, { version, license, integrity }]) => {
      const name = path.replace(/^.*node_modules\//, "");
      if (license === undefined || integrity === undefined)
        throw new Error(
          `Cannot name the licence of ${name}: package-lock.json has no license or integrity for it`,
        );
      return { name, version, licence: license, integrity };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The texts of a package's own licence files and notices. Fails when it has none. */
export function licenceTexts(tree: Tree, { name, version }: BundledPackage): readonly string[] {
  const folder = join(tree, "node_modules", name);
  const installed: { version: string } = JSON.parse(textOf(folder, "package.json"));
  if (installed.version !== version)
    throw new Error(
      `Cannot take the licence of ${name}: ${installed.version} is installed, ${version} is locked; npm ci`,
    );
  const names = [folder, join(folder, "dist")].flatMap((place) =>
    existsSync(place) ? readdirSync(place).map((file) => join(place, file)) : [],
  );
  const files = names.filter((file) => /\/(licen[cs]e|copying|notice|third-party)[^/]*$/i.test(file)).sort();
  if (files.length === 0)
    throw new Error(`Cannot name the licence of ${name}: its package has no licence file`);
  return files.map((file) => textOf(file).trim());
}

/** What Bun's own document says of its licence and its parts, without the header. */
export function bunDocument(tree: Tree): string {
  const { packages }: Lock = JSON.parse(textOf(tree, "package-lock.json"));
  const [runtime, documents] = [RUNTIME, RUNTIME_DOCUMENTS].map(
    (name) => packages[`node_modules/${name}`]?.version,
  );
  if (runtime === undefined || runtime !== documents)
    throw new Error(
      `Cannot take Bun's licence: ${RUNTIME} is ${runtime}, ${RUNTIME_DOCUMENTS} is ${documents}`,
    );
  const text = textOf(tree, "node_modules", RUNTIME_DOCUMENTS, "docs/project/license.mdx");
  return text.replace(/^---[\s\S]*?---\n/, "").trim();
}

/** Bun, its engine, and every part that its document names for Linux. Fails when one has no entry in bun-parts.json. */
export function bunParts(tree: Tree): readonly BunPart[] {
  const named = new Map([["Bun", ""], ["WebKit (JavaScriptCore)", ""], ...partsNamed(bunDocument(tree))]);
  return [...named].map(([name, link]) => {
    const part = PARTS[name];
    if (part === undefined)
      throw new Error(
        `Cannot name the licence of ${name}, a part of Bun: test/tools/release/bun-parts.json has no entry`,
      );
    return { name, licences: part.licences, copyright: part.copyright, source: part.source ?? link };
  });
}

/** Names and addresses in the tables and credits of Bun's document. People, and what is only in other systems, are not parts. */
export function partsNamed(document: string): readonly (readonly [name: string, link: string])[] {
  const rows = document.split("\n").filter((line) => /^\| .*\]\(/.test(line));
  const cells = rows.map((row) => row.split("|")[1] ?? "").filter((cell) => !/\(on Windows\)/.test(cell));
  const credits = document.split("## Additional credits")[1] ?? "";
  return [...cells, ...credits.split("\n")].flatMap((text) =>
    [...text.matchAll(/\[`?([^\]`]+)`?\]\(([^)#]+)/g)]
      .map(([, name = "", link = ""]) => [name, link] as const)
      .filter(([name]) => !name.startsWith("@")),
  );
}
