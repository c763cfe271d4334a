import { refusedCount, refusedText } from "../../core/group/publish.ts";
import type { HeardHostReport, HearingReport } from "../status/status-report.ts";
import { type Said, spanText } from "./status-words.ts";

/** The heartbeats in one line; null where there is nobody to hear. */
export function hearingSaid(hearing: HearingReport | null, hosts: number): Said | null {
  if (hosts < 2) return null;
  if (hearing === null)
    return { text: "not known: the monitor has published nothing just now", tone: "warning" };
  const { trouble, refused } = hearing;
  if (trouble !== null) return { text: `none: ${trouble}`, tone: "bad" };
  const others = hearing.hosts.length;
  const direct = hearing.hosts.filter(({ heard }) => heard === "direct").length;
  const sum = refusedCount(refused);
  const dropped = sum === 0 ? "" : `; refused datagrams: ${refusedText(refused)}`;
  const isWhole = direct === others && hearing.hosts.every(({ misses }) => misses?.length === 0);
  return isWhole
    ? { text: `all hosts hear each other${dropped}`, tone: sum === 0 ? "good" : "warning" }
    : { text: `${direct} of ${others} other hosts are heard${dropped}`, tone: "warning" };
}

/** One sentence for each other host: since when it is heard, over which addresses, and whom it does not hear. */
export function heardHostText(report: HeardHostReport): string {
  const { name, heard, by, sinceS, addresses, misses, isCopyOld } = report;
  const since = spanText(sinceS);
  switch (heard) {
    case "direct": {
      const missed = misses === null || misses.length === 0 ? "" : `; it does not hear ${misses.join(", ")}`;
      const old =
        isCopyOld === true ? "; its copy of the pool database is not yet as new as the master's" : "";
      return `${name} is heard since ${since}, over ${listText(addresses)}${missed}${old}`;
    }
    case "reported":
      return `${name} is not heard from here since ${since}, but ${by ?? "another host"} hears it`;
    case "silent":
      return `${name} is not heard by anybody since ${since}`;
  }
}

/** `a`, `a and b`, `a, b and c`. */
function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
