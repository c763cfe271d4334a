import { describe, expect, test } from "bun:test";
import { isAtPlace, TIE_NAME, tieName } from "../../../../src/core/group/tie-name.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { rollId } from "./votes.ts";

const TAG = "ssh.0123456789abcdef";

describe("the name of a tie", () => {
  test("says of which roll it is, in which boot of its leader it was made, and at which place", () =>
    expect(tieName(rollId("5a.2"), "boot-a", TAG)).toMatch(
      /^5\.a\.2\.[0-9a-f]{1,8}\.ssh\.0123456789abcdef$/,
    ));

  test("is another one in another boot, for every host may have forgotten its roll", () =>
    expect(tieName(rollId("5a.2"), "boot-b", TAG)).not.toBe(tieName(rollId("5a.2"), "boot-a", TAG)));

  test("is a name that a file may have, of the latest roll of a host, too", () => {
    const host = hostUuid("00000001-1111-4111-8111-111111111101");
    const id = { term: { count: 2 ** 32 - 1, host }, version: 2 ** 32 - 1 };
    expect(TIE_NAME.test(tieName(id, "c0ffee00-1111-4111-8111-111111111101", TAG))).toBe(true);
  });

  // [what, name, the place that this host knows, is it there]
  for (const [what, name, tag, expected] of [
    ["the same place", `5.a.2.beef.${TAG}`, TAG, true],
    ["another one", `5.a.2.beef.${TAG}`, "ssh.fedcba9876543210", false],
    ["a kind alone", `5.a.2.beef.${TAG}`, "ssh", false],
    ["its end alone", `5.a.2.beef.${TAG}`, "123456789abcdef", false],
    ["no place", `5.a.2.beef.${TAG}`, null, false],
  ] as const)
    test(`${what}: ${expected ? "there" : "not there"}`, () => expect(isAtPlace(name, tag)).toBe(expected));

  for (const [what, name, expected] of [
    ["letters, digits, dots and dashes", "5.a-B.2", true],
    ["a hidden file", ".a", false],
    ["an option", "-a", false],
    ["a path", "a/b", false],
    ["a word of a shell", "a$b", false],
    ["nothing", "", false],
    ["101 letters", "a".repeat(101), false],
  ] as const)
    test(`a file may be called so, ${what}: ${expected}`, () => expect(TIE_NAME.test(name)).toBe(expected));
});
