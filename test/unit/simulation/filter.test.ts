import { expect, test } from "bun:test";
import { ApiError } from "../../../src/simulation/xapi/answer.ts";
import { parseFilter } from "../../../src/simulation/xapi/filter.ts";

const FIELDS = new Set([
  "uuid",
  "name_label",
  "power_state",
  "is_a_template",
  "order",
  "memory_static_max",
  "other_config",
]);
const RECORD = {
  uuid: "u1",
  name_label: "vm1",
  power_state: "Halted",
  is_a_template: false,
  order: 1,
  memory_static_max: 1024,
  other_config: { a: "b" },
};

const matches = (text: string): boolean => parseFilter(text, FIELDS)("OpaqueRef:1", RECORD);

test.each([
  ["true", true],
  ["false", false],
  ['field "power_state" = "Halted"', true],
  ['field "power_state" = "halted"', false],
  ['"Halted"=field "power_state"', true],
  ['field "name__label" = "vm1"', true],
  ['field "memory__static_max" = "1024"', true],
  ['field "order" = "1" and field "is_a_template" = "false"', true],
  ['not field "is_a_template" = "true"', true],
  ['not (field "power_state" = "Halted")', false],
  ['field "_ref" = "OpaqueRef:1"', true],
  [`field "other_config" = "(('a' 'b'))"`, true],
  // Equal precedence, from the left: (true or true) and false.
  ["true or true and false", false],
] as const)("parseFilter: %p is %p", (text, expected) => {
  expect(matches(text)).toBe(expected);
});

test.each([
  ["bogus (", "INVALID_VALUE"],
  ["", "INVALID_VALUE"],
  ['field "name__label" != "vm1"', "INVALID_VALUE"],
  ["field \"name__label\" = 'vm1'", "INVALID_VALUE"],
  ['field "uuid" = "a" field', "INVALID_VALUE"],
  ['field "nosuch" = "1"', "INTERNAL_ERROR"],
  ['field "name_label" = "vm1"', "INTERNAL_ERROR"],
] as const)("parseFilter: %p is refused with %s", (text, code) => {
  let refused: unknown;
  try {
    matches(text);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(ApiError);
  expect((refused as ApiError).code).toBe(code);
});
