import { nextOfHost } from "../explain/explain-host.ts";
import { explainVm } from "../explain/explain-vm.ts";
import type { ExplainFacts, Next } from "../explain/explanation.ts";
import { waitingVms } from "../vm-management.ts";

/** What the live view shows beside the status. */
export interface WatchView {
  /** Names of the VMs that run on each host, by its uuid; null: not known. */
  readonly vmsOn: ReadonlyMap<string, readonly string[]> | null;
  /** In how many seconds the mandate of this host is over unless it is renewed; null: it has none. */
  readonly mandateS: number | null;
  /** What is waited for, each with what it is about. */
  readonly waits: readonly Wait[];
}

export interface Wait extends Next {
  /** A host or a VM. */
  readonly about: string;
}

/** A screen has no room for more. */
const MOST_VMS = 20;

/** From what is known now, what is waited for in the whole pool. */
export function watchView(facts: ExplainFacts): WatchView {
  const { sight, report, nowMs } = facts;
  const untilMs = sight.hearing?.group.mandateUntilMs ?? null;
  return {
    vmsOn: vmsOn(facts),
    mandateS: untilMs === null || untilMs < nowMs ? null : Math.ceil((untilMs - nowMs) / 1_000),
    waits: report.ha === "on" ? [...hostWaits(facts), ...vmWaits(facts)] : [],
  };
}

function vmsOn({ sight: { database, vms } }: ExplainFacts): WatchView["vmsOn"] {
  if (!database.ok || vms === null) return null;
  const names = new Map<string, string>(vms.map(({ uuid, name }) => [uuid, name]));
  return new Map(
    database.value.hosts.map(({ uuid, residents }) => [
      uuid,
      residents.flatMap((vm) => names.get(vm.uuid) ?? []).sort(),
    ]),
  );
}

/** Hosts with which something is wrong; of the others nobody waits for anything. */
function hostWaits(facts: ExplainFacts): readonly Wait[] {
  const incidents = facts.sight.memory?.ofThisBoot === true ? facts.sight.memory.memory.incidents : {};
  return facts.report.hosts
    .filter(({ uuid, state, isSelf }) => {
      const isBad = state === "suspect" || state === "failed" || state === "silent";
      return (isBad && !isSelf) || Object.hasOwn(incidents, uuid);
    })
    .flatMap((host) => nextOfHost(host, facts).map((next) => ({ ...next, about: host.name })));
}

function vmWaits(facts: ExplainFacts): readonly Wait[] {
  const { sight } = facts;
  if (sight.vms === null || sight.pool === null) return [];
  return waitingVms(sight.vms, sight.pool.uuid, sight.resolved.settings)
    .slice(0, MOST_VMS)
    .flatMap((vm) =>
      explainVm(vm, facts)
        .next.slice(0, 1)
        .map((next) => ({ ...next, about: vm.name })),
    );
}
