/** A stretch of TypeScript. The expressions inside a template literal are code; the text around them is `template`. */
export interface Piece {
  readonly kind: "code" | "comment" | "string" | "template" | "regex";
  readonly text: string;
}

/** One token that is not plain code; a template is read in parts, because its expressions may hold anything. */
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[`{}]|\//g;
const TEMPLATE_PART = /(?:\\[\s\S]|\$(?!\{)|[^`$\\])*(`|\$\{)/y;
const REGEX = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
/** After these a slash begins a regular expression; after a name, a number or a bracket that closes it divides. */
const BEFORE_REGEX = /(?:^|[=(,:;!&|?{[+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw))\s*$/;

/** Takes a file apart. All pieces together are the text again. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  /** Braces open inside the expression of each template that is being read. */
  const depths: number[] = [];
  let at = 0;
  const take = (kind: Piece["kind"], end: number) => {
    if (end > at) pieces.push({ kind, text: text.slice(at, end) });
    at = end;
  };
  const takeTemplate = (from: number) => {
    TEMPLATE_PART.lastIndex = from;
    const part = TEMPLATE_PART.exec(text);
    const opens = part?.[1] === "${";
    const end = part === null ? text.length : TEMPLATE_PART.lastIndex;
    take("template", end);
    if (opens) depths.push(0);
    return end;
  };

  let from = 0;
  for (;;) {
    TOKEN.lastIndex = from;
    const token = TOKEN.exec(text);
    if (token === null) break;
    const [found] = token;
    from = token.index + found.length;
    if (found === "`") {
      take("code", token.index);
      from = takeTemplate(from);
    } else if (found === "{" || found === "}") {
      const depth = depths.at(-1);
      if (depth === undefined) continue;
      if (found === "}" && depth === 0) {
        depths.pop();
        take("code", token.index);
        from = takeTemplate(from);
      } else depths[depths.length - 1] = depth + (found === "{" ? 1 : -1);
    } else if (found === "/") {
      REGEX.lastIndex = token.index;
      if (!BEFORE_REGEX.test(text.slice(Math.max(0, token.index - 40), token.index)) || !REGEX.test(text))
        continue;
      take("code", token.index);
      from = REGEX.lastIndex;
      take("regex", from);
    } else {
      take("code", token.index);
      take(found.startsWith("/") ? "comment" : "string", from);
    }
  }
  take("code", text.length);
  return pieces;
}

/** The text with only these kinds in it; each of the others leaves an empty string or a blank. */
export function keep(text: string, ...kinds: readonly Piece["kind"][]): string {
  return piecesOf(text)
    .map((piece) => (kinds.includes(piece.kind) ? piece.text : piece.kind === "comment" ? " " : '""'))
    .join("");
}
