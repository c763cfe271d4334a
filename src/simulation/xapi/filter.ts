import type { Fields, Json } from "../database.ts";
import { ApiError } from "./answer.ts";

export type Filter = (ref: string, fields: Fields) => boolean;
type Value = (ref: string, fields: Fields) => string;
type Token =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "word"; readonly text: string };

/**
 * Groups of fields whose column names join the group with two underscores (adapters/xapi/README.md, "Reads and
 * filters").
 */
const NAMESPACES = ["name", "memory", "VCPUs", "actions", "PV", "HVM", "API_version"];

/**
 * Understands an expression of `get_all_records_where`: equality of fields and literals with and, or, not, true,
 * false and parentheses; `and` and `or` bind alike, from the left. A bad expression is INVALID_VALUE, an unknown
 * column INTERNAL_ERROR.
 */
export function parseFilter(text: string, fields: ReadonlySet<string>): Filter {
  const tokens = lex(text);
  let at = 0;
  const bad = (why: string): ApiError => new ApiError("INVALID_VALUE", [text, why]);
  const grammar = "Xapi_database.Db_filter_parse.MenhirBasics.Error";
  const take = (): Token => {
    const token = tokens[at++];
    if (token === undefined) throw bad(grammar);
    return token;
  };
  const isWord = (word: string): boolean => tokens[at]?.kind === "word" && tokens[at]?.text === word;
  const expect = (word: string): void => {
    if (!isWord(word)) throw bad(grammar);
    at += 1;
  };

  const value = (): Value => {
    const token = take();
    if (token.kind === "string") return () => token.text;
    if (token.text !== "field") throw bad(grammar);
    const name = take();
    if (name.kind !== "string") throw bad(grammar);
    return column(name.text, fields);
  };
  const term = (): Filter => {
    if (isWord("true") || isWord("false")) {
      const holds = take().text === "true";
      return () => holds;
    }
    if (isWord("not")) {
      at += 1;
      const inner = term();
      return (ref, record) => !inner(ref, record);
    }
    if (isWord("(")) {
      at += 1;
      const inner = expression();
      expect(")");
      return inner;
    }
    const left = value();
    expect("=");
    const right = value();
    return (ref, record) => left(ref, record) === right(ref, record);
  };
  const expression = (): Filter => {
    let left = term();
    while (isWord("and") || isWord("or")) {
      const both = take().text === "and";
      const [first, second] = [left, term()];
      left = (ref, record) =>
        both ? first(ref, record) && second(ref, record) : first(ref, record) || second(ref, record);
    }
    return left;
  };

  const filter = expression();
  if (at !== tokens.length) throw bad(grammar);
  return filter;
}

function lex(text: string): Token[] {
  const pattern = /[ \t\n]+|"([^"]*)"|(field|and|or|not|true|false|=|\(|\))/y;
  const tokens: Token[] = [];
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) throw new ApiError("INVALID_VALUE", [text, 'Failure("lexing: empty token")']);
    if (match[1] !== undefined) tokens.push({ kind: "string", text: match[1] });
    else if (match[2] !== undefined) tokens.push({ kind: "word", text: match[2] });
  }
  return tokens;
}

function column(name: string, fields: ReadonlySet<string>): Value {
  if (name === "_ref") return (ref) => ref;
  const field = fieldOfColumn(name);
  if (field === null || !fields.has(field)) {
    // The real one looks a column up only when there is a row to compare.
    return () => {
      throw new ApiError("INTERNAL_ERROR", ["missing field", name, ""]);
    };
  }
  return (_, record) => marshal(record[field] ?? "");
}

/** `name__label` is name_label; `name_label` itself is no column. */
function fieldOfColumn(column: string): string | null {
  const group = NAMESPACES.find((namespace) => column.startsWith(`${namespace}_`));
  if (group === undefined) return column;
  const rest = column.slice(group.length);
  return rest.startsWith("__") ? `${group}_${rest.slice(2)}` : null;
}

/** As the database keeps it: sets and maps are s-expressions. */
function marshal(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value))
    return `(${(value as readonly Json[]).map((item) => `'${marshal(item)}'`).join(" ")})`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `('${key}' '${marshal(item)}')`);
    return `(${pairs.join(" ")})`;
  }
  return String(value);
}
