import { readFile } from "node:fs/promises";
import { assignInFile, parseOverrideFile, renderAssignment } from "../../config/override-file.ts";
import type { ConfigSource, OverrideWriter } from "../../ports/config-source.ts";
import type { Paths } from "./paths.ts";
import { replaceFile } from "./state-store-files.ts";

interface Texts {
  readonly values: Readonly<Record<string, string>> | null;
  readonly problems: readonly string[];
}

/** Override file and last good copy, both KEY=VALUE lines: data, never executed. */
export function createConfigFiles(paths: Paths): ConfigSource & OverrideWriter {
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
    async setOverride(name, value) {
      try {
        const text = await readFile(paths.override, "utf8").catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return "";
          throw error;
        });
        await replaceFile(paths.override, assignInFile(text, name, value), 0o600);
        return null;
      } catch (error) {
        return `${paths.override}: ${error instanceof Error ? error.message : String(error)}`;
      }
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
