import type { AlertMemory, LastSent } from "../memory/alert-memory.ts";
import type { Alert, Notice } from "../model/alert.ts";
import type { AlertSettings } from "../model/settings.ts";

export interface Telling {
  readonly memory: AlertMemory;
  /** Lines for the log. */
  readonly lines: readonly TargetedNotice[];
  /** Alerts to send by mail and as XAPI message. */
  readonly alerts: readonly Alert[];
}

/** A notice with what it is about. */
export type TargetedNotice = Notice & Pick<Alert, "target">;

/**
 * What of this round's notices is new. A condition that goes on is not repeated, neither in the log nor by mail; the
 * same alert does not go out twice within MAIL_SCREEN_TIME minutes, and the next one says how often it was held back.
 */
export function tellNotices(
  memory: AlertMemory,
  notices: readonly TargetedNotice[],
  nowMs: number,
  settings: AlertSettings,
): Telling {
  const screenMs = settings.MAIL_SCREEN_TIME * 60_000;
  const active: Record<string, string> = {};
  const lastSent: Record<string, LastSent> = { ...forgetOld(memory.lastSent, nowMs, screenMs) };
  const lines: TargetedNotice[] = [];
  const alerts: Alert[] = [];
  for (const notice of notices) {
    if (notice.lasting) {
      active[notice.key] = notice.body;
      if (saysTheSame(memory.active[notice.key], notice.body)) continue;
    }
    lines.push(notice);
    if (!notice.alert) continue;
    const last = lastSent[notice.key];
    if (last !== undefined && nowMs - last.atMs < screenMs) {
      lastSent[notice.key] = { ...last, heldBack: last.heldBack + 1 };
      continue;
    }
    lastSent[notice.key] = { atMs: nowMs, heldBack: 0 };
    const { alert: _, ...alert } = notice;
    const repeats =
      last === undefined || last.heldBack === 0 ? null : { count: last.heldBack + 1, sinceMs: last.atMs };
    alerts.push({ ...alert, atMs: nowMs, repeats });
  }
  return { memory: { ...memory, active, lastSent }, lines, alerts };
}

const AMOUNT = /\d+(\.\d+)? (?=[MG]iB\b)/g;

/** Another amount of memory or of storage is no news. */
function saysTheSame(told: string | undefined, body: string): boolean {
  return told?.replace(AMOUNT, "") === body.replace(AMOUNT, "");
}

/** What was held back is worth telling with the next alert of its kind, but not for ever. */
const REMEMBERED_MS = 24 * 60 * 60_000;

function forgetOld(
  lastSent: Readonly<Record<string, LastSent>>,
  nowMs: number,
  screenMs: number,
): Readonly<Record<string, LastSent>> {
  const keeps = ({ atMs, heldBack }: LastSent) =>
    nowMs - atMs < (heldBack === 0 ? screenMs : Math.max(screenMs, REMEMBERED_MS));
  return Object.fromEntries(Object.entries(lastSent).filter(([, last]) => keeps(last)));
}
