import { basename, dirname } from "node:path";
import {
  assignInFile,
  parseOverrideFile,
  removeFromFile,
  renderAssignment,
} from "../../config/override-file.ts";
import type { ConfigSource, OverrideWriter } from "../../ports/config-source.ts";
import { untrustedFolder } from "./ownership.ts";
import type { Paths } from "./paths.ts";
import { readRegularFile, wordsOf } from "./regular-file.ts";
import { removeLeftovers, replaceFile } from "./replace-file.ts";

interface Texts {
  readonly values: Readonly<Record<string, string>> | null;
  readonly unclear: readonly string[];
  readonly problems: readonly string[];
}

/** All parameters with long values are a tenth of this. */
const LONGEST = 1_000_000;

/**
 * Override file and last good copy, both KEY=VALUE lines: data, never executed, and not believed where others may write.
 * `conceal` is told the values that were read or written, by name: passwords are among them.
 */
export function createConfigFiles(
  paths: Pick<Paths, "override" | "lastGood">,
  conceal: (values: Readonly<Record<string, string>>) => void = () => undefined,
): ConfigSource & OverrideWriter {
  return {
    async read() {
      const [override, lastGood] = await Promise.all([
        readTexts(paths.override, {}),
        readTexts(paths.lastGood, null),
      ]);
      conceal({ ...override.values });
      conceal({ ...lastGood.values });
      return {
        override: override.values,
        unclear: override.unclear,
        lastGood: lastGood.values,
        problems: [...override.problems, ...lastGood.problems],
      };
    },
    async saveLastGood(values) {
      conceal(values);
      const lines = Object.keys(values)
        .sort()
        .map((key) => renderAssignment(key, values[key] ?? ""));
      const head = "# Last good parameters of the pool, kept by ha-lizard. Do not edit: use ha-cfg set.\n";
      await replaceFile(paths.lastGood, `${head}${lines.join("\n")}\n`);
    },
    async setOverride(name, value) {
      conceal({ [name]: value });
      return changeOverride(paths.override, (text) => assignInFile(text, name, value));
    },
    removeOverride: (name) => changeOverride(paths.override, (text) => removeFromFile(text, name)),
  };
}

/** Replaces the override file as a whole; `change` returns null when nothing is to be changed. */
async function changeOverride(path: string, change: (text: string) => string | null): Promise<string | null> {
  try {
    const read = await readOurs(path);
    if (read.kind !== "text" && read.kind !== "none") return `${path}: ${read.why}`;
    const changed = change(read.kind === "text" ? read.text : "");
    if (changed !== null) await replaceFile(path, changed);
    return null;
  } catch (error) {
    return `${path}: ${wordsOf(error)}`;
  }
}

/** Removes what a process that was killed while it wrote one of these files has left beside it. Never rejects. */
export async function tidyConfigFolder(paths: Pick<Paths, "override" | "lastGood">): Promise<void> {
  const ours = [basename(paths.override), basename(paths.lastGood)];
  await removeLeftovers(dirname(paths.override), (name) => ours.includes(name));
}

function readOurs(path: string) {
  const unsafe = untrustedFolder(dirname(path));
  if (unsafe !== null) return { kind: "untrusted", why: unsafe } as const;
  return readRegularFile(path, { maxBytes: LONGEST, trusted: true });
}

async function readTexts(path: string, missing: Texts["values"]): Promise<Texts> {
  const read = await readOurs(path);
  if (read.kind === "none") return { values: missing, unclear: [], problems: [] };
  if (read.kind !== "text") {
    return {
      values: null,
      unclear: [],
      problems: [`Cannot read ${path}: ${read.why}; what it said before stays in force`],
    };
  }
  const parsed = parseOverrideFile(read.text);
  return { ...parsed, problems: parsed.problems.map((problem) => `${path}: ${problem}`) };
}
