import type { Finding, Verdict } from "../doctor/check.ts";
import type { Paint, Tone } from "./paint.ts";
import { plainText, wrapText } from "./text.ts";

const TONES: Readonly<Record<Verdict, Tone>> = { ok: "good", warn: "warning", bad: "bad" };

const INDENT = " ".repeat(6);

/**
 * A line for each finding, what is amiss with its cure, and a last line that counts. On a terminal in lines of 80 columns,
 * elsewhere one line each, for grep.
 */
export function renderFindings(findings: readonly Finding[], paint: Paint, isTerminal: boolean): string {
  const lines = findings.map((finding) => renderFinding(finding, paint, isTerminal));
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  return `${lines.join("")}\n${count("ok")} ok, ${count("warn")} to look at, ${count("bad")} bad\n`;
}

/** One finding: its verdict, its text, and what to do. */
export function renderFinding({ verdict, text, cure }: Finding, paint: Paint, isTerminal: boolean): string {
  const first = `${paint(TONES[verdict], verdict.padEnd(4))}  `;
  const said = plainText(text);
  const done = cure === null ? null : `-> ${plainText(cure)}`;
  if (!isTerminal) return `${first}${said}${done === null ? "" : ` ${done}`}\n`;
  const cured = done === null ? "" : paint("quiet", wrapText(done, `${INDENT}   `, INDENT));
  return `${wrapText(said, INDENT, first)}${cured}`;
}

/** The schema of `ha-cfg doctor --json`; `schema` changes when a field changes its meaning or goes. */
export interface DoctorReport {
  readonly schema: 1;
  readonly version: string;
  /** This host. */
  readonly host: string | null;
  /** The worst of the findings. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** The worst of the findings. */
export function worstOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "bad")) return "bad";
  return findings.some(({ verdict }) => verdict === "warn") ? "warn" : "ok";
}
