import type { FunctionName } from "../core/model/alert.ts";
import { showName } from "../core/model/plain-text.ts";
import { nearestWord } from "./nearest.ts";
import {
  type AnyParameter,
  defaultText,
  findParameter,
  isUnusedParameter,
  type ParameterName,
  ROWS,
  type Scope,
  type Settings,
} from "./params.ts";
import { poolParameters } from "./pool-keys.ts";

/** Where an effective value comes from. */
export type Source = "default" | "pool" | "override" | "last-good";

type Texts = Readonly<Record<string, string>>;

export interface ResolveInput {
  /** The override file, by parameter name; null when it is there but could not be read. */
  readonly override: Texts | null;
  /** Parameters that the override file sets, and nobody knows to what. */
  readonly unclear?: readonly string[];
  /** `pool.other_config` as read; null when it could not be read. */
  readonly pool: Texts | null;
  /** What an earlier call returned as `lastGood`. */
  readonly lastGood: Texts;
}

export interface Resolved {
  readonly settings: Settings;
  readonly sources: ReadonlyMap<ParameterName, Source>;
  /** What is to be kept as the last good copy from now on. */
  readonly lastGood: Texts;
  /** Full sentences, without secrets. */
  readonly problems: readonly string[];
}

/**
 * Overrides that were good once are kept beside the pool's last good values under this prefix. A typing error in the
 * override file must not turn FENCE_METHOD=ILO into the pool's POOL.
 */
const OVERRIDE_PREFIX = "OVERRIDE_";

interface Choice {
  readonly value: unknown;
  readonly source: Source;
}

interface Work {
  readonly override: ReadonlyMap<string, string> | null;
  readonly unclear: ReadonlySet<string>;
  readonly pool: ReadonlyMap<string, string> | null;
  readonly lastGood: ReadonlyMap<string, string>;
  readonly kept: Map<string, string>;
  readonly problems: string[];
}

/**
 * The effective parameters: override file, else pool database, else last good copy, else default (src/README.md, "Which
 * value counts").
 *
 * A value that does not validate, or a key that has vanished from the pool, is reported and the last good one stays: a
 * bad read must never turn a real fence method into none. That also holds when every key is gone, after `ha-cfg remove`
 * or because another program replaced the map. The two look the same from here, and keeping the old values is safe in
 * both: after a removal the HA flag is gone too, so they decide nothing, and `ha-cfg insert` replaces all of them. An
 * empty value of a parameter that may be empty is somebody's decision, not a bad read: XAPI returns a record whole or
 * not at all.
 */
export function resolveSettings(input: ResolveInput): Resolved {
  const known = answered.find((before) => isSameInput(before.input, input));
  if (known !== undefined) return known.resolved;
  const resolved = resolveAnew(input);
  answered.unshift({ input, resolved });
  if (answered.length > MOST_ANSWERED) answered.pop();
  return resolved;
}

/** The parameters of the pool itself: what a host overrides is none of them. */
export function resolvePool(pool: Texts, lastGood: Texts | null): Resolved {
  return resolveSettings({ override: {}, pool, lastGood: lastGood ?? {} });
}

/** Every round of a pass asks with the same texts again. Inputs and answers are never changed by anybody. */
const answered: { readonly input: ResolveInput; readonly resolved: Resolved }[] = [];
const MOST_ANSWERED = 8;

function isSameInput(a: ResolveInput, b: ResolveInput): boolean {
  return (
    isSame(a.pool, b.pool) &&
    isSame(a.lastGood, b.lastGood) &&
    isSame(a.override, b.override) &&
    (a.unclear ?? []).join() === (b.unclear ?? []).join()
  );
}

/** The same texts in the same order, in which problems are told. */
function isSame(a: Texts | null, b: Texts | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, at) => key === others[at] && a[key] === b[key]);
}

