import { tellNotices } from "../../core/alerts/alert-policy.ts";
import type { AlertMail } from "../../core/alerts/mail/alert-mail.ts";
import { reportPool, UNSEEN_POOL } from "../../core/alerts/pool-report.ts";
import { type AlertMemory, NO_ALERTS } from "../../core/memory/alert-memory.ts";
import { parseAlertMemory } from "../../core/memory/memory.ts";
import type { AlarmCall } from "../../ports/alarm.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import { observeSelf } from "../pass/observe-self.ts";
import type { PassPorts } from "../pass/pass-ports.ts";
import { rememberedMemory } from "../pass/remembered.ts";
import { resolveTexts } from "../pass/resolve-texts.ts";
import { messageOf } from "./alert-message.ts";

/** What an alarm needs of the world: what an iteration needs, but for all that acts. */
export type AlarmPorts = Pick<
  PassPorts,
  "clock" | "store" | "config" | "logger" | "mailer" | "openXapi" | "localHost"
>;

const POST_MS = 20_000;
const LOCAL_MS = 5_000;

/**
 * Tells what a daemon has to say, by mail and as XAPI message, as the parameters want it. The memory of the iterations is
 * not touched: one may be running. What was told is remembered beside it, so that a service that dies every minute does
 * not mail every minute.
 */
export async function raiseAlarm(call: AlarmCall, ports: AlarmPorts): Promise<void> {
  const { clock, store } = ports;
  const { settings } = resolveTexts(await ports.config.read(), null);
  ports.logger.obey?.(settings);
  const self = await observeSelf(ports, LOCAL_MS, neverAborts());
  const target = self === null ? ({ kind: "pool" } as const) : ({ kind: "host", uuid: self.uuid } as const);
  const notice = { ...call, from: "check_xapi", lasting: false, alert: true, target } as const;
  const before = await told(ports, self?.bootId ?? "");
  const nowMs = clock.uptimeMs();
  const { memory, alerts } = tellNotices(before.alerts, [notice], nowMs, settings);
  await store.save("alarms", { bootId: before.bootId, alerts: memory }).catch(() => undefined);
  const [alert] = alerts;
  if (alert === undefined) return;
  const remembered = await rememberedMemory(store);
  const isKnown = self !== null && remembered?.bootId === self.bootId;
  const report = isKnown ? reportPool(remembered, self, null, nowMs) : UNSEEN_POOL;
  const mail: AlertMail = { alerts: [alert], report, nowMs, wallMs: clock.wallMs() };
  if (settings.MAIL_ON && !settings.mailOff.has(alert.from)) {
    await ports.mailer.send(mail, settings).catch((error: unknown) => {
      ports.logger.log("error", "email", `Cannot hand over a mail: ${String(error)}`);
    });
  }
  if (!settings.ENABLE_ALERTS) return;
  const xapi = ports.openXapi(settings.XE_TIMEOUT * 1_000);
  await withDeadline(
    clock,
    POST_MS,
    neverAborts(),
    (signal) => xapi.post(messageOf(alert, clock), signal),
    () => null,
  );
  await withDeadline(
    clock,
    LOCAL_MS,
    neverAborts(),
    () => xapi.close(),
    () => undefined,
  );
}

interface ToldAlarms {
  readonly bootId: string;
  readonly alerts: AlertMemory;
}

/** What was told in this boot. */
async function told({ store }: AlarmPorts, bootId: string): Promise<ToldAlarms> {
  const loaded = await store.load("alarms");
  const value = loaded.kind === "found" ? (loaded.value as Partial<ToldAlarms> | null) : null;
  const alerts = parseAlertMemory(value?.alerts);
  return { bootId, alerts: alerts !== null && value?.bootId === bootId ? alerts : NO_ALERTS };
}
