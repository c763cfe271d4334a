import type { HostUuid } from "../model/ids.ts";
import type { Obstacle } from "./problem.ts";

/** What hosts, storage repositories and networks are called. */
export type NameOf = (uuid: string) => string;

/** As many hosts are named; of the others it is said how many there are. */
const MOST_NAMED = 4;

/**
 * In words why no host can run a VM, hosts with the same obstacle together. It says no amounts, so that it stays the same while
 * the reason does. `excluded`: hosts that get no VM now, whatever it needs, with why.
 */
export function whyNowhere(
  obstacles: readonly Obstacle[],
  excluded: readonly { readonly host: HostUuid; readonly why: string }[],
  nameOf: NameOf,
): string {
  const hosts = new Map<string, string[]>();
  const add = (host: HostUuid, why: string) => hosts.set(why, [...(hosts.get(why) ?? []), nameOf(host)]);
  for (const obstacle of obstacles) add(obstacle.host, textOf(obstacle, nameOf));
  for (const { host, why } of excluded) add(host, why);
  const parts = [...hosts].map(([why, names]) => `${listed(names)} ${why}`);
  return parts.length === 0 ? "there is no other host" : parts.join("; ");
}

function textOf(obstacle: Obstacle, nameOf: NameOf): string {
  switch (obstacle.kind) {
    case "storage":
      return `without its storage "${nameOf(obstacle.missing)}"`;
    case "network":
      return `without its network "${nameOf(obstacle.missing)}"`;
    case "cpus":
      return "with too few processors";
    case "memory":
      return "with too little free memory";
    case "taken":
      return "with memory only for VMs that go before it";
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  if (more > 1) return `${names.slice(0, MOST_NAMED).join(", ")} and ${more} others`;
  return [names.slice(0, -1).join(", "), names.at(-1)].filter((part) => part !== "").join(" and ");
}
