/** An answer that is longer than what was asked for can be. */
export class TooLong extends Error {}

const CHUNKS_A_TURN = 8;

/**
 * The text of an HTTP answer of at most `maxBytes`, counted as they come. What is compressed is refused: nobody asked for
 * it, and a megabyte of it may become a gigabyte. The connection ends with a refusal. Rejects with TooLong, and with what
 * `fetch` rejects with; the request has to be made with `UNCOMPRESSED`.
 */
export async function readBody(response: Response, maxBytes: number): Promise<string> {
  const encoding = response.headers.get("content-encoding") ?? "identity";
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const refuse = async (why: string): Promise<never> => {
    await reader.cancel().catch(() => undefined);
    throw new TooLong(why);
  };
  if (encoding.toLowerCase() !== "identity")
    return refuse("the answer is compressed, though nobody asked for that");
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.length;
    if (bytes > maxBytes) return refuse(`the answer has more than ${maxBytes} bytes`);
    parts.push(part.value);
    // A flood must not keep a deadline's timer from its turn.
    if (parts.length % CHUNKS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Parts of every request: nothing is asked to be compressed, and nothing is expanded. */
export const UNCOMPRESSED = { headers: { "Accept-Encoding": "identity" }, decompress: false } as const;
