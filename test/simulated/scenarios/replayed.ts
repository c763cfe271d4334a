import type { HeadAndText } from "../../../src/ports/record.ts";
import type { RecordedRound } from "../../../src/record/recorded.ts";
import { parseRecorded } from "../../../src/record/recorded-text.ts";
import { replay } from "../../../src/record/replay.ts";
import type { World } from "../../../src/simulation/world.ts";

/** So many are enough to see what is wrong. */
const MOST = 3;
/** Of the rounds in which nothing happened one in so many is replayed. */
const ONE_IN = 10;

/** A round that was recorded, read when it is needed. */
type Later = () => RecordedRound | null;

/**
 * What the iterations of a world record, written out, read again and run through the core once more, as it comes: every round in which
 * something happened, and some of the others.
 */
export class Replayed {
  rounds = 0;
  /** What came to something else than it did, or has a secret; empty is good. */
  readonly failures: string[] = [];
  private readonly secrets: readonly string[];
  private readonly before = new Map<number, Later>();
  private quiet = 0;

  constructor(world: World, secrets: readonly string[] = []) {
    this.secrets = secrets;
    world.recorderOf = (host) => ({
      keep: (make) => this.take(`h${host} at ${(world.nowMs() / 1_000).toFixed(1)} s`, host, make()),
      end: async () => ({ why: null }),
    });
  }

  private take(where: string, host: number, { head, text }: HeadAndText): void {
    const before = this.before.get(host);
    const known = once(() => this.read(where, text));
    if (!head.eventful) this.quiet += 1;
    if (head.eventful || this.quiet % ONE_IN === 0) {
      const recorded = known();
      this.rounds += 1;
      const found = recorded && replay(recorded, before?.() ?? null);
      if (found !== null)
        this.fail(`${where}: ${found.of} ${found.path}: ${found.recorded}, now ${found.now}`.slice(0, 500));
      if (recorded?.kind === "end") return;
    }
    this.before.set(host, () => {
      const recorded = known();
      return recorded?.kind === "round" ? recorded : null;
    });
  }

  private read(where: string, text: string) {
    for (const secret of this.secrets) if (text.includes(secret)) this.fail(`${where}: it has ${secret}`);
    const parsed = parseRecorded(text);
    if (parsed.ok) return parsed.recorded;
    this.fail(`${where}: ${parsed.why}`);
    return null;
  }

  private fail(text: string): void {
    if (this.failures.length < MOST) this.failures.push(`record: ${text}`);
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
