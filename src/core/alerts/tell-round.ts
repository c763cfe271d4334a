import type { Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import type { Notice } from "../model/alert.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import type { AlertSettings } from "../model/settings.ts";
import { type TargetedNotice, tellNotices } from "./alert-policy.ts";
import { type AlertWays, dropStale, enqueue, mailed, nextMail, nextPosts, posted } from "./alert-queue.ts";
import { alertTarget } from "./alert-target.ts";
import { describeReason } from "./describe-reason.ts";

/** What switches the log and the ways of an alert, by the parameters' names. */
export interface TellSettings extends AlertSettings, AlertWays {
  readonly ENABLE_LOGGING: boolean;
  /** Functions that are not logged (LOG_<name>=0). */
  readonly logOff: ReadonlySet<string>;
}

export interface TellContext {
  readonly self: HostUuid;
  readonly nowMs: number;
  readonly settings: TellSettings;
  /** Nothing can be written here, and this pass is not the first: it sees every condition begin again. */
  readonly isForgetful: boolean;
}

/** What is logged now, and the memory with the alerts that wait to be sent. */
export interface RoundTelling {
  readonly memory: Memory;
  readonly lines: readonly Notice[];
  /** What has begun, changed or happened, whether it is logged or not: for hooks. */
  readonly told: readonly TargetedNotice[];
}

/** From what a round has to say: lines for the log, and alerts behind those that still wait. */
export function tellRound(memory: Memory, reasons: readonly Reason[], context: TellContext): RoundTelling {
  const { self, nowMs, settings } = context;
  const hosts = memory.lastGood?.hosts ?? [];
  const notices = reasons.map((reason) => ({
    ...describeReason(reason),
    target: alertTarget(reason, self, hosts),
  }));
  const telling = tellNotices(memory.alerts, notices, nowMs, settings);
  const lines = telling.lines.filter(({ from }) => settings.ENABLE_LOGGING && !settings.logOff.has(from));
  // The first pass of a host that cannot write has told what lasts.
  const lasting = new Set(notices.filter((notice) => notice.lasting).map(({ key }) => key));
  const alerts = context.isForgetful ? telling.alerts.filter(({ key }) => !lasting.has(key)) : telling.alerts;
  const queue = enqueue(telling.memory.queue, alerts, settings);
  const told = context.isForgetful ? telling.lines.filter(({ lasting }) => !lasting) : telling.lines;
  return { memory: { ...memory, alerts: { ...telling.memory, queue } }, lines, told };
}

/** The actions that send what waits: one mail, and messages if XAPI can be reached; and the memory without what is stale. */
export function alertsToSend(
  memory: Memory,
  nowMs: number,
  isXapiThere: boolean,
): { readonly memory: Memory; readonly actions: readonly Action[] } {
  const queue = dropStale(memory.alerts.queue, memory.alerts.active, nowMs);
  const mail = nextMail(queue, nowMs);
  const mails: readonly Action[] = mail.length > 0 ? [{ kind: "mail", alerts: mail }] : [];
  // A message board behind a dead master is not worth a wait.
  const posts = isXapiThere ? nextPosts(queue) : [];
  return {
    memory: { ...memory, alerts: { ...memory.alerts, queue } },
    actions: [...mails, ...posts.map((alert): Action => ({ kind: "post-message", alert }))],
  };
}

/** What leaves the queue is sent once: it is out of the memory before it is on its way. */
export function afterSending(memory: Memory, actions: readonly Action[], nowMs: number): Memory {
  let { queue } = memory.alerts;
  for (const action of actions) {
    if (action.kind === "mail") queue = mailed(queue, action.alerts, nowMs);
    if (action.kind === "post-message") queue = posted(queue, action.alert);
  }
  return { ...memory, alerts: { ...memory.alerts, queue } };
}
