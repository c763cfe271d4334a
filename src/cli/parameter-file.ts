import { parseOverrideFile, renderAssignment } from "../config/override-file.ts";
import {
  findParameter,
  isUnusedParameter,
  type ParameterName,
  ROWS,
  rowOf,
  type Settings,
} from "../config/params.ts";
import { unknownParameter } from "../config/resolve.ts";
import { settingText } from "./screens/parameters.ts";
import { plainText } from "./screens/text.ts";

/** Parameters of the pool as they stand in a file. */
export interface ParameterFile {
  readonly values: ReadonlyMap<ParameterName, string>;
  /** Why nothing of it may be written: sentences without values, one of which may be a password. */
  readonly problems: readonly string[];
  /** Parameters of HA-Lizard 2.x that are passed over. */
  readonly unused: readonly string[];
}

/** Reads a backup: KEY=VALUE lines, every one checked by the table's own rule. */
export function parseParameterFile(text: string): ParameterFile {
  const file = parseOverrideFile(text);
  const values = new Map<ParameterName, string>();
  const problems = [...file.problems];
  const unused: string[] = [];
  for (const [key, value] of Object.entries(file.values)) {
    const name = findParameter(key.replace(/^HA_/, ""));
    if (name === undefined) {
      if (isUnusedParameter(key.replace(/^HA_/, ""))) unused.push(key);
      else problems.push(`${plainText(key)}: ${unknownParameter(key)}`);
      continue;
    }
    const row = rowOf(name);
    const parsed = row.kind.parse(value);
    if (row.scope !== "pool") problems.push(`${name}: it is no parameter of the pool`);
    else if (!parsed.ok) problems.push(`${name}: ${parsed.why}`);
    else if (values.has(name)) problems.push(`${name}: it stands there twice`);
    else values.set(name, row.kind.render(parsed.value));
  }
  return { values, problems, unused };
}

/** A backup of these values, that `parseParameterFile` reads back as they were. `head`: lines for people. */
export function renderParameterFile(settings: Settings, head: readonly string[]): string {
  const comments = head.map((line) => `# ${plainText(line)}\n`);
  const lines = poolNames().map(
    (name) => `${renderAssignment(name, settingText(name, rowOf(name), settings))}\n`,
  );
  return [...comments, ...lines].join("");
}

/** The parameters that the pool database keeps, in the order of the table. */
export function poolNames(): readonly ParameterName[] {
  return [...ROWS].flatMap(([name, row]) => (row.scope === "pool" ? [name] : []));
}
