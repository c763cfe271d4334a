import { type LostHost, type PoolIncident, type StartedVm, wasLost } from "../../record/pool-incident.ts";
import { clockTime, decisionText, proofText } from "../screens/history.ts";
import { downMs, longestDown, secondsText, waitsText } from "./waits.ts";

/** Of the hosts of one answer; the tables below have all of them. */
const MOST_LINES = 8;

/** What an administrator asks first, each with its answer: what died, how it was proved, who decided, how long VMs were down. */
export function answers(incident: PoolIncident): readonly (readonly [question: string, answer: string])[] {
  const { hosts, takeOvers, vms } = incident;
  const lost = hosts.filter(wasLost);
  const ofHosts = (tell: (host: LostHost) => string | null): readonly string[] =>
    lost.flatMap((host) => {
      const told = tell(host);
      return told === null ? [] : [`${host.name}: ${told}`];
    });
  const asked = [
    ["What failed?", lost.length === 0 ? ["no host"] : ofHosts(howItFailed)],
    ["How is it known to be off?", ofHosts(howItIsOff)],
    ["Who decided to fence?", ofHosts(whoDecided)],
    [
      "Who is the new master?",
      takeOvers.map(
        ({ host, votes, begunAt, doneAt }) =>
          `${decisionText(host, votes)}; take-over begun at ${clockTime(begunAt)}, ${doneAt === null ? "not ended in these records" : `XAPI is master at ${clockTime(doneAt)}`}`,
      ),
    ],
    ["How long were VMs down?", howLong(incident, vms)],
    ["Why so long?", whySoLong(incident)],
  ] as const;
  return asked.flatMap(([question, lines]) =>
    lines.length === 0 ? [] : [[question, shortened(lines).join("\n")] as const],
  );
}

function shortened(lines: readonly string[]): readonly string[] {
  const over = lines.length - MOST_LINES;
  return over <= 0 ? lines : [...lines.slice(0, MOST_LINES), `… and ${over} more`];
}

function howItFailed({ suspectAt, failedAt, backAt }: LostHost): string {
  const back = backAt === null ? "" : `, back at ${clockTime(backAt)}`;
  if (failedAt === null)
    return `${suspectAt === null ? "not seen to fail" : `silent since ${clockTime(suspectAt)}, not counted as failed`}${back}`;
  if (suspectAt === null) return `counted as failed at ${clockTime(failedAt)}${back}`;
  const tookMs = Date.parse(failedAt) - Date.parse(suspectAt);
  return `silent since ${clockTime(suspectAt)}, counted as failed ${secondsText(tookMs)} later${back}`;
}

function howItIsOff(host: LostHost): string | null {
  if (host.offAt !== null) return `${proofText(host)}, at ${clockTime(host.offAt)}`;
  if (host.failedAt === null) return null;
  return host.refusals.length === 0 ? "it is not" : `it is not: ${host.refusals.join("; ")}`;
}

function whoDecided({ fenceAt, decidedBy, votes }: LostHost): string | null {
  return fenceAt === null ? null : `fenced by ${decisionText(decidedBy, votes)}; at ${clockTime(fenceAt)}`;
}

function howLong(incident: PoolIncident, vms: readonly StartedVm[]): readonly string[] {
  const started = vms.filter(({ startedAt }) => startedAt !== null);
  const down = vms.length - started.length;
  const times = started.map((vm) => downMs(vm, incident)).sort((a, b) => a - b);
  const [shortest] = times;
  const longest = times.at(-1);
  if (shortest === undefined || longest === undefined)
    return down === 0 ? [] : [`none of ${vms.length} runs again in these records`];
  const span =
    secondsText(shortest) === secondsText(longest)
      ? secondsText(longest)
      : `${secondsText(shortest)} to ${secondsText(longest)}`;
  const still = down === 0 ? "" : `; ${down} not started in these records`;
  return [`${span}: ${started.length} of ${vms.length} started again${still}`];
}

function whySoLong(incident: PoolIncident): readonly string[] {
  const longest = longestDown(incident);
  return longest === null ? [] : [`${longest.name}, down longest, waited ${waitsText(longest, incident)}`];
}
