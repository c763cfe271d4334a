import type { GroupStatus, NamedUuid, TieStatus } from "../status/status-report.ts";
import { type Said, spanText } from "./status-words.ts";

/** What decides between two halves of the pool; null where nothing needs to. */
export function tieLine({ tie, counts }: Pick<GroupStatus, "tie" | "counts">): Said | null {
  if (tie === null) return null;
  const { tested, trouble } = tie;
  const said = decision(tie, counts.length);
  // What a question has just found is newer.
  if (tested === null || trouble !== null) return said;
  if (tested.wrong === null) return { ...said, text: `${said.text}; tested ${spanText(tested.ageS)} ago` };
  const failed = `the test of this host fails since ${spanText(tested.sinceS)}: ${tested.wrong}`;
  return { text: `${said.text}; ${failed}`, tone: "bad" };
}

function decision(tie: TieStatus, count: number): Said {
  if (!tie.decides) return { text: `not needed now: ${count} hosts are an odd number`, tone: "plain" };
  return tie.by === "master" ? byMaster(tie) : byClaim(tie);
}

function byMaster({ breaker, holder, place }: TieStatus): Said {
  const decides = `${nameOf(holder)} decides, as XAPI master`;
  if (breaker === "none") return { text: decides, tone: "plain" };
  if (breaker === "ip")
    return { text: `${decides}; heuristic IPs decide whether a half may fence`, tone: "plain" };
  return { text: `${decides}, until the hosts have agreed on ${place || "a place"}`, tone: "warning" };
}

function byClaim({ holder, place, need, trouble, troubleS }: TieStatus): Said {
  const where = place ?? "the place that TIE_BREAKER_PLACE named before";
  const since = troubleS === null ? "" : `, since ${spanText(troubleS)}`;
  const isMissing = need === "lacks" || need === "lost";
  const what = isMissing ? "this host cannot claim it" : "it does not answer";
  const silent = trouble === null ? null : `${what}${since}: ${trouble}`;
  const more = silent === null ? "" : `; ${silent}`;
  if (need === "lives")
    return { text: `this host decides: it leads by its claim on ${where}${more}`, tone: "good" };
  if (holder !== null)
    return { text: `${nameOf(holder)} decides: it has claimed ${where}`, tone: isMissing ? "bad" : "plain" };
  if (need === "lost")
    return { text: `the claim on ${where} by which this host led is gone${more}`, tone: "bad" };
  if (silent !== null)
    return { text: `nobody decides now: ${where}: ${silent}`, tone: isMissing ? "bad" : "warning" };
  if (isMissing) return { text: `this host is claiming ${where}`, tone: "warning" };
  return { text: `the host that claims ${where} first; none has, as far as this host knows`, tone: "plain" };
}

function nameOf(host: NamedUuid | null): string {
  return host?.name || (host?.uuid ?? "nobody");
}
