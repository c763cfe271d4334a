import type { LostHost, SeenEvent, StartedVm, TakeOver } from "./pool-incident.ts";

/** More names than these would hide what happened to them. */
const MOST_NAMES = 4;

/** An incident in a line. Hosts that met the same fate are told of together. */
export function headlineOf(
  hosts: readonly LostHost[],
  takeOvers: readonly TakeOver[],
  vms: readonly StartedVm[],
  events: readonly SeenEvent[],
): string {
  const started = countVms(vms.filter(({ startedAt }) => startedAt !== null));
  const down = countVms(vms.filter(({ startedAt }) => startedAt === null));
  const parts = [
    ...fates(hosts.filter(({ failedAt, offAt }) => failedAt !== null || offAt !== null)),
    ...takeOvers.filter(({ doneAt }) => doneAt !== null).map(({ host }) => `${host} became master`),
    ...(started > 0 ? [`${plural(started, "VM")} started`] : []),
    ...(down > 0 ? [`${plural(down, "VM")} not started`] : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  const suspects = hosts.filter(({ suspectAt }) => suspectAt !== null);
  if (suspects.length > 0) return `${listNames(suspects)} did not answer for a while`;
  if (hosts.length > 0) return `XAPI of ${listNames(hosts)} did not answer for a while`;
  const done = events.find((event) => event.kind === "begun");
  return done === undefined ? "a host was seen again" : `${done.seenBy}: ${done.what} ${done.of}`.trim();
}

/** Each once, also when it was started twice. */
const countVms = (rows: readonly StartedVm[]): number => new Set(rows.map(({ name }) => name)).size;

const plural = (count: number, one: string): string => (count === 1 ? `1 ${one}` : `${count} ${one}s`);

function listNames(hosts: readonly LostHost[]): string {
  if (hosts.length > MOST_NAMES) return plural(hosts.length, "host");
  const names = hosts.map(({ name }) => name);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function fates(failed: readonly LostHost[]): readonly string[] {
  const byFate = new Map<string, LostHost[]>();
  for (const host of failed) byFate.set(fateOf(host), [...(byFate.get(fateOf(host)) ?? []), host]);
  return [...byFate].map(([fate, hosts]) => {
    const told = hosts.length > 1 ? fate.replace(/^was /, "were ") : fate;
    return `${listNames(hosts)} failed and ${told}`;
  });
}

function fateOf({ offAt, proved, proof, backAt, fenceAt }: LostHost): string {
  if (offAt !== null)
    return proved ? `was proved off (${proof ?? "by its device"})` : "was given up without a proof";
  if (backAt !== null) return "came back";
  return fenceAt === null ? "was not fenced" : "could not be fenced";
}
