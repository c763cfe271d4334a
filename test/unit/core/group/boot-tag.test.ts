import { expect, test } from "bun:test";
import { bootTag, hash32 } from "../../../../src/core/group/boot-tag.ts";

test("hash32: FNV-1a, as others compute it", () => {
  expect(hash32("")).toBe(0x811c9dc5);
  expect(hash32("a")).toBe(0xe40c292c);
  expect(hash32("foobar")).toBe(0xbf9cf968);
});

test("bootTag: the same for the same boot, also when many others were asked for since", () => {
  const first = bootTag("boot-0");
  for (let number = 1; number < 600; number++) bootTag(`boot-${number}`);
  expect(bootTag("boot-0")).toBe(first);
  expect(bootTag("boot-1")).not.toBe(first);
});
