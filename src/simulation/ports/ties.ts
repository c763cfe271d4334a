import type { Claim, Holder, TieBreaker, TiePlaces } from "../../ports/tie-breaker.ts";
import { sleep } from "../clock.ts";
import type { World } from "../world.ts";

/** A connection, a script there, and its answer. */
const CALL_MS = 300;
/** Nothing answers: the limit of one call (adapters/ties/). */
const SILENT_MS = 10_000;

/**
 * Places outside the pool, each a folder on the one machine of this world, or on its shared storage; `tie` and `storage` are their ends of
 * a link.
 */
export function simTiePlaces(world: World, host: number): TiePlaces {
  const { ties } = world;
  /** What is done there is done, whether the answer comes or not. */
  const call = async <T>(kind: "ssh" | "sr", run: () => T): Promise<T | { kind: "unknown"; why: string }> => {
    const reaches = () => ties.isUp && world.reachesTie(host, kind);
    await sleep(world.clock, CALL_MS / 2 + ties.slowMs);
    if (!reaches()) {
      await sleep(world.clock, SILENT_MS);
      return { kind: "unknown", why: "no answer within 10 s" };
    }
    const answer = run();
    await sleep(world.clock, CALL_MS / 2);
    if (reaches() && !ties.losesAnswers) return answer;
    await sleep(world.clock, SILENT_MS);
    return { kind: "unknown", why: "no answer within 10 s" };
  };
  return { at: (kind, place) => simTie(world, host, `${kind} ${place}`, (run) => call(kind, run)) };
}

type Call = <T>(run: () => T) => Promise<T | { kind: "unknown"; why: string }>;

function simTie(world: World, number: number, folder: string, call: Call): TieBreaker {
  const { claims } = world.ties;
  const keyOf = (name: string) => `${folder} ${name}`;
  return {
    claim: (name, host) =>
      call((): Claim => {
        const key = keyOf(name);
        if (!claims.has(key)) world.record("tie-claimed", { host: number, name });
        const holder = claims.get(key) ?? host;
        claims.set(key, holder);
        return holder === host ? { kind: "own" } : { kind: "other", holder };
      }),
    holder: (name) =>
      call((): Holder => {
        const holder = claims.get(keyOf(name));
        return holder === undefined ? { kind: "free" } : { kind: "held", holder };
      }),
    remove: async (name) => {
      const said = await call(() => {
        if (claims.delete(keyOf(name))) world.record("tie-removed", { host: number, name });
        return null;
      });
      return said === null ? null : said.why;
    },
    test: async () => (await call(() => null))?.why ?? null,
  };
}
