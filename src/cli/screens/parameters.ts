import { type AnyParameter, defaultText, type ParameterName, type Settings } from "../../config/params.ts";
import type { Source } from "../../config/resolve.ts";
import { MASK } from "../../core/model/plain-text.ts";
import { wrapText } from "./text.ts";

/** One parameter with its effective value, as `get` shows it. */
export interface ShownParameter {
  readonly name: ParameterName;
  readonly row: AnyParameter;
  /** The value as text, already masked when it must be. */
  readonly value: string;
  readonly source: Source;
}

/** The text of a value for people: secrets only when allowed; that one is empty is no secret. */
export function shownText(row: AnyParameter, value: string, showSecrets: boolean): string {
  return row.secret && !showSecrets && value !== "" ? MASK : value;
}

/** The effective value of a parameter as text. */
export function settingText(name: ParameterName, row: AnyParameter, settings: Settings): string {
  const [, prefix, from] = /^(LOG|MAIL)_([a-z].*)$/.exec(name) ?? [];
  if (from !== undefined) {
    const off: ReadonlySet<string> = prefix === "LOG" ? settings.logOff : settings.mailOff;
    return off.has(from) ? "0" : "1";
  }
  const values: Readonly<Record<string, unknown>> = settings;
  return row.kind.render(values[name]);
}

const SOURCES: Readonly<Record<Source, string>> = {
  default: "default",
  pool: "pool",
  override: "override file of this host",
  "last-good": "last good copy",
};

/** All parameters: name, value and where it comes from, in columns. */
export function renderParameters(shown: readonly ShownParameter[]): string {
  const nameWidth = Math.max(0, ...shown.map((one) => one.name.length));
  const valueWidth = Math.min(40, Math.max(0, ...shown.map((one) => one.value.length)));
  return shown
    .map(
      ({ name, value, source }) =>
        `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${SOURCES[source]}\n`,
    )
    .join("");
}

/** One parameter with all there is to know about it. */
export function renderParameter({ name, row, value, source }: ShownParameter): string {
  const mark = row.mark === null ? "" : ` (${row.mark})`;
  const lines: readonly (readonly [string, string])[] = [
    ["from", SOURCES[source]],
    ["default", defaultText(name)],
    ["allowed", row.kind.allowed],
    ["meaning", row.meaning],
  ];
  const about = lines.map(([label, text]) => wrapText(text, " ".repeat(11), `  ${label.padEnd(7)}  `));
  return [`${name} = ${value}${mark}\n`, ...about].join("");
}

/** For scripts: NAME=VALUE, the value as it is stored and without quotes, as HA-Lizard 1.x and 2.x print it. */
export function renderParametersPlain(shown: readonly ShownParameter[]): string {
  return shown.map(({ name, value }) => `${name}=${value}\n`).join("");
}

/** For programs: the same as an array of objects. */
export function renderParametersJson(shown: readonly ShownParameter[]): string {
  const plain = shown.map(({ name, row, value, source }) => ({
    name,
    value,
    source,
    scope: row.scope,
    default: defaultText(name),
    meaning: row.meaning,
  }));
  return `${JSON.stringify(plain, null, 2)}\n`;
}
