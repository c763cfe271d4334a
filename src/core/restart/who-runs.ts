import type { Witness } from "../model/action.ts";
import type { HostRuns } from "../model/hearing.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";

/**
 * Where a VM runs, by what the hosts themselves say. The database is never enough: after any restart of the master's
 * xapi it may be five minutes old (adapters/xapi/README.md, "The database on disk").
 */
export type Whereabouts =
  /** Everybody who was asked says no. */
  | { readonly kind: "nowhere" }
  | { readonly kind: "runs"; readonly hosts: readonly HostUuid[] }
  /** This host has said neither yes nor a no that counts. */
  | { readonly kind: "not-known"; readonly host: HostUuid; readonly why: NoWord };

/** Why a host's word is missing. */
export type NoWord =
  | "silent"
  /** Its list of domains cannot be read. */
  | "cannot-tell"
  /** Its xapi follows another master, or none: a start by that one may be under way there. */
  | "follows-another"
  /** The master's xapi has started: a start of before may still be under way inside this host's. */
  | "just-reconnected";

/** One host's own list stands among the answers, as that of any other. */
export function whereabouts(
  vm: VmUuid,
  witnesses: readonly Witness[],
  answers: ReadonlyMap<HostUuid, HostRuns>,
  master: HostUuid | null,
): Whereabouts {
  const hosts: HostUuid[] = [];
  let missing: Whereabouts | null = null;
  for (const witness of witnesses) {
    const answer = answers.get(witness.host);
    if (answer !== undefined && answer.runs !== "unknown" && answer.runs.includes(vm)) {
      hosts.push(witness.host);
      continue;
    }
    const why = whyNoWord(witness, answer, master);
    if (why !== null) missing ??= { kind: "not-known", host: witness.host, why };
  }
  // A yes is a yes, whatever others do not say.
  if (hosts.length > 0) return { kind: "runs", hosts };
  return missing ?? { kind: "nowhere" };
}

/** Does it run on this host and, by words that count, nowhere else? */
export function runsOnlyOn(
  host: HostUuid,
  vm: VmUuid,
  witnesses: readonly Witness[],
  answers: ReadonlyMap<HostUuid, HostRuns>,
  master: HostUuid | null,
): boolean {
  const runs = answers.get(host)?.runs ?? "unknown";
  if (runs === "unknown" || !runs.includes(vm)) return false;
  const others = witnesses.filter((witness) => witness.host !== host);
  return whereabouts(vm, others, answers, master).kind === "nowhere";
}

/** null: it says no, and that counts. */
function whyNoWord(witness: Witness, answer: HostRuns | undefined, master: HostUuid | null): NoWord | null {
  if (answer === undefined) return witness.isExcused ? null : "silent";
  if (answer.runs === "unknown") return "cannot-tell";
  const { role, master: followed, xapi } = answer.own;
  const isOurs =
    xapi === "held" || (master !== null && followed === master && (role === "slave" || role === "master"));
  if (!isOurs) return "follows-another";
  return witness.isUnsettled ? "just-reconnected" : null;
}

/** Why a VM is not started, for people; null: it runs nowhere. `nameOf` names a host. */
export function describeHold(found: Whereabouts, nameOf: (host: HostUuid) => string): string | null {
  switch (found.kind) {
    case "nowhere":
      return null;
    case "runs":
      return `it runs on ${found.hosts.map(nameOf).join(" and ")}, although the pool database says otherwise`;
    case "not-known":
      return NO_WORDS[found.why](nameOf(found.host));
  }
}

const NO_WORDS: Readonly<Record<NoWord, (host: string) => string>> = {
  silent: (host) =>
    `${host} has not answered whether it runs it (if that host is off: ha-cfg confirm-off ${host})`,
  "cannot-tell": (host) => `${host} cannot tell whether it runs it, because its domains cannot be listed`,
  "follows-another": (host) => `${host} follows another master, which may be starting it there`,
  "just-reconnected": (host) =>
    `${host} has only just come back to this master, and a start of before may be under way there`,
};
