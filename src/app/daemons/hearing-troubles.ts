import { refusedCount, refusedText } from "../../core/group/publish.ts";
import type { Refused } from "../../core/model/hearing.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/notices.ts";

/** A socket that is just being opened, or opened again, is not worth a line. */
const TROUBLE_MS = 3_000;
/** Whatever is refused, and however much of it. */
const REFUSED_LINE_MS = 60_000;

/** What is told of the transport: a trouble when it begins and when it is over, refused datagrams once a minute. */
export class HearingTroubles {
  private readonly logger: Logger;
  private readonly clock: Clock;
  private told: string | null = null;
  private sinceMs: number | null = null;
  private boardTold: string | null = null;
  private refusedTold = 0;
  private notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor({ logger, clock }: { readonly logger: Logger; readonly clock: Clock }) {
    this.logger = logger;
    this.clock = clock;
  }

  tell({ trouble, refused }: { readonly trouble: string | null; readonly refused: Refused }): void {
    const nowMs = this.clock.uptimeMs();
    this.sinceMs = trouble === null ? null : (this.sinceMs ?? nowMs);
    const isPassing = this.sinceMs !== null && nowMs - this.sinceMs < TROUBLE_MS;
    if (isPassing) return;
    if (trouble !== null && trouble !== this.told)
      this.logger.log("error", "check_xapi", `Cannot exchange heartbeats with the other hosts: ${trouble}.`);
    if (trouble === null && this.told !== null)
      this.logger.log("info", "check_xapi", "Heartbeats are exchanged again.");
    this.told = trouble;
    const sum = refusedCount(refused);
    if (sum === this.refusedTold || this.clock.uptimeMs() < this.notBeforeMs) return;
    this.notBeforeMs = this.clock.uptimeMs() + REFUSED_LINE_MS;
    const text = `${sum - this.refusedTold} datagrams on the port of the heartbeats were refused. All in all: ${refusedText(refused)}.`;
    this.logger.log("warning", "check_xapi", text);
    this.refusedTold = sum;
  }

  tellBoard(why: string | null): void {
    if (why !== null && this.boardTold === null)
      this.logger.log("error", "check_xapi", `Cannot publish who is heard: ${why}.`);
    this.boardTold = why;
  }
}
