import type { AlertQueue } from "../memory/alert-memory.ts";
import type { Alert } from "../model/alert.ts";

export interface AlertWays {
  readonly MAIL_ON: boolean;
  readonly ENABLE_ALERTS: boolean;
  /** Functions whose alerts are not mailed (MAIL_<name>=0). */
  readonly mailOff: ReadonlySet<string>;
}

/** More than this is not read by anybody; the latest are kept. */
const LONGEST = 100;

/** The queue with these alerts behind the others, by the ways that are switched on. */
export function enqueue(queue: AlertQueue, alerts: readonly Alert[], ways: AlertWays): AlertQueue {
  const mails = ways.MAIL_ON ? alerts.filter(({ from }) => !ways.mailOff.has(from)) : [];
  const posts = ways.ENABLE_ALERTS ? alerts : [];
  return {
    ...queue,
    unmailed: [...queue.unmailed, ...mails].slice(-LONGEST),
    unposted: [...queue.unposted, ...posts].slice(-LONGEST),
  };
}

/** This many mails may leave within the time; then what is to be told gathers, and one mail a minute has it all. */
const BURST = 10;
const BURST_MS = 10 * 60_000;
const GATHER_MS = 60_000;

const RANKS: readonly Alert["severity"][] = ["critical", "error", "warning", "info"];

/** The alerts of the mail that may leave now, the worst first; empty when there is none, or a storm is held back. */
export function nextMail(queue: AlertQueue, nowMs: number): readonly Alert[] {
  const lately = queue.mailedAtMs.filter((atMs) => nowMs - atMs < BURST_MS);
  const last = lately.at(-1);
  if (lately.length >= BURST && last !== undefined && nowMs - last < GATHER_MS) return [];
  return [...queue.unmailed].sort((a, b) => RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity));
}

/** The queue after that mail was handed over. */
export function mailed(queue: AlertQueue, alerts: readonly Alert[], nowMs: number): AlertQueue {
  return {
    ...queue,
    unmailed: queue.unmailed.filter((alert) => !alerts.includes(alert)),
    mailedAtMs: [...queue.mailedAtMs, nowMs].slice(-BURST),
  };
}

/** What is older was overtaken by what an administrator sees himself. */
const STALE_MS = 60 * 60_000;
/** `message.create` writes a file on the master; what is more waits for the next round. */
const POSTS_PER_ROUND = 10;

/** The alerts to post now, the oldest first. */
export function nextPosts(queue: AlertQueue): readonly Alert[] {
  return queue.unposted.slice(0, POSTS_PER_ROUND);
}

/** The queue after that one was handed over. */
export function posted(queue: AlertQueue, alert: Alert): AlertQueue {
  return { ...queue, unposted: queue.unposted.filter((other) => other !== alert) };
}

/** The queue with an alert that XAPI did not take back in its place. */
export function putBack(queue: AlertQueue, alert: Alert): AlertQueue {
  const unposted = [...queue.unposted, alert].sort((a, b) => a.atMs - b.atMs);
  return { ...queue, unposted: unposted.slice(-LONGEST) };
}

/**
 * The queue without what XAPI was away for too long to be told: conditions that are over (`active` are those that hold),
 * and what is an hour old.
 */
export function dropStale(
  queue: AlertQueue,
  active: Readonly<Record<string, string>>,
  nowMs: number,
): AlertQueue {
  const isFresh = ({ key, lasting, atMs }: Alert) => nowMs - atMs < STALE_MS && (!lasting || key in active);
  const fresh = queue.unposted.filter(isFresh);
  return fresh.length === queue.unposted.length ? queue : { ...queue, unposted: fresh };
}
