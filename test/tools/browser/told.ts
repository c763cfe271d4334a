import { renderReport } from "../../../src/cli/report/page.ts";
import type { PoolEvent } from "../../../src/core/model/pool-event.ts";
import { incidentsOf } from "../../../src/record/incidents.ts";
import type { SeenEvent } from "../../../src/record/pool-incident.ts";

/** A pool whose master dies, with some of its other hosts; h2 takes over and starts the VMs of them all. */
export interface ToldPool {
  readonly hosts: number;
  /** The numbers of those that die, the master's first. */
  readonly dead: readonly number[];
  readonly vms: readonly string[];
}

const BEGUN_MS = Date.parse("2026-11-30T19:43:00Z");

/** The report of such a pool, of which everything that can stand in a report is true: XAPIs restart, a fence is refused, a VM stays down. */
export function reportOf({ hosts, dead, vms }: ToldPool): string {
  const names = Array.from({ length: hosts }, (_, index) => `h${index + 1}`);
  const lost = dead.map((number) => `h${number}`);
  const heard = names.filter((name) => !lost.includes(name));
  const votes = { leader: "h2", counts: names, heard, tie: null };
  const events: SeenEvent[] = [];
  const add = (s: number, event: object, seenBy = "h2") =>
    events.push({
      ...(event as PoolEvent),
      at: new Date(BEGUN_MS + Math.round(s * 1_000)).toISOString(),
      seenBy,
    });
  const said = (s: number, severity: string, text: string, by?: string) =>
    add(s, { kind: "said", severity, text }, by);
  lost.forEach((of, index) => {
    const offS = 15 + index * 5;
    add(0.1 * index, { kind: "health", of, state: "suspect" });
    add(10, { kind: "health", of, state: "failed" });
    add(offS - 5, { kind: "begun", what: "fence-host", of, from: null, votes });
    if (index === 1) {
      const why = "agent-timeout: the agent did not end within 20 s, and its device did not answer";
      add(offS - 2, { kind: "ended", what: "fence-host", of, result: "not-fenced", why, on: null });
    }
    add(offS, { kind: "incident", of, phase: "fenced", proved: true, by: "IPMI" });
    add(Math.max(offS, 27), { kind: "incident", of, phase: "declared", proved: true, by: "IPMI" });
    said(10, "error", `${of} is down: no response after 5 retries.`);
    said(offS, "critical", `${of} was fenced: its agent confirms that it is off.`);
  });
  add(16.4, { kind: "begun", what: "promote-self", of: "", from: null, votes });
  add(17, { kind: "ended", what: "promote-self", of: "", result: "done", why: null, on: null });
  for (const name of heard.filter((one) => one !== "h2")) {
    add(18, { kind: "begun", what: "follow-master", of: "", from: null, votes: null }, name);
    add(19.5, { kind: "health", of: name, state: "xapi-down" });
    add(20.2, { kind: "begun", what: "release-xapi", of: "", from: null, votes: null }, name);
    add(25, { kind: "health", of: name, state: "alive" });
    said(20, "warning", "Cannot read the pool database: connection refused; continuing.", name);
  }
  vms.forEach((of, index) => {
    const from = lost[index % lost.length] ?? null;
    const s = 28 + (index % lost.length) * 5 + index / 10;
    add(s, { kind: "begun", what: "start-vm", of, from, votes: null });
    const down = index === 1;
    const why = down ? "HOST_NOT_ENOUGH_FREE_MEMORY: no host has 16 GiB free" : null;
    const on = heard[index % heard.length];
    add(s + 1, { kind: "ended", what: "start-vm", of, result: down ? "refused" : "done", why, on });
    said(s + 1, "info", `${of} was halted and has been started.`);
  });
  const incident = incidentsOf(events).at(-1);
  if (incident === undefined) throw new Error("there is an incident");
  return renderReport({
    ...{ incident, missing: lost.map((host) => ({ host, why: "it is not up, by XAPI" })) },
    settings: new Map([
      ["XAPI_COUNT", "5"],
      ["FENCE_METHOD", "IPMI"],
    ]),
    record: "/etc/ha-lizard/state/record/2026-11-30T19-43-00.000Z.incident.record",
    ...{ version: "3.0.0", madeAt: new Date(BEGUN_MS + 600_000).toISOString() },
  });
}
