import { join } from "node:path";
import type { Chunk, ChunkResult } from "./chunk.ts";
import type { Conditions } from "./plan.ts";
import { addSums, NO_SUMS, type Sums } from "./sums.ts";

export interface SearchOptions {
  readonly first: number;
  readonly runs: number;
  readonly least: number;
  readonly most: number;
  readonly workers: number;
  readonly conditions?: Conditions;
  /** Told after every chunk, in the order of seeds: everything below `next` is done. */
  readonly onProgress?: (state: SearchState) => void;
  /** Where an earlier search ended. */
  readonly from?: SearchState;
}

/** How far a search has come: plain JSON, so that it can go on another night. */
export interface SearchState {
  readonly next: number;
  readonly sums: Sums;
  readonly failures: ChunkResult["failures"];
}

/** The program needs some hundred histories until it runs at its full speed, so one process plays many. */
const MOST_IN_CHUNK = 2_000;
/** A chunk that takes longer than this hangs: a bug in the program or in the simulator. */
const CHUNK_MS = 30 * 60_000;

/** Plays many histories over several processes; the result does not depend on their number. */
export async function search(options: SearchOptions): Promise<SearchState> {
  const end = options.first + options.runs;
  let state: SearchState = options.from ?? { next: options.first, sums: NO_SUMS, failures: [] };
  let ahead = state.next;
  const most = Math.min(MOST_IN_CHUNK, Math.max(1, Math.ceil((end - ahead) / options.workers)));
  const done = new Map<number, ChunkResult & { readonly count: number }>();
  const work = async (): Promise<void> => {
    while (ahead < end) {
      const count = Math.min(most, end - ahead);
      const { least, most: largest, conditions } = options;
      const harder = conditions === undefined ? {} : { conditions };
      const chunk: Chunk = { first: ahead, count, least, most: largest, ...harder };
      ahead += count;
      done.set(chunk.first, { ...(await playElsewhere(chunk)), count });
      for (let next = done.get(state.next); next !== undefined; next = done.get(state.next)) {
        done.delete(state.next);
        const failures = [...state.failures, ...next.failures];
        state = { next: state.next + next.count, sums: addSums(state.sums, next.sums), failures };
        options.onProgress?.(state);
      }
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return state;
}

/** One chunk in a process of its own, so that every core works and memory comes back. */
async function playElsewhere(chunk: Chunk): Promise<ChunkResult> {
  const child = Bun.spawn([process.execPath, "--no-orphans", join(import.meta.dir, "worker.ts")], {
    stdin: new Blob([JSON.stringify(chunk)]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), CHUNK_MS);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  if (code === 0) return JSON.parse(out) as ChunkResult;
  const why = `the process ended with ${code ?? "a signal"}: ${err.trim().split("\n").slice(-3).join(" ")}`;
  return { sums: NO_SUMS, failures: [{ seed: chunk.first, failures: [why] }] };
}
