import { expect, test } from "bun:test";
import { isTagOf, keyOf, TAG_BYTES, tagOf } from "../../../../src/adapters/group/tag.ts";

test("HMAC-SHA256, cut to half (RFC 4231, test case 2)", () => {
  const tag = tagOf(Buffer.from("Jefe"), Buffer.from("what do ya want for nothing?"));
  expect(tag.toString("hex")).toBe("5bdcc146bf60754e6a042426089575c7");
});

test("the key is not the secret, and another one for another secret", () => {
  const key = keyOf("secret");
  expect(key.length).toBe(32);
  expect(key.includes("secret")).toBe(false);
  expect(key.equals(keyOf("secret2"))).toBe(false);
});

test("isTagOf: the whole tag, and nothing but it", () => {
  const key = keyOf("secret");
  const bytes = Buffer.from("message");
  const tag = tagOf(key, bytes);
  expect(isTagOf(key, bytes, tag)).toBe(true);
  expect(isTagOf(key, bytes, tag.subarray(0, TAG_BYTES - 1))).toBe(false);
  expect(isTagOf(key, bytes, Buffer.concat([tag, Buffer.alloc(1)]))).toBe(false);
  expect(isTagOf(keyOf("secret2"), bytes, tag)).toBe(false);
});
