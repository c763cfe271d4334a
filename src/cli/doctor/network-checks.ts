import { describeFault } from "../../core/alerts/describe-fault.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { HostInterface } from "../../ports/pool-survey.ts";
import { nameOf, type Sight } from "../sight/sight.ts";
import { type Check, type Finding, fewNames, findingsOf } from "./check.ts";

const READ_MS = 30_000;
const { ok, warn } = findingsOf("networks");

/** Between the hosts there is more than one way, and their addresses stay what they are. */
export const networkCheck: Check = {
  name: "networks",
  limitMs: () => READ_MS,
  async run({ sight, survey }, signal) {
    if (!sight.database.ok || sight.hosts.length < 2) return [];
    const listed = await survey.interfaces(signal);
    if (!listed.ok)
      return [warn(`the addresses could not be listed: ${describeFault(listed.fault)}`, "run this again")];
    const byHost = new Map<HostUuid, readonly HostInterface[]>();
    for (const one of listed.value) byHost.set(one.host, [...(byHost.get(one.host) ?? []), one]);
    return [...oneWay(byHost, sight), ...sameNetwork(byHost, sight), ...byDhcp(listed.value, sight)];
  },
};

type ByHost = ReadonlyMap<HostUuid, readonly HostInterface[]>;

/** Several addresses on one card go through one cable; a bond has several. */
function oneWay(byHost: ByHost, sight: Sight): readonly Finding[] {
  const single = [...byHost].filter(
    ([, ports]) => new Set(ports.map(({ device }) => device)).size < 2 && !ports.some(({ isBond }) => isBond),
  );
  if (byHost.size === 0) return [];
  if (single.length === 0) return [ok("every host has a second network, or a bond, for the heartbeats")];
  const names = fewNames(single.map(([host]) => nameOf(sight, host)));
  const all = single.length === byHost.size;
  return [
    warn(
      `${all ? "all heartbeats go" : `the heartbeats of ${names} go`} through one network card and one switch: when that fails, ${all ? "the hosts lose each other although they run" : "a host that runs is taken for dead"}`,
      "give every host an address in a second network, by another switch; it is used by itself",
    ),
  ];
}

function sameNetwork(byHost: ByHost, sight: Sight): readonly Finding[] {
  return [...byHost].flatMap(([host, ports]) => {
    const known = ports.filter(({ network }) => network !== null);
    const twin = known.find((one, at) => known.findIndex(({ network }) => network === one.network) !== at);
    if (twin === undefined) return [];
    const both = known.filter(({ network }) => network === twin.network).map(({ address }) => address);
    const text = `${nameOf(sight, host)} has ${both.join(" and ")} in one network, ${twin.network}: answers leave by one of the two, so the other is no second way`;
    return [warn(text, "give one of them an address in a network of its own")];
  });
}

function byDhcp(ports: readonly HostInterface[], sight: Sight): readonly Finding[] {
  const hosts = ports.filter(({ isManagement, byDhcp }) => isManagement && byDhcp);
  if (hosts.length === 0) return [];
  const names = fewNames(hosts.map(({ host }) => nameOf(sight, host)));
  return [
    warn(
      `the address of ${names} comes from DHCP: with another one a host is lost for the pool, and fenced`,
      "xe pif-reconfigure-ip uuid=PIF mode=static IP=ADDRESS netmask=MASK gateway=GATEWAY DNS=SERVER",
    ),
  ];
}
