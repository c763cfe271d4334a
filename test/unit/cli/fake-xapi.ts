import { hostUuid, poolUuid } from "../../../src/core/model/ids.ts";
import type { DatabaseView, Inventory, XapiFault, XapiResult } from "../../../src/core/model/pool-view.ts";
import type { Xapi } from "../../../src/ports/pool-database.ts";
import { readListOf, writeListOf } from "./fake-lists.ts";
import type { FakeWorld } from "./fake-ports.ts";

export const HOST = hostUuid("11111111-0000-0000-0000-000000000001");
export const POOL = poolUuid("22222222-0000-0000-0000-000000000001");

/** XAPI as a world of a test has it. */
export function fakeXapi(world: FakeWorld): Xapi {
  const fail = async (): Promise<never> => {
    throw new Error("ha-cfg must not call this");
  };
  return {
    hearsMaster: fail,
    readInventory: async () => ({ ok: true, value: inventory(world) }),
    atMaster: fail,
    read: async () => {
      world.calls.push("read");
      if (world.hangs) return new Promise(() => undefined);
      if (world.readFault !== null) return { ok: false, fault: world.readFault };
      const value = database(world);
      world.otherConfig = { ...world.otherConfig, ...world.meanwhile };
      return { ok: true, value };
    },
    setPoolKey: async (key, value) => {
      const fault = world.writeFault?.(key) ?? null;
      if (fault === null) {
        world.calls.push(`${key}=${value}`);
        world.otherConfig = { ...world.otherConfig, [key]: value };
      }
      return answer(fault);
    },
    addPoolKey: async (key, value) => {
      const fault = world.writeFault?.(key) ?? null;
      if (fault !== null) return { ok: false, fault };
      world.calls.push(`${key}=${value}`);
      if (Object.hasOwn(world.otherConfig, key)) return { ok: true, value: false };
      world.otherConfig = { ...world.otherConfig, [key]: value };
      return { ok: true, value: true };
    },
    syncDatabase: () => {
      world.calls.push("sync");
      return answer(world.syncFault);
    },
    close: async () => {
      world.calls.push("close");
    },
    calls: () => 0,
    storeDatabase: fail,
    fetchDatabase: fail,
    replacePoolKey: fail,
    ...fakeLists(world),
    removePoolKey: (key) => {
      const fault = world.writeFault?.(key) ?? null;
      if (fault === null) {
        world.calls.push(`remove ${key}`);
        world.otherConfig = without(world.otherConfig, key);
      }
      return answer(fault);
    },
    setVmKey: (uuid, key, value) => {
      const fault = world.writeFault?.(key) ?? null;
      if (fault === null) {
        world.calls.push(`VM ${uuid} ${key}=${value}`);
        changeVm(world, uuid, (otherConfig) => ({ ...otherConfig, [key]: value }));
      }
      return answer(fault);
    },
    removeVmKey: (uuid, key) => {
      const fault = world.writeFault?.(key) ?? null;
      if (fault === null) {
        world.calls.push(`VM ${uuid} remove ${key}`);
        changeVm(world, uuid, (otherConfig) => without(otherConfig, key));
      }
      return answer(fault);
    },
    removeHostKey: (uuid, key) => {
      world.calls.push(`host ${uuid} remove ${key}`);
      return answer(null);
    },
    areStillHalted: fail,
    askDomains: fail,
    askHistory: async (host) => world.otherHost(host) ?? { ok: true, value: world.historyOf(host) },
    tieKey: async (host) => {
      world.calls.push(`tie key of ${host}`);
      return world.otherHost(host) ?? { ok: true, value: { key: keyOf(host) } };
    },
    prepareTie: async (host, place) => {
      world.calls.push(`prepare ${place} on ${host}`);
      return world.otherHost(host) ?? { ok: true, value: world.prepareTie(host) };
    },
    testTie: async (host, kind, place) => {
      world.calls.push(`test ${kind} ${place} on ${host}`);
      return world.otherHost(host) ?? { ok: true, value: world.tieTest(kind, place, host) };
    },
    readFenceList: async (host, method) => {
      world.calls.push(`read ${method} list of ${host}`);
      return world.otherHost(host) ?? { ok: true, value: readListOf(world, host, method) };
    },
    writeFenceList: async (host, write) => {
      world.calls.push(`write ${write.method} list on ${host}${write.force ? " by force" : ""}`);
      return world.otherHost(host) ?? { ok: true, value: writeListOf(world, host, write) };
    },
    startVm: fail,
    startAppliance: fail,
    setHostKey: fail,
    stampHomePool: fail,
    declareDead: fail,
    forgetHost: fail,
    enableHost: fail,
    restartXapi: fail,
    setResident: fail,
    readVms: fail,
    readStops: async () => new Map(),
    keepStop: fail,
    readReady: fail,
    promoteSelf: fail,
    followMaster: fail,
    post: fail,
  };
}

const answer = async (fault: XapiFault | null): Promise<XapiResult<void>> =>
  fault === null ? { ok: true, value: undefined } : { ok: false, fault };

function fakeLists(world: FakeWorld): Pick<Xapi, "listVms" | "listPosted" | "destroyPosted"> {
  const list = async <T>(call: string, value: T): Promise<XapiResult<T>> => {
    world.calls.push(call);
    return world.listFault === null ? { ok: true, value } : { ok: false, fault: world.listFault };
  };
  return {
    listVms: () => list("list VMs", world.vms),
    listPosted: (name) => list(`list ${name}`, world.messages),
    destroyPosted: ({ id }) => {
      const fault = world.writeFault?.(id) ?? null;
      if (fault === null) {
        world.calls.push(`destroy ${id}`);
        world.messages = world.messages.filter((message) => message.id !== id);
      }
      return answer(fault);
    },
  };
}

type Texts = Readonly<Record<string, string>>;

function without(map: Texts, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([one]) => one !== key));
}

function changeVm(world: FakeWorld, uuid: string, change: (otherConfig: Texts) => Texts): void {
  world.vms = world.vms.map((vm) => (vm.uuid === uuid ? { ...vm, otherConfig: change(vm.otherConfig) } : vm));
}

function database(world: FakeWorld): DatabaseView {
  return {
    pool: {
      uuid: POOL,
      name: world.poolName,
      master: HOST,
      haEnabled: world.haEnabled,
      otherConfig: world.otherConfig,
    },
    hosts: world.hosts,
    halted: [],
    appliances: null,
    storage: null,
    domains: [],
  };
}

/** The public key of a host. */
export const keyOf = (host: string): string => `ssh-ed25519 KEY${host.slice(0, 8)} ha-lizard-tie-breaker`;

/** Every VM needs nothing but memory, and runs on the first host when it runs. */
function inventory(world: FakeWorld): Inventory {
  const nothing = { storages: [], networks: [], tags: [], groups: [] };
  const first = world.hosts[0]?.uuid ?? null;
  return {
    vms: world.vms.map((vm) => ({
      ...vm,
      ...nothing,
      residentOn: vm.powerState === "Running" ? first : null,
    })),
    hosts: new Map(),
    names: new Map(),
  };
}
