import type { ImportGraph } from "./imports.ts";
import type { Violations } from "./tree.ts";

/** Who may import whom; only `main` and `modes` know both `app` and `adapters`. A layer may always import itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ["core"],
  record: ["core", "config"],
  ports: ["core"],
  adapters: ["ports", "core", "config"],
  app: ["ports", "record", "core", "config"],
  "fence-agents": ["adapters", "ports", "core"],
  cli: ["app", "ports", "record", "core", "config"],
  manual: ["fence-agents", "cli", "adapters", "ports", "core", "config"],
  simulation: ["app", "adapters", "ports", "core", "config"],
  modes: [
    "simulation",
    "manual",
    "fence-agents",
    "cli",
    "app",
    "adapters",
    "ports",
    "record",
    "core",
    "config",
  ],
  main: ["cli", "app", "adapters", "ports", "core", "config", "modes"],
};

/** Packages of a layer; what has no row here may use any. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ["zod/mini", "node:net"],
  record: [],
  ports: [],
  app: [],
  cli: ["citty", "node:util"],
};

const layerOf = (file: string): string => file.split("/")[1]?.replace(/\.ts$/, "") ?? "";

/** Imports against the tables, types included. */
export function checkLayers(graph: ImportGraph): Violations {
  return [...graph].flatMap(([file, imports]) => {
    const layer = layerOf(file);
    const allowed = LAYERS[layer];
    if (allowed === undefined) return [`${file}: there is no layer ${layer}`];
    return imports
      .filter(({ target }) => {
        if (!target.startsWith("src/")) return PACKAGES[layer]?.includes(target) === false;
        return layerOf(target) !== layer && !allowed.includes(layerOf(target));
      })
      .map(({ target }) => `${file} imports ${target}`);
  });
}
