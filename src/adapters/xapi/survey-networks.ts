import { type HostUuid, hostUuid, vmUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { HostFacts, HostInterface, LocalNetwork } from "../../ports/pool-survey.ts";
import { REAL_VMS } from "./filter.ts";
import { port } from "./inventory-records.ts";
import type { Session } from "./session.ts";
import { all } from "./survey-list.ts";
import * as shapes from "./survey-records.ts";

/**
 * XAPI starts a VM only where each of its networks has an interface, plugged or not; one that has none anywhere is private to whichever
 * host its VMs run on.
 */
export async function readLocalNetworks(
  session: Session,
  signal: AbortSignal,
): Promise<XapiResult<readonly LocalNetwork[]>> {
  const [vms, hosts, cards, networks, ports] = await Promise.all([
    all(session, "VM", shapes.named, signal, REAL_VMS),
    all(session, "host", shapes.named, signal),
    all(session, "VIF", shapes.virtualInterface, signal),
    all(session, "network", shapes.network, signal),
    all(session, "PIF", port, signal),
  ]);
  if (!vms.ok) return vms;
  if (!hosts.ok) return hosts;
  if (!cards.ok) return cards;
  if (!networks.ok) return networks;
  if (!ports.ok) return ports;
  const hostsOf = (pifs: readonly string[]): readonly HostUuid[] => {
    const found = new Set(pifs.map((pif) => hosts.value.get(ports.value.get(pif)?.host ?? "")?.uuid));
    return [...found].flatMap((uuid) => (uuid === undefined ? [] : [hostUuid(uuid)]));
  };
  const value = [...cards.value.values()].flatMap((card): readonly LocalNetwork[] => {
    const vm = vms.value.get(card.VM);
    const network = networks.value.get(card.network);
    if (vm === undefined || network === undefined || network.PIFs.length === 0) return [];
    const having = hostsOf(network.PIFs);
    if (having.length >= hosts.value.size) return [];
    return [{ vm: vmUuid(vm.uuid), network: network.name_label, hosts: having }];
  });
  return { ok: true, value };
}

/** Only what is plugged and has an address. */
export async function readInterfaces(
  session: Session,
  signal: AbortSignal,
): Promise<XapiResult<readonly HostInterface[]>> {
  const [hosts, ports] = await Promise.all([
    all(session, "host", shapes.named, signal),
    all(session, "PIF", shapes.hostInterface, signal),
  ]);
  if (!hosts.ok) return hosts;
  if (!ports.ok) return ports;
  const value = [...ports.value.values()].flatMap((port): readonly HostInterface[] => {
    const host = hosts.value.get(port.host);
    if (host === undefined || !port.currently_attached || port.IP === "") return [];
    return [
      {
        host: hostUuid(host.uuid),
        device: port.device,
        isBond: port.bond_master_of.length > 0 || port.device.startsWith("bond"),
        address: port.IP,
        network: networkOf(port.IP, port.netmask),
        isManagement: port.management,
        byDhcp: port.ip_configuration_mode === "DHCP",
      },
    ];
  });
  return { ok: true, value };
}

function networkOf(address: string, mask: string): string | null {
  const bytes = (text: string) => text.split(".").map(Number);
  const own = bytes(address);
  const masks = bytes(mask);
  const isBytes = (all: readonly number[]) =>
    all.length === 4 && all.every((one) => Number.isInteger(one) && one >= 0 && one <= 255);
  if (!isBytes(own) || !isBytes(masks)) return null;
  const bits = masks.map((one) => one.toString(2).padStart(8, "0")).join("");
  if (!/^1*0*$/.test(bits)) return null;
  return `${own.map((one, at) => one & (masks[at] ?? 0)).join(".")}/${bits.replaceAll("0", "").length}`;
}

export async function readHostFacts(
  session: Session,
  signal: AbortSignal,
): Promise<XapiResult<readonly HostFacts[]>> {
  const hosts = await all(session, "host", shapes.hostFacts, signal);
  if (!hosts.ok) return hosts;
  const value = [...hosts.value.values()].map((record): HostFacts => {
    const { product_brand, product_version, build_number, xapi_build } = record.software_version;
    const build = xapi_build ?? build_number;
    const mode = record.power_on_mode;
    return {
      host: hostUuid(record.uuid),
      version: [product_brand, product_version, build].filter((part) => part).join(" "),
      powerOn: mode === "" ? null : { mode, address: record.power_on_config["power_on_ip"] || null },
    };
  });
  return { ok: true, value };
}
