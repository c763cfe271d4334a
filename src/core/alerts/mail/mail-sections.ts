import type { Alert } from "../../model/alert.ts";
import { type Moment, timesSince, wallTime } from "../alert-times.ts";
import type { HostLine, PoolReport } from "../pool-report.ts";
import type { AlertMail } from "./alert-mail.ts";

/** A part of a mail: a title, sentences, rows of a table. Plain data, so that text and HTML say the same. */
export interface MailSection {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a mail says: each alert, then how the pool stands. */
export function mailSections(mail: AlertMail): readonly MailSection[] {
  const alerts = mail.alerts.map((alert) => alertSection(alert, mail));
  return [...alerts, ...poolSections(mail.report)];
}

function alertSection(alert: Alert, moment: Moment): MailSection {
  const { subject, severity, body, advice, from, atMs, repeats } = alert;
  const times = repeats === null ? "" : timesSince(repeats, moment);
  const rows = [
    ["Severity", severity],
    ["Time", wallTime(atMs, moment)],
    ["Function", from],
  ];
  const sentences = [body, advice === "" ? "" : `What to do: ${advice}`, times];
  return { title: subject, sentences: sentences.filter((text) => text !== ""), rows };
}

const HA = { on: "on", off: "off", unset: "neither on nor off" } as const;

/** Older than this, a view of the pool is worth a word. */
const OLD_MS = 60_000;

function poolSections(report: PoolReport): readonly MailSection[] {
  const { pool, host, role, ageMs, ha, master, successor, hosts, conditions } = report;
  const seen =
    ageMs === null
      ? ["This host has not seen the pool healthy yet."]
      : ageMs > OLD_MS
        ? [`The pool database was last read ${Math.round(ageMs / 60_000)} minutes ago.`]
        : [];
  const rows = [
    ["HA", ha === null ? "not known" : HA[ha]],
    ["Master", master ?? "not known"],
    ["Successor", successor ?? "none"],
    ...hosts.map((line) => [line.name, `${line.state}, ${vmsOf(line)}${line.address}`]),
  ];
  const title = `Pool ${pool === "" ? "(not known)" : pool}, as ${host} (${role}) sees it`;
  const now: MailSection = { title: "What holds now", sentences: conditions, rows: [] };
  return [{ title, sentences: seen, rows }, ...(conditions.length > 0 ? [now] : [])];
}

function vmsOf({ vms }: HostLine): string {
  return vms === null ? "" : `${vms} ${vms === 1 ? "VM" : "VMs"}, `;
}
