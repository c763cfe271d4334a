import { vmUuid } from "../../../src/core/model/ids.ts";
import { HOST } from "./fake-xapi.ts";
import { rowsOf } from "./misconfigured-hosts.ts";
import { hosts, interfaceOf, keys, soundPool, WEB } from "./sound-pool.ts";
import { vm } from "./vms.ts";

const GIB = 1024 ** 3;
const THREE = hosts(3);
const [first, second] = THREE;
const all = soundPool();
const listed = <T>(value: readonly T[]) => ({ ok: true, value }) as const;
const interfaces = all.interfaces?.ok ? all.interfaces.value : [];
const facts = all.hostFacts?.ok ? all.hostFacts.value : [];
const withVm = (otherConfig: Readonly<Record<string, string>>, startBlocked = false) => {
  const web = vm(1, "web");
  return [{ ...web, startBlocked, otherConfig: { ...web.otherConfig, ...otherConfig } }];
};
const set = (params: Readonly<Record<string, string | null>>) => ({ otherConfig: keys(params) });

/** Of the pool as a whole: its networks, its VMs, its parameters, and who is told. */
export const OF_A_POOL = rowsOf([
  [
    "one switch for all",
    "networks",
    "warn",
    "all heartbeats go through one network card and one switch",
    { interfaces: listed(interfaces.filter(({ isManagement }) => isManagement)) },
  ],
  [
    "a second network that is a VLAN on the same card, on one host",
    "networks",
    "warn",
    "the heartbeats of dom0-2 go through one network card and one switch",
    {
      interfaces: listed(
        interfaces.map((one) => (one.host === second?.uuid ? { ...one, device: "eth0" } : one)),
      ),
    },
  ],
  [
    "two addresses in one network",
    "networks",
    "warn",
    "dom0-1 has 192.0.2.1 and 192.0.2.101 in one network, 192.0.2.0/24",
    {
      interfaces: listed([
        ...interfaces,
        interfaceOf(HOST, { device: "eth2", address: "192.0.2.101", isManagement: false }),
      ]),
    },
  ],
  [
    "the address of a host comes from DHCP",
    "networks",
    "warn",
    "the address of dom0-2 comes from DHCP",
    { interfaces: listed(interfaces.map((one) => ({ ...one, byDhcp: one.host === second?.uuid }))) },
  ],
  [
    "two hosts of one name",
    "names",
    "warn",
    "several hosts are called xcp-ng",
    { hosts: THREE.map((host) => ({ ...host, name: host === second ? "dom0-3" : "xcp-ng" })) },
  ],
  [
    "an update that was not completed",
    "versions",
    "warn",
    "the hosts have different versions: XCP-ng 8.3.0 24.19.2 on dom0-1, dom0-3; XCP-ng 8.2.1 1.249 on dom0-2",
    {
      hostFacts: listed(
        facts.map((one) => (one.host === second?.uuid ? { ...one, version: "XCP-ng 8.2.1 1.249" } : one)),
      ),
    },
  ],
  [
    "auto_poweron on a managed VM",
    "auto-poweron",
    "bad",
    `a host that boots while it is cut off starts it a second time, and two copies destroy a disk -> xe vm-param-remove uuid=${WEB} `,
    { vms: withVm({ auto_poweron: "true" }), otherConfig: { ...keys(), auto_poweron: "true" } },
  ],
  [
    "auto_poweron on a managed VM of a pool that has it off",
    "auto-poweron",
    "warn",
    "auto_poweron is set for VM web, which HA starts: as soon as the pool has auto_poweron as well",
    { vms: withVm({ auto_poweron: "true" }) },
  ],
  [
    "no VM has the flag",
    "managed-vms",
    "warn",
    "HA looks after no VM: with GLOBAL_VM_HA=0 only those whose own flag is true",
    set({ GLOBAL_VM_HA: "0" }),
  ],
  [
    "OP_MODE=1 without a vApp",
    "managed-vms",
    "warn",
    "HA looks after no VM: with OP_MODE=1 only those in a vApp",
    set({ OP_MODE: "1" }),
  ],
  [
    "a VM whose start was blocked and forgotten",
    "vm-starts",
    "warn",
    "VM web would not be started again when its host dies: somebody has blocked its start",
    { vms: withVm({}, true) },
  ],
  [
    "a PCI device passed through",
    "pci-devices",
    "warn",
    "VM web uses a PCI device of its host",
    { vms: withVm({ pci: "0/0000:04:00.0" }) },
  ],
  [
    "a disk on local storage",
    "storage",
    "warn",
    "VM web on storage local, which only dom0-1 has: cannot be started elsewhere",
    { localDisks: listed([{ vm: vmUuid(WEB), storage: "local", hosts: [HOST] }]) },
  ],
  [
    "a VLAN that was forgotten on a host",
    "vm-networks",
    "warn",
    "VM web in network vlan 20, which only dom0-1 has: cannot be started elsewhere",
    { localNetworks: listed([{ vm: vmUuid(WEB), network: "vlan 20", hosts: [HOST] }]) },
  ],
  [
    "too little memory for the VMs of a dead host",
    "memory",
    "warn",
    "when dom0-1 dies, VM web cannot be started: the other hosts lack 3.0 GiB of memory",
    {
      vms: [vm(1, "web", undefined, { memoryBytes: 4 * GIB })],
      hosts: THREE.map((host) => ({
        ...host,
        freeMemoryBytes: GIB,
        residents: host === first ? [{ uuid: vmUuid(WEB), homePool: null }] : [],
      })),
    },
  ],
  [
    "no parameters were written",
    "parameters",
    "warn",
    "holds no parameters: the defaults hold -> ha-cfg insert",
    set({ FENCE_METHOD: null, MAIL_TO: null }),
  ],
  [
    "a parameter that was written by hand, and wrong",
    "parameters",
    "bad",
    "Cannot use XE_TIMEOUT",
    set({ XE_TIMEOUT: "five" }),
  ],
  [
    "nobody may take the master's place",
    "take-over",
    "warn",
    "PROMOTE_SLAVE=0: when the master dies no host takes its place",
    set({ PROMOTE_SLAVE: "0" }),
  ],
  [
    "who takes it starts no VM",
    "take-over",
    "warn",
    "SLAVE_HA=0: a host that has taken the place of a dead master starts no VM",
    set({ SLAVE_HA: "0" }),
  ],
  [
    "iterations end before a fence can",
    "times",
    "warn",
    "an iteration is ended after 40 s (MONITOR_SCANRATE times MONITOR_MAX_STARTS), and a fence may take 60 s",
    set({ MONITOR_MAX_STARTS: "4" }),
  ],
  [
    "no patience with a network",
    "times",
    "warn",
    "a host is fenced after 3 s of silence",
    set({ XAPI_COUNT: "3", XAPI_DELAY: "1" }),
  ],
  [
    "no patience with a toolstack",
    "times",
    "warn",
    "XAPI_DOWN_TOLERANCE=20 is shorter than a restart of the toolstack may take",
    set({ XAPI_DOWN_TOLERANCE: "20" }),
  ],
  [
    "the mail server does not answer",
    "mail",
    "warn",
    "mail server 127.0.0.1:25 is not reachable: the connection was refused",
    { tcp: () => ({ kind: "closed", why: "the connection was refused" }) },
  ],
  [
    "mails that nobody reads",
    "alerts",
    "warn",
    "alerts are mailed to root@localhost only",
    set({ MAIL_TO: null }),
  ],
  [
    "nobody is told anything",
    "alerts",
    "warn",
    "alerts go out neither by mail nor as messages of XAPI",
    set({ MAIL_ON: "0", ENABLE_ALERTS: "0" }),
  ],
  [
    "a user at the mail server without a password",
    "alerts",
    "warn",
    "SMTP_USER is set and SMTP_PASS is not",
    set({ SMTP_USER: "ha" }),
  ],
  [
    "a password for whoever answers",
    "alerts",
    "warn",
    "SMTP_TLS=unverified: the password of the mail server goes to whoever answers",
    set({ SMTP_USER: "ha", SMTP_PASS: "secret", SMTP_TLS: "unverified" }),
  ],
  [
    "no log",
    "alerts",
    "warn",
    "ENABLE_LOGGING=0: afterwards nobody can find out",
    set({ ENABLE_LOGGING: "0" }),
  ],
]);
