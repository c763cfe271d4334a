import type { GroupReport } from "../../core/group/own-state.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ConfigSource } from "../../ports/config-source.ts";
import type { Fencer } from "../../ports/fencer.ts";
import type { HearingReader, RunsAsker } from "../../ports/group.ts";
import type { Hooks } from "../../ports/hooks.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import type { Logger, Mailer } from "../../ports/notices.ts";
import type { PeerProber, Pinger } from "../../ports/peers.ts";
import type { Xapi } from "../../ports/pool-database.ts";
import type { ProgressTasks } from "../../ports/progress-tasks.ts";
import type { RoundRecorder } from "../../ports/record.ts";
import type { StateStore } from "../../ports/state-store.ts";

/** All that one iteration reaches the world through; main builds the real ones, the simulator its own. */
export interface PassPorts {
  readonly clock: Clock;
  /** How many passes before this one, without a break, left no report: what they told is not remembered. */
  readonly lostPasses: number;
  /** Opens the client for this pass; `xeTimeoutMs` is the deadline of one ordinary call (XE_TIMEOUT). */
  openXapi(xeTimeoutMs: number): Xapi;
  /** What the monitor of this host hears. */
  readonly hearing: HearingReader;
  readonly runsAsker: RunsAsker;
  readonly prober: PeerProber;
  readonly pinger: Pinger;
  readonly fencer: Fencer;
  readonly localHost: LocalHost;
  readonly store: StateStore;
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly mailer: Mailer;
  /** Whom an administrator wants to be told what happens; absent: nobody, as in a replay. */
  readonly hooks?: Hooks;
  /** Where a failover is shown while it goes on; absent: nowhere, as in a replay. */
  readonly tasks?: ProgressTasks;
  readonly recorder: RoundRecorder;
}

/** What an iteration leaves for the monitor (state document `pass`): plain JSON, read without any library. */
export interface PassReport {
  /** Clock.uptimeMs at the end. */
  readonly finishedAtMs: number;
  readonly finishedAtWall: string;
  readonly bootId: string;
  readonly durationMs: number;
  /** When the next iteration is wanted; MONITOR_DELAY or sooner. */
  readonly nextInMs: number;
  readonly xapiCalls: number;
  readonly result: string;
  /** Why nothing can be decided on this host, as a sentence; null: it can. */
  readonly obstacle: string | null;
  /** Whether the daemons log (ENABLE_LOGGING, LOG_check_xapi). */
  readonly logs: boolean;
  /** The pool, for the heartbeats; null: it was never seen, or nothing could be learnt in this pass. */
  readonly group: GroupReport | null;
  /** The monitor's own parameters, so that it needs no parser. */
  readonly monitor: {
    readonly delayMs: number;
    readonly scanRateMs: number;
    readonly maxStarts: number;
    readonly killAll: boolean;
  };
}
