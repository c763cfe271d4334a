/*
 * Checks of what is read back from a file. A shape is written for a type and the compiler compares the two: a field
 * that is forgotten, or that is no field, does not compile.
 */

/** Is this value, of which nothing is known, a T? */
export type Check<T> = (value: unknown) => value is T;

/** One check for each field of T. */
export type Fields<T> = { readonly [Key in keyof T]-?: Check<T[Key]> };

export const isText: Check<string> = (value): value is string => typeof value === "string";
/** A text that the type brands (a uuid): brands are free of checks, here as where data enters. */
export const isBrandedText = <T extends string>(value: unknown): value is T => typeof value === "string";
export const isFlag: Check<boolean> = (value): value is boolean => typeof value === "boolean";
export const isNumber: Check<number> = (value): value is number =>
  typeof value === "number" && Number.isFinite(value);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with these fields; further ones are ignored, as those of a later version are. */
export function objectOf<T extends object>(fields: Fields<T>): Check<T> {
  const checks = Object.entries<Check<unknown>>(fields);
  return (value): value is T => isObject(value) && checks.every(([key, check]) => check(value[key]));
}

export function nullOr<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function listOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

export function recordOf<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.values(value).every(check);
}

/** One of these words; a record, so that a word which the type gains later is missed by the compiler. */
export function oneOf<T extends string>(words: Readonly<Record<T, true>>): Check<T> {
  return (value): value is T => typeof value === "string" && Object.hasOwn(words, value);
}
