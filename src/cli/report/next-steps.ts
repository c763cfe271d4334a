import type { PoolIncident } from "../../record/pool-incident.ts";

const replay = (record: string | null): string =>
  record === null
    ? "ha-cfg replay, which lists its records"
    : `ha-cfg replay ${record} --with XAPI_COUNT=10, for example`;

/** What a person can do after an incident, the most urgent first. `record`: the file of this host that has it. */
export function nextSteps(
  { hosts, vms, takeOvers, id }: PoolIncident,
  record: string | null,
): readonly string[] {
  const down = vms.filter(({ startedAt }) => startedAt === null);
  const failed = hosts.filter(({ failedAt }) => failedAt !== null);
  const steps: string[] = [];
  for (const { name } of failed.filter(({ offAt, backAt }) => offAt === null && backAt === null))
    steps.push(
      `${name} was not proved off, so its VMs wait. Look at its fence device (ha-cfg fence-test ${name}); if it is off: ha-cfg confirm-off ${name}`,
    );
  for (const { name, refusals } of failed.filter(({ refusals }) => refusals.length > 0))
    steps.push(
      `Attempts to fence ${name} failed (${refusals.join("; ")}). Try its device: ha-cfg fence-test ${name}`,
    );
  for (const { name } of failed.filter(({ offAt, proved }) => offAt !== null && !proved))
    steps.push(`Nothing has proved that ${name} was off. Set up a method that proves: ha-cfg manual fencing`);
  for (const { name } of failed.filter(({ backAt }) => backAt === null))
    steps.push(
      `Find out why ${name} failed: its console, its hardware log, its power and its network. Then switch it on.`,
    );
  for (const { name, refusals } of down.slice(0, 20)) {
    const why = refusals.length === 0 ? "" : ` (${refusals.join("; ")})`;
    steps.push(`${name} was not started within these records${why}. Look why: ha-cfg get-vm-ha ${name}`);
  }
  if (takeOvers.some(({ doneAt }) => doneAt === null))
    steps.push("A take-over did not come to its end within these records: ha-cfg status on every host.");
  steps.push("Check that everything is healthy now: ha-cfg status, ha-cfg doctor");
  steps.push(
    `To try other parameters on this incident, on the host that decided: ${replay(record)}. In a terminal: ha-cfg history ${id}`,
  );
  return steps;
}