function resolveAnew(input: ResolveInput): Resolved {
  const work: Work = {
    override: input.override === null ? null : new Map(Object.entries(input.override)),
    unclear: new Set(input.unclear),
    pool: input.pool === null ? null : poolParameters(input.pool),
    lastGood: new Map(Object.entries(input.lastGood)),
    kept: new Map(),
    problems: [],
  };
  reportNames(work);
  const values = new Map<ParameterName, unknown>();
  const sources = new Map<ParameterName, Source>();
  const missing: ParameterName[] = [];
  for (const { known, row, overrideKey } of READ_ROWS) {
    const stored = row.scope === "pool" ? chooseStored(known, row, work, missing) : null;
    const overridden = chooseOverride(known, overrideKey, row, work);
    const choice = overridden ?? stored ?? { value: row.default, source: "default" };
    values.set(known, choice.value);
    sources.set(known, choice.source);
  }
  reportMissing(missing, work);
  return {
    settings: toSettings(values),
    sources,
    lastGood: Object.fromEntries(work.kept),
    problems: work.problems,
  };
}

/** The parameters that a pass reads, each with the key of its override in the last good copy. */
const READ_ROWS = [...ROWS]
  .filter(([, row]) => row.scope !== "watchdog")
  .map(([known, row]) => ({ known, row, overrideKey: `${OVERRIDE_PREFIX}${known}` }));

function chooseOverride(known: ParameterName, key: string, row: AnyParameter, work: Work): Choice | null {
  if (work.override === null) return fromLastGood(key, row, work);
  // A line that cannot be read must not turn FENCE_METHOD=ILO into the pool's POOL either; it is reported already.
  // An earlier line that can be read is better than nothing.
  const before = work.unclear.has(known) ? fromLastGood(key, row, work) : null;
  if (before !== null) return before;
  const text = work.override.get(known);
  if (text === undefined) return null;
  const parsed = row.kind.parse(text);
  if (parsed.ok) {
    work.kept.set(key, row.kind.render(parsed.value));
    return { value: parsed.value, source: "override" };
  }
  const last = fromLastGood(key, row, work);
  const stays = last === null ? "the pool's value stays" : "the last good one stays";
  report(work, known, row, text, `of the override file: ${parsed.why}; ${stays}`);
  return last;
}

function chooseStored(
  known: ParameterName,
  row: AnyParameter,
  work: Work,
  missing: ParameterName[],
): Choice | null {
  const text = work.pool?.get(known);
  const parsed = text === undefined ? null : row.kind.parse(unquote(text, row));
  if (parsed?.ok) {
    work.kept.set(known, row.kind.render(parsed.value));
    return { value: parsed.value, source: "pool" };
  }
  const last = fromLastGood(known, row, work);
  if (text !== undefined && parsed !== null) {
    const stays = last === null ? `the default ${defaultText(known)} stays` : "the last good one stays";
    report(work, known, row, text, `of the pool database: ${parsed.why}; ${stays}`);
  } else if (work.pool !== null && last !== null) missing.push(known);
  return last;
}

/** The last good text under this key, if it still validates; it is then kept. */
function fromLastGood(key: string, row: AnyParameter, work: Work): Choice | null {
  const text = work.lastGood.get(key);
  const parsed = text === undefined ? null : row.kind.parse(unquote(text, row));
  if (text === undefined || parsed === null) return null;
  if (!parsed.ok) {
    work.problems.push(`Cannot use ${key} of the last good copy: ${parsed.why}`);
    return null;
  }
  work.kept.set(key, row.kind.render(parsed.value));
  return { value: parsed.value, source: "last-good" };
}

/**
 * HA-Lizard 2.x fills the database from shell assignments; quotes around a value are not part of it. A password may begin
 * and end with one; nothing but quotes is no password.
 */
