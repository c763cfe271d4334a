import { installCheapAbort } from "../../../src/simulation/cheap-abort.ts";
import { type Chunk, playChunk } from "./chunk.ts";

/** Reads a chunk from standard input, plays it, writes what became of it. */
installCheapAbort();
const chunk = (await Bun.stdin.json()) as Chunk;
process.stdout.write(JSON.stringify(await playChunk(chunk)));
