import { messageText } from "../../core/alerts/message-text.ts";
import type { Alert } from "../../core/model/alert.ts";
import { plainTexts } from "../../core/model/plain-text.ts";
import type { Clock } from "../../ports/clock.ts";
import { ALERT_NAME, type NewMessage } from "../../ports/pool-database.ts";

/** An alert as a XAPI message, to be posted now. */
export function messageOf(alert: Alert, clock: Clock): NewMessage {
  const now = { nowMs: clock.uptimeMs(), wallMs: clock.wallMs() };
  return { name: ALERT_NAME, target: alert.target, ...messageText(plainTexts(alert), now) };
}
