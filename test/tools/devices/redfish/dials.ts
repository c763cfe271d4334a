import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { CollectionKind } from "./resources.ts";

/** How a Redfish service writes what it says, each as some controller does; all of them switchable while it runs. */
export interface Dials {
  /** Whatever was asked for. `untold`: packed without saying so; `told`: said, and not packed. */
  encoding:
    | keyof typeof ENCODINGS
    | "none"
    | "gzip-untold"
    | "gzip-told"
    | "gzip-twice"
    | "compress"
    | "bomb";
  /** In front of a text. */
  mark: "none" | "utf-8" | "utf-16le" | "utf-16be";
  /** Behind it. */
  tail: string;
  collection: CollectionKind;
  identity: "right" | "hidden-while-off" | "hidden" | "zeros" | "swapped" | "bare" | "capitals" | "braces";
  /** Refuses the next so many requests. */
  refusal: Refusal | null;
  /** The Host headers that it knows itself by; null: it does not look. */
  hosts: readonly string[] | null;
  /** The root, too, is only for those who log in. */
  closedRoot: boolean;
}

export interface Refusal {
  readonly status: number;
  readonly method: "GET" | "POST";
  times: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

export function plainDials(): Dials {
  return {
    ...{ encoding: "none", mark: "none", tail: "", collection: "right", identity: "right" },
    ...{ refusal: null, hosts: null, closedRoot: false },
  };
}

const ENCODINGS = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  "deflate-raw": deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;
/** A hundred megabytes of nothing. */
const BOMB = gzipSync(Buffer.alloc(100_000_000, " "));

/** The answer as this service writes it. */
export async function dress(answer: Response, { encoding, mark, tail }: Dials): Promise<Response> {
  if (encoding === "none" && mark === "none" && tail === "") return answer;
  const text = `${await answer.text()}${tail}`;
  const marked = Buffer.concat([Buffer.from(MARKS[mark]), encode(text, mark)]);
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  const told = encoding.replace(/-(raw|told)$/, "");
  if (encoding !== "none" && encoding !== "gzip-untold")
    headers.set(
      "content-encoding",
      encoding === "gzip-twice" ? "gzip, gzip" : encoding === "bomb" ? "gzip" : told,
    );
  return new Response(pack(marked, encoding), { status: answer.status, headers });
}

const MARKS = { none: [], "utf-8": [0xef, 0xbb, 0xbf], "utf-16le": [0xff, 0xfe], "utf-16be": [0xfe, 0xff] };

function encode(text: string, mark: Dials["mark"]): Buffer {
  if (!mark.startsWith("utf-16")) return Buffer.from(text, "utf8");
  const little = Buffer.from(text, "utf16le");
  return mark === "utf-16le" ? little : little.swap16();
}

function pack(bytes: Buffer, encoding: Dials["encoding"]): Buffer {
  switch (encoding) {
    case "none":
    case "gzip-told":
    case "compress":
      return bytes;
    case "bomb":
      return BOMB;
    case "gzip-untold":
      return gzipSync(bytes);
    case "gzip-twice":
      return gzipSync(gzipSync(bytes));
    default:
      return ENCODINGS[encoding](bytes);
  }
}

/** The refusal that is due for this request, if any. */
export function refuse(dials: Dials, method: string): Response | null {
  const { refusal } = dials;
  if (refusal === null || refusal.method !== method || refusal.times <= 0) return null;
  refusal.times--;
  const { status, body, headers } = refusal;
  return new Response(body ?? null, { status, headers: headers ?? {} });
}

/** iDRAC 9 and later firmware of others: a name in the Host header that is not theirs is a bad request. */
export function checkHost({ hosts }: Dials, request: Request): Response | null {
  if (hosts === null || hosts.includes(request.headers.get("host") ?? "")) return null;
  return new Response("<html><head><title>400 - Bad Request</title></head></html>", { status: 400 });
}

/** A UUID as this service shows it; undefined: not at all. */
export function showUuid(uuid: string, powerState: string, identity: Dials["identity"]): string | undefined {
  switch (identity) {
    case "right":
      return uuid;
    case "hidden":
      return undefined;
    case "hidden-while-off":
      return powerState === "Off" ? undefined : uuid;
    case "zeros":
      return "00000000-0000-0000-0000-000000000000";
    case "bare":
      return uuid.replaceAll("-", "");
    case "capitals":
      return uuid.toUpperCase();
    case "braces":
      return `{${uuid}}`;
    case "swapped": {
      const turn = (field: string) => (field.match(/../g) ?? []).reverse().join("");
      const [a = "", b = "", c = "", ...rest] = uuid.split("-");
      return [turn(a), turn(b), turn(c), ...rest].join("-");
    }
  }
}
