import type { PoolIncident, SeenEvent } from "../../record/pool-incident.ts";

/** Something that stands in the lane of a host. */
export interface Mark {
  readonly lane: string;
  readonly atMs: number;
  readonly label: string;
  readonly colour: string;
}

const ORANGE = "#d68910";
const RED = "#c0392b";
const GREY = "#7a828c";
const GREEN = "#3c8d5a";
const PURPLE = "#8e44ad";
const BLUE = "#2e6da4";

type Add = (lane: string, at: string | null, label: string, colour: string) => void;

/** What befell a host is in its own lane, what it did in that of who did it; in the order of time. */
export function marksOf({ events, hosts, takeOvers }: PoolIncident): readonly Mark[] {
  const marks: Mark[] = [];
  const add: Add = (lane, at, label, colour) => {
    if (at !== null) marks.push({ lane, atMs: Date.parse(at), label, colour });
  };
  for (const host of hosts) {
    const { name, proof, proved, votes, declaredAt } = host;
    add(name, host.suspectAt, "silent", ORANGE);
    add(name, host.failedAt, "failed", RED);
    const counted = votes === null ? "" : `, ${votes.heard.length} of ${votes.counts.length} votes`;
    add(host.decidedBy ?? name, host.fenceAt, `fences ${name}${counted}`, RED);
    const off = !proved ? "given up" : proof === "WATCHDOG" ? "lease over" : "proved off";
    const isOne = host.offAt !== null && host.offAt === declaredAt;
    add(name, host.offAt, isOne ? `${off}, declared dead` : off, GREY);
    if (!isOne) add(name, declaredAt, "declared dead", GREY);
    const isXapiAlone = host.failedAt === null && host.suspectAt === null;
    add(name, host.xapiSilentAt, "XAPI silent", ORANGE);
    add(name, host.backAt, isXapiAlone ? "XAPI back" : "back", GREEN);
  }
  for (const { host, begunAt, doneAt } of takeOvers) {
    add(host, begunAt, "takes over", PURPLE);
    add(host, doneAt, "master", PURPLE);
  }
  for (const event of events) addOther(event, add);
  return marks.sort((a, b) => a.atMs - b.atMs);
}

const OTHERS: ReadonlyMap<string, string> = new Map([
  ["reboot-self", "reboots itself"],
  ["restart-toolstack", "restarts its toolstack"],
  ["hold-xapi", "XAPI held back"],
  ["release-xapi", "XAPI may start"],
  ["resign-master", "gives up its place"],
  ["follow-master", "follows the new master"],
]);

function addOther(event: SeenEvent, add: Add): void {
  if (event.kind === "begun" && OTHERS.has(event.what))
    add(event.seenBy, event.at, OTHERS.get(event.what) ?? "", BLUE);
  if (event.kind === "ended" && event.what === "enable-host" && event.result === "done")
    add(event.of, event.at, "enabled", GREEN);
}
