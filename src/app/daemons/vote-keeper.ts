import { NOTHING_STORED, type Stored } from "../../core/group/stored.ts";
import type { PoolUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/notices.ts";
import type { VoteStore } from "../../ports/vote-store.ts";

/** A disk that fails is tried again after that; one that takes longer to answer is told. */
const AGAIN_MS = 1_000;
const SLOW_MS = 3_000;

/**
 * What this host has stored of its vote, and whether it is on the disk: only then it may be said. Nobody waits for the disk;
 * the heartbeats go on without a vote until it has answered.
 */
export class VoteKeeper {
  private readonly store: VoteStore;
  private readonly logger: Logger;
  private readonly clock: Clock;
  private pool: PoolUuid | null = null;
  /** What was read twice would take back what was stored in between. */
  private isReading = false;
  private onDisk: Stored | null = null;
  private savingSinceMs: number | null = null;
  private notBeforeMs = Number.NEGATIVE_INFINITY;
  private fault: string | null = null;

  constructor(store: VoteStore, { logger, clock }: { readonly logger: Logger; readonly clock: Clock }) {
    this.store = store;
    this.logger = logger;
    this.clock = clock;
  }

  /** Of the pool that this host is in now; null: it is the one that is known, or it is being read already. */
  async enter(pool: PoolUuid): Promise<Stored | null> {
    if (this.pool === pool || this.isReading) return null;
    this.isReading = true;
    try {
      return await this.read(pool);
    } finally {
      this.isReading = false;
    }
  }

  private async read(pool: PoolUuid): Promise<Stored> {
    const found = await this.store.load(pool);
    if (found.kind === "damaged") {
      const text = `What this host has stored of its vote is lost: ${found.why}. It does not vote until a leader has told it the roll.`;
      this.logger.log("error", "check_xapi", text);
    }
    const stored = found.kind === "stored" ? found.stored : NOTHING_STORED;
    this.pool = pool;
    this.onDisk = stored;
    return stored;
  }

  /** Has it been read what this host has stored? */
  get isKnown(): boolean {
    return this.onDisk !== null;
  }

  /** May it be said? */
  isOnDisk(stored: Stored): boolean {
    return this.onDisk === stored;
  }

  /** Why this host takes no part; null: it does. */
  trouble(): string | null {
    const sinceMs = this.savingSinceMs;
    const isSlow = sinceMs !== null && this.clock.uptimeMs() - sinceMs >= SLOW_MS;
    if (isSlow) this.tell("the disk does not answer");
    return this.fault;
  }

  /** Begins to store it, one at a time; `then` when that is done. What fails is tried again, once a second. */
  keep(stored: Stored, then: () => void): void {
    const { pool, clock } = this;
    if (pool === null || this.savingSinceMs !== null || this.onDisk === stored) return;
    if (clock.uptimeMs() < this.notBeforeMs) return;
    this.savingSinceMs = clock.uptimeMs();
    void this.save(pool, stored).then((why) => {
      this.savingSinceMs = null;
      if (why !== null) this.notBeforeMs = clock.uptimeMs() + AGAIN_MS;
      this.tell(why);
      if (why !== null || this.pool !== pool) return;
      this.onDisk = stored;
      then();
    });
  }

  private async save(pool: PoolUuid, stored: Stored): Promise<string | null> {
    try {
      await this.store.save(pool, stored);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private tell(why: string | null): void {
    if (why !== null && this.fault === null)
      this.logger.log(
        "error",
        "check_xapi",
        `Cannot store the vote of this host: ${why}. It has none until that works.`,
      );
    if (why === null && this.fault !== null)
      this.logger.log("info", "check_xapi", "The vote of this host is stored again.");
    this.fault = why;
  }
}
