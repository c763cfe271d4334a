import { readFile } from "node:fs/promises";
import { parseOverrideFile, renderAssignment } from "../config/override-file.ts";
import type { ConfigSource } from "../ports/config-source.ts";
import type { Paths } from "./paths.ts";
import { replaceFile } from "./state-store-files.ts";

interface Texts {
  readonly values: Readonly<Record<string, string>> | null;
  readonly problems: readonly string[];
}

/** Override file and last good copy, both KEY=VALUE lines: data, never executed. */
export function createConfigFiles(paths: Paths): ConfigSource {
  return {
    async read() {
      const [override, lastGood] = await Promise.all([
        readTexts(paths.override, {}),
        readTexts(paths.lastGood, null),
      ]);
      return {
        override: override.values,
        lastGood: lastGood.values,
        problems: [...override.problems, ...lastGood.problems],
      };
    },
    async saveLastGood(values) {
      const lines = Object.keys(values)
        .sort()
        .map((key) => renderAssignment(key, values[key] ?? ""));
      const head = "# Last good parameters of the pool, kept by ha-lizard. Do not edit: use ha-cfg set.\n";
      await replaceFile(paths.lastGood, `${head}${lines.join("\n")}\n`, 0o600);
    },
  };
}

async function readTexts(path: string, missing: Texts["values"]): Promise<Texts> {
  try {
    const parsed = parseOverrideFile(await readFile(path, "utf8"));
    return { values: parsed.values, problems: parsed.problems.map((problem) => `${path}: ${problem}`) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { values: missing, problems: [] };
    const why = error instanceof Error ? error.message : String(error);
    return { values: null, problems: [`Cannot read ${path}: ${why}; what it said before stays in force`] };
  }
}
