import { expect, test } from "bun:test";
import { invariant, omit, put } from "../../../../src/core/model/record.ts";

const ONE = Object.freeze({ a: 1 });

test("put: a key that is new, or another value; what was given stays as it was", () => {
  expect(put(ONE, "b", 2)).toEqual({ a: 1, b: 2 });
  expect(put(ONE, "a", 2)).toEqual({ a: 2 });
  expect(ONE).toEqual({ a: 1 });
});

test("omit: the record without the key; what was given stays as it was", () => {
  const two = Object.freeze({ a: 1, b: 2 });
  expect(omit(two, "b")).toEqual({ a: 1 });
  expect(two).toEqual({ a: 1, b: 2 });
});

test("omit: a key that is not there costs no copy", () => expect(omit(ONE, "b")).toBe(ONE));

test("invariant: a claim that is broken is thrown, in its words", () => {
  expect(() => invariant(true, "one master")).not.toThrow();
  expect(() => invariant(false, "one master")).toThrow("Broken invariant: one master");
});
