import type { GroupStatus } from "../status/status-report.ts";
import { type Said, spanText } from "./status-words.ts";

/** Who acts for the pool. `ha`: with HA off nobody needs to. */
export function leaderSaid(group: GroupStatus | null, ha: boolean): Said {
  const missing = ha ? "bad" : "quiet";
  if (group === null)
    return { text: "not known: the monitor has published nothing just now", tone: "warning" };
  const { lead, leader, sinceS, trouble, awaited, counts, heard } = group;
  const since = `since ${spanText(sinceS)}`;
  if (trouble !== null) return { text: `this host has no vote: ${trouble}`, tone: "bad" };
  switch (lead) {
    case "leads":
      return { text: `this host, ${since}`, tone: "good" };
    case "hears":
      return { text: `${leader?.name ?? "another host"}, ${since}`, tone: "good" };
    case "told":
      return { text: "not heard from here; other hosts hear one", tone: "warning" };
    case "elected":
    case "stands":
      return { text: "an election is under way", tone: "warning" };
    case "unsaid":
      return { text: "not known yet: the monitor has just begun", tone: "warning" };
    case "none":
      break;
  }
  if (counts.length > 0)
    return {
      text: `nobody, ${since}: ${heard.length} of ${counts.length} voting hosts are heard`,
      tone: missing,
    };
  return awaited.length > 0
    ? { text: `nobody yet: not heard, or not following this master: ${awaited.join(", ")}`, tone: missing }
    : { text: "nobody: this host is in no group yet", tone: missing };
}

/** Whose vote counts; null where nobody has one. */
export function countingSaid({
  counts,
  leftOut,
  isSettled,
  tie,
}: Pick<GroupStatus, "counts" | "leftOut" | "isSettled" | "tie">): Said | null {
  if (counts.length === 0) return null;
  const without = leftOut.length === 0 ? "" : `; without ${leftOut.join(", ")}`;
  const holder = tie?.decides === true ? tie.holder : null;
  const double = holder === null ? "" : ` (${holder.name ?? holder.uuid} twice)`;
  const open = isSettled === false ? "; not all of them know it yet" : "";
  return {
    text: `${counts.join(", ")}${double}${without}${open}`,
    tone: without === "" && open === "" ? "plain" : "warning",
  };
}

/** An answer that has been missing for this part of a lease is worth a look. */
const LATE = 3 / 5;

/** The lease of this host, and on the leader those of the others; null where nobody counts on leases. */
export function leaseSaid({ ownLease, leases }: GroupStatus): Said | null {
  if (ownLease === null && leases.length === 0) return null;
  const others = leases.map(
    ({ host, endsInS }) => `${host ?? "?"} (expires in ${endsInS} s unless it is heard)`,
  );
  const led = others.length === 0 ? "" : `; ${others.join(", ")}`;
  if (ownLease === null) return { text: `none of this host${led}`, tone: "warning" };
  const { leaseS, answeredS, trouble } = ownLease;
  if (leaseS === null)
    return trouble === null
      ? { text: `being armed, or ended${led}`, tone: "plain" }
      : { text: `none of this host: ${trouble}${led}`, tone: "bad" };
  const answered = answeredS === null ? "not answered yet" : `answered ${answeredS} s ago`;
  const isLate = answeredS !== null && answeredS > leaseS * LATE;
  return { text: `this host: ${leaseS} s, ${answered}${led}`, tone: isLate ? "bad" : "good" };
}
