import type { Memory } from "../memory/memory.ts";
import type { HostRuns } from "../model/hearing.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import type { DatabaseView, DomainRecord, PoolView } from "../model/pool-view.ts";
import { runsOnlyOn, whereabouts } from "./who-runs.ts";
import { allAnswers, witnessesOf } from "./witnesses.ts";

type Answers = ReadonlyMap<HostUuid, HostRuns>;

/** A VM that the database has somewhere else than where it runs. */
export type Difference =
  /** It runs on this host and nowhere else. */
  | { readonly kind: "elsewhere"; readonly record: DomainRecord; readonly host: HostUuid }
  /** It runs nowhere, and the database has it on this host. */
  | { readonly kind: "nowhere"; readonly record: DomainRecord; readonly host: HostUuid }
  | { readonly kind: "twice"; readonly record: DomainRecord; readonly hosts: readonly HostUuid[] };

/** Of the VMs that were asked about, those whose records are worth reading again: a host and the database differ. */
export function differingVms(
  asked: readonly VmUuid[],
  database: DatabaseView,
  answers: Answers,
): readonly VmUuid[] {
  const has = new Map(database.hosts.map(({ uuid, residents }) => [uuid, residents.map((vm) => vm.uuid)]));
  const differs = new Set<VmUuid>();
  for (const [host, { runs }] of answers) {
    if (runs === "unknown") continue;
    const residents = new Set(has.get(host) ?? []);
    const running = new Set(runs);
    for (const vm of running) if (!residents.has(vm)) differs.add(vm);
    for (const vm of residents) if (!running.has(vm)) differs.add(vm);
  }
  const differing = asked.filter((vm) => differs.has(vm));
  return differing.length > MOST_DIFFERING ? [] : differing;
}

/** A database that is wrong about more of them is a matter for a person: none is read, and nothing is done. */
const MOST_DIFFERING = 100;

/** What really differs, by the records of now. A VM that is being started, stopped or moved may be in two places. */
export function differencesOf(memory: Memory, view: PoolView, database: DatabaseView): readonly Difference[] {
  if (view.differing.length === 0) return [];
  const { master } = database.pool;
  const answers = allAnswers(view, master);
  const witnesses = witnessesOf(memory, view);
  return view.differing
    .filter(({ busy }) => !busy)
    .flatMap((record): readonly Difference[] => {
      const { uuid: vm, residentOn, powerState } = record;
      const found = whereabouts(vm, witnesses(vm), answers, master);
      if (found.kind === "not-known") return [];
      if (found.kind === "nowhere")
        return residentOn !== null && powerState === "Running"
          ? [{ kind: "nowhere", record, host: residentOn }]
          : [];
      const [host, second] = found.hosts;
      if (host === undefined) return [];
      if (second !== undefined) return [{ kind: "twice", record, hosts: found.hosts }];
      const isPlain = residentOn === null ? powerState === "Halted" : powerState === "Running";
      const isAlone = runsOnlyOn(host, vm, witnesses(vm), answers, master);
      return host !== residentOn && isPlain && isAlone ? [{ kind: "elsewhere", record, host }] : [];
    });
}
