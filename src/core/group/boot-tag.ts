const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** 32 bits that stand for a text: FNV-1a. */
export function hash32(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash >>> 0;
}

const tags = new Map<string, number>();
/** Boots of the hosts of one pool, and nothing grows. */
const MOST_TAGS = 256;

/** Stands for a boot of one host, to tell it from that host's other ones. */
export function bootTag(bootId: string): number {
  const known = tags.get(bootId);
  if (known !== undefined) return known;
  if (tags.size >= MOST_TAGS) tags.clear();
  const tag = hash32(bootId);
  tags.set(bootId, tag);
  return tag;
}
