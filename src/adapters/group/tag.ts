import { timingSafeEqual } from "node:crypto";

/** Half of an HMAC-SHA256: as many bits as anybody could guess at in the life of a pool secret. */
export const TAG_BYTES = 16;
/** The pool secret opens XAPI: what stands in datagrams is made with a key of its own, from which it cannot be had. */
const PURPOSE = "ha-lizard group 1";

/** The key of a pool secret. */
export function keyOf(secret: string): Buffer {
  return hmac(Buffer.from(secret, "utf8"), Buffer.from(PURPOSE, "utf8"));
}

export function tagOf(key: Buffer, bytes: Buffer): Buffer {
  return hmac(key, bytes).subarray(0, TAG_BYTES);
}

/** In a time that does not tell how much of the tag was right. */
export function isTagOf(key: Buffer, bytes: Buffer, tag: Buffer): boolean {
  return tag.length === TAG_BYTES && timingSafeEqual(tagOf(key, bytes), tag);
}

function hmac(key: Buffer, bytes: Buffer): Buffer {
  return new Bun.CryptoHasher("sha256", key).update(bytes).digest();
}
