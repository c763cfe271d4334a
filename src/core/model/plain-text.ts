/*
 * Text of other people's on its way to people: names of VMs and hosts, answers of servers and devices. Nothing in it may
 * begin a line of its own, move a cursor, turn the direction of reading, or be longer than anybody reads.
 */

/** What stands in the place of a secret. */
export const MASK = "********";

/** Control characters, and the two separators that some programs take for a line break. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/** A line that is indented goes on behind one space. */
const BREAKS_AND_INDENTS = /[\p{Cc}\u2028\u2029]+ */gu;
/** What is not seen, and changes what is: directions of writing, zero widths, tags, halves of pairs, private use. */
const UNSEEN = /[\p{Cf}\p{Cs}\p{Co}]/gu;

/** The same text on one line, every character of it visible: breaks become a space, unseen ones their number. */
export function oneLine(text: string): string {
  return text.replace(BREAKS_AND_INDENTS, " ").replace(UNSEEN, numberOf).trim();
}

function numberOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** At most `limit` characters (code points), the end marked when it was cut. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // No more than may be kept is taken apart: the text may have megabytes.
  const characters = [...text.slice(0, limit * 2 + 2)];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}

/** The text when it takes at most `limit` bytes of UTF-8, else its beginning and how much is missing, within them. */
export function cutBytes(text: string, limit: number): string {
  const total = byteLength(text);
  if (total <= limit) return text;
  const room = limit - byteLength(`… (${total} bytes cut)`);
  let used = 0;
  let end = 0;
  for (const character of text) {
    const bytes = bytesOf(character);
    if (used + bytes > room) break;
    used += bytes;
    end += character.length;
  }
  return `${text.slice(0, end)}… (${total - used} bytes cut)`;
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += bytesOf(character);
  return bytes;
}

/** What a character takes in UTF-8; half a surrogate pair is written as U+FFFD. */
function bytesOf(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** What administrators call their machines. A `. ` or `: ` within would read like the end of what the program says. */
const ORDINARY = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@()+#&/-]*$/u;
const LONGEST_NAME = 64;

/**
 * A name as it stands in a sentence: an ordinary one as it is, any other one in quotes with what is odd about it made
 * visible, a long one cut.
 */
export function showName(name: string): string {
  if (name.length <= LONGEST_NAME && ORDINARY.test(name) && !/[. ] | $/.test(name)) return name;
  const short = shorten(name, LONGEST_NAME);
  return `"${short.replace(/["\\]/g, "\\$&").replace(BREAKS, escapeAll).replace(UNSEEN, numberOf)}"`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escapeAll(run: string): string {
  return [...run].map((character) => ESCAPES.get(character) ?? numberOf(character)).join("");
}

/** A copy of plain data in which every text has gone through `change`; keys stay. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  const walk = (one: unknown): unknown => {
    if (typeof one === "string") return change(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, each]) => [key, walk(each)]));
  };
  return walk(value) as T;
}

/** Longer than any sentence of ours with the longest names in it. */
const LONGEST_SENTENCE = 2_000;

/**
 * What people are sent, with every text on one line and of a sane length: a line of a mail or a message is the program's
 * own, never one that somebody's name has begun.
 */
export function plainTexts<T>(value: T): T {
  return mapTexts(value, (text) => shorten(oneLine(text), LONGEST_SENTENCE));
}

/** FNV-1a, 32 bit: to see that a text has changed. */
export function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}
