import { type AnyParameter, defaultText, type ParameterName, ROWS } from "../../config/params.ts";

/** The parts of the chapter; each parameter is in one of them. */
export const GROUPS = ["vms", "timing", "fencing", "ties", "mail", "watchdog"] as const;
type Group = (typeof GROUPS)[number];

/** By what their names begin with; the first that fits. What fits nowhere is about VMs and the pool. */
const BY_NAME: readonly (readonly [RegExp, Group])[] = [
  [/^(TIE_|FENCE_USE_IP_HEURISTICS$|FENCE_HEURISTICS_IPS$)/, "ties"],
  [/^FENCE_/, "fencing"],
  [/^(MAIL_|SMTP_|ENABLE_ALERTS$)/, "mail"],
  [/^(MONITOR_|XAPI_|XE_|HEARTBEAT_|ENABLE_LOGGING$)/, "timing"],
];

/** The group of a parameter; null for the switches by function, which are a list of their own. */
export function groupOf(name: ParameterName, { scope }: AnyParameter): Group | null {
  if (scope === "watchdog") return "watchdog";
  if (scope === "host" && /^(LOG|MAIL)_[a-z]/.test(name)) return null;
  return BY_NAME.find(([begins]) => begins.test(name))?.[1] ?? "vms";
}

/** The parameters of a group with all that the table knows of them, each under a heading. */
export function parametersOf(group: string): string {
  const rows = [...ROWS].filter(([name, row]) => groupOf(name, row) === group);
  if (rows.length === 0) throw new Error(`Cannot print the manual: there are no parameters of ${group}`);
  return rows.map(([name, row]) => renderParameter(name, row)).join("\n");
}

function renderParameter(name: ParameterName, row: AnyParameter): string {
  const standard = defaultText(name);
  const marks = [
    ...(row.mark === "new" ? ["not in HA-Lizard 1.x or 2.x"] : []),
    ...(row.mark === "deprecated" ? ["deprecated"] : []),
    ...(row.secret ? ["never shown"] : []),
    ...(row.onlyWhileOff ? ["changed only while HA is off"] : []),
  ];
  const facts = [
    `default: ${standard === "" ? "nothing" : `\`${standard}\``}`,
    `takes: ${row.kind.allowed}`,
    ...(row.scope === "pool" ? [] : [`kept in: ${PLACES[row.scope]}`]),
    ...(marks.length > 0 ? [marks.join("; ")] : []),
    ...(row.warns === null ? [] : [`\`${row.kind.render(row.warns.at)}\`: ${row.warns.text}`]),
  ];
  return `### \`${name}\`\n\n${row.meaning}\n\n${facts.map((fact) => `* ${fact}\n`).join("")}`;
}

const PLACES = { host: "the override file of each host", watchdog: "the script of the watchdog" } as const;
