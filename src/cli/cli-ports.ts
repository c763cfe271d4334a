import type { SwitchOn } from "../app/pass/fence.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfigSource, OverrideWriter } from "../ports/config-source.ts";
import type { Daemons } from "../ports/daemons.ts";
import type { PlayDrill } from "../ports/drill.ts";
import type { FenceLists } from "../ports/fence-lists.ts";
import type { FenceMethods } from "../ports/fence-methods.ts";
import type { Fencer } from "../ports/fencer.ts";
import type { HearingReader } from "../ports/group.ts";
import type { HostSurvey } from "../ports/host-survey.ts";
import type { Keyboard } from "../ports/keyboard.ts";
import type { LiveScreen } from "../ports/live-screen.ts";
import type { LocalHost } from "../ports/local-host.ts";
import type { LogReader } from "../ports/log-reader.ts";
import type { DescribedAction, Manual } from "../ports/manual.ts";
import type { Logger, MailTransport } from "../ports/notices.ts";
import type { Operator } from "../ports/operator.ts";
import type { PeerProber, Pinger } from "../ports/peers.ts";
import type { Xapi } from "../ports/pool-database.ts";
import type { PoolSurvey } from "../ports/pool-survey.ts";
import type { PrivateFiles } from "../ports/private-files.ts";
import type { RecordFiles } from "../ports/record.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { TcpProbe } from "../ports/tcp-probe.ts";
import type { OpenTieBreaker } from "../ports/tie-breaker.ts";
import type { OpenMasterWay } from "../ports/xapi-transport.ts";

/** All that ha-cfg reaches the world through. */
export interface CliPorts {
  readonly version: string;
  readonly clock: Clock;
  /** Opens a client; `xeTimeoutMs` is the deadline of one ordinary call (XE_TIMEOUT). */
  openXapi(xeTimeoutMs: number): Xapi;
  /** Only asked whether there is one. */
  readonly masterWay: OpenMasterWay;
  readonly config: ConfigSource;
  /** Writes the override file of this host. */
  readonly override: OverrideWriter;
  /** Only asks the fence devices; ha-cfg switches nothing off. */
  readonly fencer: Pick<Fencer, "status">;
  /** Switches a host on by its fence device. */
  readonly switchOn: SwitchOn;
  readonly fenceMethods: FenceMethods;
  /** The lists of fence devices of this host. */
  readonly fenceLists: FenceLists;
  /** Only asked for this host's role, to say whose silence it is. */
  readonly localHost: Pick<LocalHost, "observe">;
  /**
   * What the iterations of this host remember stands in for a pool that does not answer. Written is only an administrator's word
   * for the monitor (`confirmed-off`, `armed`), and for the iterations (`fencing-resumed`).
   */
  readonly store: Pick<StateStore, "load" | "save">;
  /** Who answers questions; nothing is asked when nobody can see it. */
  readonly keyboard: Keyboard;
  /** The whole terminal, for what is drawn again and again. */
  readonly liveScreen: LiveScreen;
  /** Backups of the parameters. */
  readonly files: PrivateFiles;
  /** What the iterations of this host have recorded, and a record from elsewhere. */
  readonly records: RecordFiles;
  /** Asks the other hosts of the pool whether they live. */
  readonly prober: PeerProber;
  /** Asks the heuristic IPs. */
  readonly pinger: Pinger;
  /** What the monitor of this host hears. */
  readonly hearing: HearingReader;
  readonly daemons: Daemons;
  /** The tie-breaker that these two parameters name, as this host would use it. Never throws. */
  tieBreaker(kind: "ssh" | "sr", place: string): OpenTieBreaker;
  /** Sends test mails. */
  readonly mail: MailTransport;
  /** The name of this machine. */
  readonly hostName: string;
  /** Asks whether the mail server is there. */
  readonly tcp: TcpProbe;
  /** Reads that only people need, in a session of their own. */
  openSurvey(xeTimeoutMs: number): PoolSurvey;
  /** Looks at this host, for doctor. */
  readonly hostSurvey: HostSurvey;
  readonly log: LogReader;
  /** The manual, with a table of these actions. */
  openManual(actions: readonly DescribedAction[]): Promise<Manual>;
  /** Plays a pool in virtual time. */
  readonly playDrill: PlayDrill;
  /** Takes a line about every change. */
  readonly logger: Logger;
  /** Who makes the changes. */
  readonly operator: Operator;
  /** Asks the monitor of this host for an iteration now. Never rejects; a monitor that does not run is no fault. */
  wakeMonitor(): Promise<void>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Standard output is a terminal: boxes and progress may be drawn. */
  readonly isTerminal: boolean;
  /** Columns of standard output, 80 where it is no terminal, and whether it shows more than ASCII. */
  readonly screen: { readonly columns: number; readonly unicode: boolean };
  /** Standard output is a terminal and NO_COLOR is not set: colours may be used. */
  readonly colours: boolean;
  /** What of this host the user may not use although every action needs it; null: nothing. */
  readonly denied: string | null;
  /** The user is root: secrets may be shown when asked for. */
  readonly isRoot: boolean;
}

/** The exit codes of ha-cfg. */
export const EXIT = { done: 0, failed: 1, usage: 2, xapiSilent: 124 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The user asked for something that does not exist or cannot be written; nothing was done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
