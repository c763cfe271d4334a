import type { XapiResult } from "../../core/model/pool-view.ts";
import {
  type DatabaseEvent,
  judgeEvents,
  NOTHING_SEEN,
  WATCHED_CLASSES,
  type WakeMemory,
} from "../../core/pace/wake-policy.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { XapiTransport } from "../../ports/xapi-transport.ts";

export interface WatchPorts {
  readonly clock: Clock;
  /** The own xapi, over connections of its own: a request for events blocks the one it is on. */
  readonly transport: XapiTransport;
  /**
   * Is this host the master, by pool.conf? On a slave the request would block with the master (adapters/xapi/README.md,
   * T2).
   */
  isMaster(): Promise<boolean>;
  /** Asks for an iteration. */
  wake(): void;
}

const LOGIN = ["root", "", "1.0", "ha-lizard-events"] as const;
const ORDINARY_MS = 5_000;
/** How long XAPI holds a request without news, and how much later it has to answer at the latest. */
const HOLD_S = 30.5;
const HOLD_MARGIN_MS = 10_000;
/** While this host is no master, and after a session that ended: each new one wakes. */
const AWAY_MS = 5_000;
/** While its XAPI is silent: soon first, for it may only be a moment behind, then twice as long each time. */
const RETRY_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A storm of events is one look a second. */
const WAKE_GAP_MS = 1_000;

/**
 * Wakes the monitor of a master when something happened, until `signal` aborts. An accelerator and nothing else: it
 * says nothing when XAPI is away, tries again with growing patience, and everything works at MONITOR_DELAY without it.
 * Nothing is kept of what was seen, so deletions that `event.from` leaves out (adapters/xapi/README.md, "Events") are
 * missed by nobody.
 */
export async function watchEvents(ports: WatchPorts, signal: AbortSignal): Promise<void> {
  const { clock } = ports;
  let failures = 0;
  while (!signal.aborted) {
    let waitMs = AWAY_MS;
    if ((await ports.isMaster()) && !(await watchOnce(ports, signal))) {
      waitMs = Math.min(RETRY_MS * 2 ** failures, LONGEST_WAIT_MS);
      failures += 1;
    } else failures = 0;
    await clock.sleep(waitMs, signal);
  }
}

/** One session, for as long as it gives events; whether it gave any answer at all. */
async function watchOnce(ports: WatchPorts, signal: AbortSignal): Promise<boolean> {
  const session = await call(ports, "session.login_with_password", [...LOGIN], ORDINARY_MS, signal);
  if (!session.ok || typeof session.value !== "string") return false;
  try {
    return await follow(ports, session.value, signal);
  } finally {
    await call(ports, "session.logout", [session.value], ORDINARY_MS, new AbortController().signal);
  }
}

/** The pool alone gives a token without all VMs in the answer: what is asked from there on is only what changed. */
async function follow(ports: WatchPorts, session: string, signal: AbortSignal): Promise<boolean> {
  let news = await eventsFrom(ports, session, ["pool"], "", 0, signal);
  if (news === null) return false;
  let memory: WakeMemory = judgeEvents(NOTHING_SEEN, news.events).memory;
  // What happened while nobody watched is seen by the iteration that this asks for.
  ports.wake();
  while (!signal.aborted && (await ports.isMaster())) {
    news = await eventsFrom(ports, session, WATCHED_CLASSES, news.token, HOLD_S, signal);
    if (news === null) return true;
    const judged = judgeEvents(memory, news.events);
    memory = judged.memory;
    if (!judged.wakes) continue;
    ports.wake();
    await ports.clock.sleep(WAKE_GAP_MS, signal);
  }
  return true;
}

interface News {
  readonly events: readonly DatabaseEvent[];
  readonly token: string;
}

async function eventsFrom(
  ports: WatchPorts,
  session: string,
  classes: readonly string[],
  token: string,
  holdS: number,
  signal: AbortSignal,
): Promise<News | null> {
  const params = [session, classes, token, holdS];
  const answer = await call(ports, "event.from", params, holdS * 1_000 + HOLD_MARGIN_MS, signal);
  return answer.ok ? readNews(answer.value) : null;
}

/** Checked by hand: the monitor imports no parser. */
function readNews(value: unknown): News | null {
  if (typeof value !== "object" || value === null) return null;
  const { events, token } = value as { events?: unknown; token?: unknown };
  if (typeof token !== "string" || !Array.isArray(events)) return null;
  return { token, events: events.flatMap(readEvent) };
}

function readEvent(value: unknown): readonly DatabaseEvent[] {
  if (typeof value !== "object" || value === null) return [];
  const { class: kind, operation, snapshot } = value as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string" || typeof operation !== "string") return [];
  const record = typeof snapshot === "object" && snapshot !== null ? snapshot : null;
  return [{ class: kind.toLowerCase(), operation, snapshot: record as DatabaseEvent["snapshot"] }];
}

function call(
  { clock, transport }: WatchPorts,
  method: string,
  params: readonly unknown[],
  limitMs: number,
  signal: AbortSignal,
): Promise<XapiResult<unknown>> {
  const late = (): XapiResult<unknown> => ({ ok: false, fault: { kind: "timeout" } });
  if (signal.aborted) return Promise.resolve(late());
  return withDeadline(clock, limitMs, signal, (inner) => transport.call(method, params, inner), late);
}
