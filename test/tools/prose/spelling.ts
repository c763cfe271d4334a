import { proseOf } from "./prose.ts";

/** A word that is not in the list, and the line of its document. */
export interface UnknownWord {
  readonly word: string;
  readonly file: string;
}

/** Letters, with an apostrophe inside; what has a digit, an underscore, a dot or a slash in it is a name. */
const WORD = /(?<![\w./@-])[A-Za-z]+(?:'[a-z]+)?(?:-[A-Za-z]+(?:'[a-z]+)?)*(?![\w/@]|\.\w)/g;
/** Names of programs, parameters and standards: XAPI, FENCE, XenServer, iLO. */
const NAME = /^[A-Z]{2}|[a-z][A-Z]/;

/**
 * The words of a document as the list has them: in small letters, each part of a hyphenated one, without an 's, from three
 * letters on.
 */
export function wordsIn(markdown: string): ReadonlySet<string> {
  const found = [...proseOf(markdown).matchAll(WORD)].flatMap(([word]) => word.split("-"));
  const words = found.filter((word) => !NAME.test(word)).map((word) => word.toLowerCase().replace(/'s$/, ""));
  return new Set(words.filter((word) => word.length > 2));
}

/** Words of these documents that are not in the list: a slip, or a word to be added to it. */
export function checkSpelling(
  documents: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
): readonly UnknownWord[] {
  return [...documents].flatMap(([file, text]) =>
    [...wordsIn(text)].filter((word) => !known.has(word)).map((word) => ({ word, file })),
  );
}
