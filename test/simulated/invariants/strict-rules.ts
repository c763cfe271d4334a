import { hostsRunning } from "../../../src/simulation/domains.ts";
import type { Facts } from "./facts.ts";
import type { Rule } from "./rules.ts";

/**
 * What may not be either, and what this program does not keep yet: forbidden where a scenario says so (`as-measured`),
 * counted everywhere else.
 */

/** A link that has worked for this long is one by which a host is heard. */
const HEARD_MS = 10_000;

/** The only copy of a VM is ended neither by this program nor by a comparison, unless no database knows the VM. */
const onlyCopyLives: Rule = {
  name: "only-copy-ended",
  check: (entry, facts) => {
    const byUs = entry.what === "domain-ended" && entry["why"] === "destroyed";
    const byComparison = entry.what === "domain-ended" && entry["why"] === "resync";
    if (!(byUs || byComparison) || entry["known"] === false) return null;
    const name = String(entry["vm"]);
    const vm = [...facts.world.vms.values()].find((known) => known.name === name);
    if (vm === undefined || hostsRunning(facts.world, vm.uuid).length > 0) return null;
    return `h${entry["host"]} ended the only copy of ${name}, ${byUs ? "as a leftover" : "after a comparison"}`;
  },
};

/** Who is heard by any host with power, to which a chain of working links leads, is not fenced. */
const heardIsAlive: Rule = {
  name: "fenced-heard",
  check: (entry, facts) => {
    if (entry.what !== "fence-begun") return null;
    const by = Number(entry["by"]);
    const victim = Number(entry["host"]);
    const witness = [...together(by, victim, facts)].find((host) => isAliveTo(host, victim, facts));
    if (witness === undefined) return null;
    return `h${by} fences h${victim}, which h${witness} hears`;
  },
};

/** The hosts to which a host is joined by working links, itself among them, without the help of `victim`. */
function together(first: number, victim: number, facts: Facts): ReadonlySet<number> {
  const found = new Set([first]);
  for (const from of found) {
    for (const { number } of facts.world.hosts)
      if (number !== victim && bothHear(from, number, facts)) found.add(number);
  }
  return found;
}

const bothHear = (a: number, b: number, facts: Facts): boolean =>
  facts.pingsForMs(a, b) > HEARD_MS && facts.pingsForMs(b, a) > HEARD_MS;

/** Its ping is heard, and its XAPI has not been silent for longer than is tolerated. */
function isAliveTo(host: number, victim: number, facts: Facts): boolean {
  if (!bothHear(host, victim, facts)) return false;
  const toleranceMs = Number(facts.setting(facts.world.host(host), "XAPI_DOWN_TOLERANCE")) * 1_000;
  return facts.xapiSilentMs(host, victim) < toleranceMs;
}

/** VMs of a host that is being declared dead have locked disks until the declaration has ended. */
const startAfterRelease: Rule = {
  name: "start-before-release",
  check: (entry, facts) => {
    if (entry.what !== "start-asked") return null;
    const end = facts.lastEnd.get(String(entry["vm"]));
    if (end === undefined || !facts.declaring.has(end.host)) return null;
    return `h${entry["by"]} starts ${entry["vm"]} while h${end.host} is still being declared dead`;
  },
};

export const STRICT_RULES: readonly Rule[] = [onlyCopyLives, heardIsAlive, startAfterRelease];
