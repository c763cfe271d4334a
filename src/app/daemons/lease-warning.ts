import type { GroupState } from "../../core/group/group.ts";
import type { Alarm } from "../../ports/alarm.ts";
import type { Clock } from "../../ports/clock.ts";
import type { GroupSelf } from "../../ports/group.ts";
import type { Logger } from "../../ports/notices.ts";
import type { StateStore } from "../../ports/state-store.ts";

export interface LeaseWarningPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alarm: Alarm;
  readonly store: Pick<StateStore, "load" | "save">;
  readonly self: Pick<GroupSelf, "bootId">;
}

/** The lease as it runs out. */
export interface RunningLease {
  readonly leaseMs: number;
  /** The newest own number that was acknowledged. */
  readonly ackedMs: number;
  /** So many of the other hosts are heard. */
  readonly heard: number;
  readonly others: number;
}

/** null: nobody counts on a lease of this host. */
export function runningLease({ hearing, leases }: GroupState, leaseMs: number | null): RunningLease | null {
  const { ownAckedMs: ackedMs } = leases;
  if (leaseMs === null || ackedMs === null) return null;
  const peers = [...hearing.peers.values()];
  const heard = peers.filter(({ status }) => status !== "silent").length;
  return { leaseMs, ackedMs, heard, others: peers.length };
}

/** The part of a lease after which an acknowledgement that is still missing is worth a word. */
const LATE = 3 / 5;

/**
 * Tells in time that the group does not acknowledge this host any more, and why it was reset when it comes up again: its last word is on the
 * disk before the watchdog fires.
 */
export class LeaseWarning {
  private readonly ports: LeaseWarningPorts;
  private isLate = false;

  constructor(ports: LeaseWarningPorts) {
    this.ports = ports;
  }

  /** Once, when the monitor starts. Never rejects. */
  async tellLastBoot(): Promise<void> {
    const { store, self, logger, alarm } = this.ports;
    const [loaded, bootId] = await Promise.all([store.load("last-word"), self.bootId()]);
    const word = loaded.kind === "found" ? (loaded.value as Partial<LastWord> | null) : null;
    if (typeof word?.text !== "string" || bootId === null || word.bootId === bootId) return;
    const text = `This host was reset by its own watchdog, as FENCE_METHOD=WATCHDOG wants it. Its last word before: ${word.text}`;
    logger.log("critical", "check_xapi", text);
    alarm.raise({
      key: "reset-by-lease",
      severity: "critical",
      subject: "This host was reset by its watchdog: the pool had not answered it",
      body: text,
      advice:
        "Look at the network of this host, and at its load at that time. ha-cfg status shows who is heard.",
    });
    await this.keep(null);
  }

  /** Once a second; null: nobody counts on a lease of this host. */
  tell(lease: RunningLease | null, nowMs: number): void {
    const isLate = lease !== null && nowMs - lease.ackedMs > lease.leaseMs * LATE;
    if (isLate === this.isLate) return;
    this.isLate = isLate;
    const { logger } = this.ports;
    if (lease === null || !isLate) {
      logger.log("info", "check_xapi", "The pool answers this host again: its lease goes on.");
      void this.keep(null);
      return;
    }
    const silentS = Math.round((nowMs - lease.ackedMs) / 1_000);
    const text = `no host that leads the pool has answered this one for ${silentS} s of the ${lease.leaseMs / 1_000} s of its lease; it hears ${lease.heard} of ${lease.others} other hosts.`;
    logger.log("critical", "check_xapi", `The watchdog is about to reset this host: ${text}`);
    void this.keep(text);
  }

  /** Without a deadline of its own: whoever waits for it waits for the end of this host. */
  private async keep(text: string | null): Promise<void> {
    const { store, self, clock } = this.ports;
    const bootId = await self.bootId();
    const at = new Date(clock.wallMs()).toISOString();
    const word: LastWord | null =
      text === null || bootId === null ? null : { bootId, text: `${at}: ${text}` };
    await store.save("last-word", word, true).catch(() => undefined);
  }
}

interface LastWord {
  readonly bootId: string;
  readonly text: string;
}