function unquote(text: string, row: AnyParameter): string {
  if (text === '""' || text === "''") return "";
  if (row.secret) return text;
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

function report(work: Work, known: ParameterName, row: AnyParameter, text: string, what: string): void {
  const shown = row.secret ? "" : `=${JSON.stringify(text.slice(0, 60))}`;
  work.problems.push(`Cannot use ${known}${shown} ${what}`);
}

function reportMissing(missing: readonly ParameterName[], work: Work): void {
  if (missing.length === 0) return;
  work.problems.push(
    work.pool?.size === 0
      ? "The pool database holds no parameters any more: the last good ones stay in force until ha-cfg insert"
      : `The pool database has lost ${missing.join(", ")}: the last good values stay in force; set them again with ha-cfg set`,
  );
}

/** Names that mean nothing here; the values behind them are never shown, a mistyped password may be among them. */
function reportNames(work: Work): void {
  reportNamesOf("override file", "", work.override?.keys() ?? [], ["pool", "host"], work);
  reportNamesOf("pool database", "HA_", work.pool?.keys() ?? [], ["pool"], work);
}

function reportNamesOf(
  place: string,
  prefix: string,
  keys: Iterable<string>,
  scopes: readonly Scope[],
  work: Work,
): void {
  const unused: string[] = [];
  let unknown = 0;
  for (const key of keys) {
    const scope = ROWS.get(key as ParameterName)?.scope;
    if (scope !== undefined && scopes.includes(scope)) continue;
    if (scope === undefined && isUnusedParameter(key)) {
      if (unused.length < MOST_UNUSED) unused.push(`${prefix}${key}`);
    } else if (++unknown <= MOST_UNKNOWN)
      work.problems.push(
        `Cannot use ${showName(`${prefix}${key}`)} of the ${place}: ${whyNotHere(key, scope)}`,
      );
  }
  if (unknown > MOST_UNKNOWN)
    work.problems.push(`Cannot use ${unknown - MOST_UNKNOWN} more names of the ${place}`);
  if (unused.length === 0) return;
  const names = summarise(unused).join(", ");
  work.problems.push(`Parameters of HA-Lizard 2.x in the ${place} that are not used: ${names}`);
}

/** Any program may write into the pool's map: what is none of ours is said once, not as often as it stands there. */
const MOST_UNKNOWN = 20;
const MOST_UNUSED = 1_000;

function whyNotHere(key: string, scope: Scope | undefined): string {
  if (scope === "watchdog") return "it is a variable in /etc/init.d/ha-lizard-watchdog";
  return scope === "host" ? "it is set in the override file of each host" : unknownParameter(key);
}

/** `PRIORITY_*` and the like once, not one by one: an installed override file has more than a hundred of them. */
function summarise(names: readonly string[]): readonly string[] {
  return [
    ...new Set(names.map((key) => key.replace(/^((?:HA_)?(?:PRIORITY|LOG|MAIL))_[a-z].*$/, "$1_*"))),
  ].sort();
}

/** Why a name is none, with the one that was probably meant. */
export function unknownParameter(typed: string): string {
  const near = findParameter(typed) ?? nearestWord(typed, ROWS.keys());
  return `there is no such parameter${near === undefined ? "" : `; did you mean ${near}?`}`;
}

/** LOG_<function> and MAIL_<function>. */
const SWITCHES: ReadonlyMap<string, { readonly of: "LOG" | "MAIL"; readonly from: FunctionName }> = new Map(
  [...ROWS.keys()].flatMap((known) => {
    const [, of, from] = /^(LOG|MAIL)_([a-z].*)$/.exec(known) ?? [];
    return from === undefined ? [] : [[known, { of: of as "LOG" | "MAIL", from: from as FunctionName }]];
  }),
);

/** Every name of the table has its value here, each parsed by its own row: that makes the cast true. */
function toSettings(values: ReadonlyMap<ParameterName, unknown>): Settings {
  const plain: Record<string, unknown> = {};
  const off = { LOG: new Set<FunctionName>(), MAIL: new Set<FunctionName>() };
  for (const [known, value] of values) {
    const its = SWITCHES.get(known);
    if (its === undefined) plain[known] = value;
    else if (value === false) off[its.of].add(its.from);
  }
  return { ...plain, logOff: off.LOG, mailOff: off.MAIL } as unknown as Settings;
}
