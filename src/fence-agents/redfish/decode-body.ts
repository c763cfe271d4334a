import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";

type Decoder = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  // Half of all servers leave out the header that the standard wants.
  deflate: (bytes, options) => (hasZlibHeader(bytes) ? inflateSync : inflateRawSync)(bytes, options),
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  identity: (bytes) => bytes,
};
const MOST_ENCODINGS = 3;

/**
 * The text of an answer, whose encodings (`Content-Encoding`) the controller has chosen whatever was asked for. At most
 * `limit` bytes after each step: a megabyte can become a gigabyte. A string in `why` says why there is none.
 */
export function decodeBody(
  bytes: Buffer,
  encodings: string,
  limit: number,
): { readonly text: string } | { readonly why: string } {
  const names = encodings
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length > MOST_ENCODINGS) return { why: `its answer is encoded ${names.length} times` };
  // `204 No Content` has nothing to unpack, whatever its headers say.
  if (bytes.length === 0) return { text: "" };
  let decoded = bytes;
  // The last one was applied last.
  for (const name of names.reverse()) {
    const decode = DECODERS[name];
    if (decode === undefined) return { why: `its answer is encoded in a way that is not known: ${name}` };
    // A header that tells of what a proxy in between has undone already.
    if (name.endsWith("gzip") && !hasGzipHeader(decoded)) continue;
    const step = tryTo(decode, decoded, limit);
    if ("why" in step) return step;
    decoded = step.bytes;
  }
  // Some send gzip and do not say so.
  if (hasGzipHeader(decoded)) {
    const step = tryTo(gunzipSync, decoded, limit);
    if ("why" in step) return step;
    decoded = step.bytes;
  }
  return { text: toText(decoded) };
}

function tryTo(decode: Decoder, bytes: Buffer, limit: number): { bytes: Buffer } | { why: string } {
  try {
    return { bytes: decode(bytes, { maxOutputLength: limit }) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
      return { why: `its answer is longer than ${limit} bytes when it is unpacked` };
    return { why: "its answer cannot be unpacked: it is damaged, or not complete" };
  }
}

function hasGzipHeader(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function hasZlibHeader(bytes: Buffer): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
}

/** UTF-8 unless a byte order mark says UTF-16; the mark, and zero bytes at the end, are not part of the text. */
function toText(bytes: Buffer): string {
  const [first, second] = bytes;
  const label =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(label).decode(bytes).replace(/\0+$/, "");
}
