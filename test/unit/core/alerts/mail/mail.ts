import type { AlertMail } from "../../../../../src/core/alerts/mail/alert-mail.ts";
import type { MailSettings } from "../../../../../src/core/alerts/mail/compose-mail.ts";
import type { Alert } from "../../../../../src/core/model/alert.ts";
import { host } from "../../fixtures.ts";

/** 14:05:09 on the wall is 600 s after the boot. */
export const MOMENT = { nowMs: 600_000, wallMs: Date.UTC(2026, 10, 23, 14, 5, 9) };

export const ALERT: Alert = {
  key: "host-failed:h2",
  from: "check_slave_status",
  severity: "error",
  subject: "h2 has failed",
  body: "h2 is down: no response to any of the retries.",
  advice: "Look at the host.",
  target: { kind: "host", uuid: host(2) },
  lasting: true,
  atMs: 540_000,
  repeats: null,
};

export const MAIL: AlertMail = {
  ...MOMENT,
  alerts: [ALERT],
  report: {
    pool: "lab",
    host: "h1",
    role: "master",
    ageMs: 300,
    ha: "on",
    master: "h1",
    successor: "h3",
    hosts: [
      { name: "h1", address: "10.0.0.1", state: "alive", vms: 12 },
      { name: "h2", address: "10.0.0.2", state: "failed", vms: 1 },
      { name: "h3", address: "10.0.0.3", state: "maintenance", vms: null },
    ],
    conditions: ["h2 is down: no response to any of the retries."],
  },
};

export const MAIL_SETTINGS: MailSettings = {
  SMTP_SERVER: "mail.example.org",
  SMTP_PORT: 587,
  SMTP_USER: "user",
  SMTP_PASS: "topsecret",
  SMTP_TLS: "auto",
  MAIL_FROM: "root@h1",
  MAIL_TO: ["a@example.org"],
  MAIL_SUBJECT: "ALERT FROM $HOSTNAME:",
  ENABLE_LOGGING: true,
  logOff: new Set(),
};
