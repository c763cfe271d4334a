import type { Hearing } from "../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import { NO_SUCCESSOR, SUCCESSOR_KEY } from "../../../src/core/model/pool-keys.ts";
import type { HostView } from "../../../src/core/model/pool-view.ts";
import type { HostInterface } from "../../../src/ports/pool-survey.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { FLAG, uuidOf, vm } from "./vms.ts";

const GIB = 1024 ** 3;

/** The first one is this host, and the master. */
export const hosts = (count: number, extra: Partial<HostView> = {}): readonly HostView[] =>
  Array.from({ length: count }, (_, index) =>
    hostView(index + 1, { ...extra, ...(index === 0 ? { uuid: HOST } : {}), freeMemoryBytes: 64 * GIB }),
  );

/** The pool's keys where nothing is wrong, and these parameters besides; null: it is not there. */
export function keys(params: Readonly<Record<string, string | null>> = {}): Record<string, string> {
  const all = { FENCE_METHOD: "IPMI", MAIL_TO: "ops@example.org", ...params };
  const set = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[`HA_${name}`, value]]));
  return { [FLAG]: "true", ...Object.fromEntries(set) };
}

/** What the monitor of the first host hears of the others: all of them, over two networks. */
export function hearing(of: readonly HostView[], over: Partial<Hearing> = {}): Hearing {
  const [self, ...others] = of;
  const uuids = of.map(({ uuid }) => uuid);
  const master = self?.uuid ?? HOST;
  return {
    self: HOST,
    bootId: "boot",
    atMs: 0,
    peers: others.map(({ uuid, address }) => ({
      host: uuid,
      heard: "direct",
      sinceMs: 0,
      ageMs: 0,
      by: null,
      ways: [{ address, ageMs: 0, sinceMs: 0 }],
      own: {
        role: "slave",
        master,
        xapi: "serving",
        startComplete: true,
        enabled: true,
        haWished: true,
        leaving: false,
        changes: null,
        office: null,
      },
      hears: uuids.filter((one) => one !== uuid).map((host) => ({ host, ageMs: 0 })),
    })),
    group: {
      lead: "leads",
      sinceMs: 0,
      leader: HOST,
      mandateUntilMs: 4_000,
      roll: {
        ...{ hosts: uuids, master, office: "1.none.1", ha: true, settled: true, entered: uuids },
        ...{ storedBy: uuids, disarms: [], disarmWord: 0 },
      },
      agreedAtMs: null,
      awaited: [],
      confirmedOff: [],
      leases: [],
      leaseOver: [],
      ownLease: null,
      tie: null,
      tieTest: null,
      trouble: null,
    },
    refused: { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 },
    trouble: null,
    ...over,
  };
}

/** An address of a host; by default its management's, on a card. */
export function interfaceOf(host: HostUuid, over: Partial<HostInterface> = {}): HostInterface {
  return {
    host,
    device: "eth0",
    isBond: false,
    address: "192.0.2.1",
    network: "192.0.2.0/24",
    isManagement: true,
    byDhcp: false,
    ...over,
  };
}

/** Each host in two networks. */
function interfaces(of: readonly HostView[]): FakeWorld["interfaces"] {
  const second = { device: "eth1", network: "198.51.100.0/24", isManagement: false };
  const value = of.flatMap(({ uuid, address }, at) => [
    interfaceOf(uuid, { address }),
    interfaceOf(uuid, { ...second, address: `198.51.100.${at + 1}` }),
  ]);
  return { ok: true, value };
}

/** The BMC of each host, on every host. */
function deviceLists(of: readonly HostView[]): FakeWorld["lists"] {
  const list = of.map(({ uuid }, at) => `${uuid}:192.0.2.1${at + 1}\n`).join("");
  return Object.fromEntries(of.map(({ uuid }) => [uuid, { IPMI: list }]));
}

/** A pool of so many hosts, in which doctor finds nothing. */
export function soundPool(count = 3): Partial<FakeWorld> {
  const all = hosts(count);
  const version = "XCP-ng 8.3.0 24.19.2";
  return {
    hosts: all,
    otherConfig: {
      ...keys(count === 3 ? {} : { FENCE_MIN_HOSTS: "2" }),
      [SUCCESSOR_KEY]: all[1]?.uuid ?? NO_SUCCESSOR,
    },
    rememberedFlag: "on",
    hearing: hearing(all),
    interfaces: interfaces(all),
    hostFacts: { ok: true, value: all.map(({ uuid }) => ({ host: uuid, version, powerOn: null })) },
    lists: deviceLists(all),
    vms: [vm(1, "web"), vm(2, "db")],
    pass: {
      kind: "found",
      value: {
        finishedAtWall: "2026-11-23T09:41:40Z",
        finishedAtMs: 0,
        bootId: "boot",
        durationMs: 500,
        nextInMs: 15_000,
        result: "done",
      },
    },
  };
}

/** The first VM of the pool. */
export const WEB = uuidOf(1);
