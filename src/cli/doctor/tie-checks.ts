import { asksHeuristicIps } from "../../config/tie-breaker.ts";
import { type Check, type Examination, enabledHosts, type Finding, findingsOf } from "./check.ts";
import { examinePlace, fittingPlace } from "./tie-place-checks.ts";

const { warn, bad } = findingsOf("tie-breaker");
const PLACE = "ha-cfg tie-breaker ssh USER@HOST:DIRECTORY, on a machine outside the pool";

/** A list of SRs, and a place that does not answer. */
const LIMIT_MS = 75_000;

/** When exactly half of the hosts is left, one half goes on and never both; or one host more, and there is no half. */
export const tieCheck: Check = {
  name: "tie-breaker",
  limitMs: () => LIMIT_MS,
  async run(examination, signal): Promise<readonly Finding[]> {
    const { settings } = examination;
    if (!settings.FENCE_QUORUM_REQUIRED) return [];
    const exclusive = settings.TIE_BREAKER === "ssh" || settings.TIE_BREAKER === "sr";
    return exclusive ? place(examination, signal) : withoutPlace(examination);
  },
};

/** By the roll, which knows who counts; before there is one by who is enabled. */
function countHosts(examination: Examination): number {
  return examination.sight.hearing?.group.roll?.hosts.length ?? enabledHosts(examination).length;
}

function withoutPlace(examination: Examination): readonly Finding[] {
  const { settings } = examination;
  const count = countHosts(examination);
  if (count < 2 || count % 2 !== 0) return [];
  // Nobody is to take the master's place.
  if (count === 2 && !settings.PROMOTE_SLAVE) return [];
  const cure = `${PLACE}; or add a host`;
  if (asksHeuristicIps(settings))
    return [
      warn(
        `${count} hosts are an even number, and heuristic IPs decide between two halves: both may reach them after a network split, and each may fence the other`,
        cure,
      ),
    ];
  // Of two it takes one death, of more the death of a whole half.
  if (count === 2)
    return [
      bad(
        "with two hosts and TIE_BREAKER=none nothing decides which one goes on alone: when the master dies, the other host does nothing before somebody says there: ha-cfg confirm-off",
        cure,
      ),
    ];
  return [
    warn(
      `${count} hosts are an even number, and nothing outside the pool decides between two halves: when the half with the master dies, the other half does nothing before somebody says there: ha-cfg confirm-off`,
      cure,
    ),
  ];
}

function place(examination: Examination, signal: AbortSignal): Promise<readonly Finding[]> {
  const { TIE_BREAKER, TIE_BREAKER_PLACE } = examination.settings;
  const kind = TIE_BREAKER === "sr" ? "sr" : "ssh";
  const cure = kind === "ssh" ? PLACE : "ha-cfg tie-breaker sr UUID, of a shared SR with files";
  const parsed = fittingPlace(kind, TIE_BREAKER_PLACE);
  if (parsed !== null) return examinePlace(parsed, examination, cure, signal);
  const text = `TIE_BREAKER=${TIE_BREAKER}, but TIE_BREAKER_PLACE ${TIE_BREAKER_PLACE === "" ? "names no place" : `is ${TIE_BREAKER_PLACE}, another kind of place`}: no half ever wins a tie`;
  return Promise.resolve([bad(text, cure)]);
}
