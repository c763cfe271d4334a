import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";

const ROOT = join(import.meta.dir, "..", "..", "..");
const files = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .sort();
const SOURCES = files("src");
const textOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Modules a file names: static imports, re-exports and `import()`. */
function importsOf(file: string): readonly string[] {
  const found = textOf(file).matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)"([^"]+)"/gm);
  return [...found].map((match) => match[1] ?? "");
}
/** `src/core/x.ts` of an import from a file of ours; a package keeps its name. */
function targetOf(file: string, specifier: string): string {
  return specifier.startsWith(".")
    ? relative(ROOT, join(ROOT, file, "..", specifier)).replaceAll("\\", "/")
    : specifier;
}
const layerOf = (file: string): string => file.split("/")[1]?.replace(/\.ts$/, "") ?? "";

/** Who may import whom (design.md); only main knows both app and adapters. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: ["core"],
  config: ["config", "core"],
  ports: ["ports", "core"],
  adapters: ["adapters", "ports", "core", "config"],
  app: ["app", "ports", "core", "config"],
  "fence-agents": ["fence-agents", "adapters", "ports", "core"],
  cli: ["cli", "app", "ports", "core", "config"],
  simulation: ["simulation", "app", "adapters", "ports", "core", "config"],
  main: ["cli", "app", "adapters", "ports", "core", "config", "modes"],
  modes: ["modes", "fence-agents", "cli", "app", "adapters", "ports", "core", "config"],
};
const PACKAGES: Record<string, readonly string[]> = {
  core: [],
  config: ["zod/mini", "node:net"],
  ports: [],
  app: [],
  cli: ["citty", "node:util"],
};

describe("imports", () => {
  for (const file of SOURCES) {
    test(`${file} imports only what its layer may`, () => {
      const layer = layerOf(file);
      const wrong = importsOf(file)
        .map((specifier) => targetOf(file, specifier))
        .filter((target) => {
          if (target.startsWith("src/")) return !MAY_IMPORT[layer]?.includes(layerOf(target));
          return PACKAGES[layer]?.includes(target) === false;
        });
      expect(wrong).toEqual([]);
    });
  }

  test("there are no cycles", () => {
    const graph = new Map(
      SOURCES.map((file) => [file, runtimeImportsOf(file).filter((target) => target.startsWith("src/"))]),
    );
    expect(findCycle(graph)).toEqual([]);
  });

  test("the monitor stays small: it loads no zod, nodemailer, citty or ping", () => {
    const heavy = new Set<string>();
    const seen = new Set<string>();
    const visit = (file: string) => {
      if (seen.has(file) || !file.startsWith("src/")) return;
      seen.add(file);
      for (const target of runtimeImportsOf(file)) {
        if (/^(zod|nodemailer|citty|ping)\b/.test(target)) heavy.add(`${file} imports ${target}`);
        visit(target);
      }
    };
    for (const mode of ["src/app/daemons/monitor.ts", "src/modes/monitor.ts", "src/modes/watchdog.ts"])
      visit(mode);
    expect([...heavy]).toEqual([]);
  });
});

/** Static imports of values; `import type` costs nothing at run time and may go round. */
function runtimeImportsOf(file: string): readonly string[] {
  const found = textOf(file).matchAll(/^(?:import|export)\s+(?!type\b)[^"]*?from\s+"([^"]+)"/gm);
  return [...found].map((match) => targetOf(file, match[1] ?? ""));
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const cycle = walk(next, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = walk(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe("the core is pure", () => {
  const IMPURE =
    /\b(Date|fetch|process|Bun|setTimeout|setInterval|setImmediate|Math\.random|crypto|performance|async|await|Promise)\b/;
  for (const file of SOURCES.filter((name) => name.startsWith("src/core/"))) {
    test(`${file} knows no time, randomness, network or promise`, () => {
      const code = textOf(file)
        .replace(/\/\*[\s\S]*?\*\//g, "")
        .replace(/\/\/.*$/gm, "")
        .replace(/"[^"\n]*"|`[^`]*`/g, '""');
      expect(code.match(IMPURE)?.[0] ?? "pure").toBe("pure");
    });
  }
});

describe("files", () => {
  for (const file of [...SOURCES, ...files("test")]) {
    test(`${file} is not longer than 400 lines`, () =>
      expect(textOf(file).split("\n").length).toBeLessThanOrEqual(401));
  }
  test("no default exports, no barrels", () => {
    const wrong = SOURCES.filter((file) => /^export default|^export \* from/m.test(textOf(file)));
    expect(wrong).toEqual([]);
  });
});
