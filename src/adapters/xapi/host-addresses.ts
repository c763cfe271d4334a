import { isIP } from "../../config/ip.ts";
import type { HostRecord, PifRecord } from "./records.ts";

/** Nobody else is there: this network, loopback, link-local, multicast and reserved. */
const NOWHERE_IPV4 = /^(0|127|169\.254|22[4-9]|2[3-5]\d)\./;
/** The same, and what is an IPv4 address after all. In the one way of writing each. */
const NOWHERE_IPV6 = /^(::1?$|::ffff:|fe[89ab].:|ff..:)/;

/**
 * The addresses of each host besides the one that XAPI uses, by reference of the host; those that a datagram can be sent
 * to, each once. An address that two hosts have is a way to neither: two networks that never meet may use the same ones.
 */
export function otherAddresses(
  hosts: ReadonlyMap<string, Pick<HostRecord, "address">>,
  pifs: readonly PifRecord[],
): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, Set<string>>();
  const add = (text: string, host: string) => {
    const address = plainAddress(text);
    if (address !== null) owners.set(address, (owners.get(address) ?? new Set()).add(host));
  };
  for (const { host, currently_attached, IP, IPv6 } of pifs)
    if (currently_attached && hosts.has(host)) for (const text of [IP, ...IPv6]) add(text, host);
  const main = new Set([...hosts.values()].map(({ address }) => plainAddress(address)));
  const own = [...owners].filter(([address, { size }]) => size === 1 && !main.has(address)).sort();
  const of = (host: string) => own.flatMap(([address, owner]) => (owner.has(host) ? [address] : []));
  return new Map([...hosts.keys()].map((host) => [host, of(host)]));
}

/** Without the length of the prefix, in the one way of writing it; null: nothing that a datagram could be sent to. */
function plainAddress(text: string): string | null {
  const [address = ""] = text.split("/");
  const family = isIP(address);
  if (family === 4) return NOWHERE_IPV4.test(address) ? null : address;
  // An address with a zone ("%eth0") is of one link.
  if (family !== 6 || address.includes("%")) return null;
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  return NOWHERE_IPV6.test(written) ? null : written;
}
