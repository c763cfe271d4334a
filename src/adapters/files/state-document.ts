/*
 * A state document as it stands in its file: JSON, with a checksum around it. A disk that turns one number into another
 * leaves valid JSON behind, and a host must not decide about power by that.
 */

const HEAD = /^\{"checksum":"([0-9a-f]{64})","document":/;
const TAIL = "}\n";

export type ParsedDocument =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

/** The text of the file `name`. */
export function renderDocument(name: string, value: unknown): string {
  const json = JSON.stringify(value);
  return `{"checksum":"${checksumOf(name, json)}","document":${json}${TAIL}`;
}

/**
 * The document in the text of the file `name`. A text without a checksum is one of the version before, which wrote none:
 * it is read, and gets one with the next save.
 */
export function parseDocument(name: string, text: string): ParsedDocument {
  const head = HEAD.exec(text);
  const json = head === null ? text : text.slice(head[0].length, -TAIL.length);
  if (head !== null && !text.endsWith(TAIL)) return { ok: false, why: "its end is missing" };
  if (head !== null && checksumOf(name, json) !== head[1])
    return { ok: false, why: "its checksum is another: something else than this program has changed it" };
  try {
    const value: unknown = JSON.parse(json);
    return head === null && isWrapped(value)
      ? { ok: false, why: "something else than this program has written it" }
      : { ok: true, value };
  } catch (error) {
    return { ok: false, why: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The name counts too: the document of another file is damage as well. */
function checksumOf(name: string, json: string): string {
  return new Bun.CryptoHasher("sha256").update(`${name}\n${json}`).digest("hex");
}

/** The form of today in another spelling: its checksum cannot be held against it. Neither key is one of a document's own. */
function isWrapped(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (Object.hasOwn(value, "checksum") || Object.hasOwn(value, "document"))
  );
}
