import type { CliPorts } from "../../src/cli/cli-ports.ts";
import { hostUuid, poolUuid } from "../../src/core/ids.ts";
import { emptyMemory, type LastGoodView } from "../../src/core/memory.ts";
import type { DatabaseView, HostView, Role, XapiFault, XapiResult } from "../../src/core/pool-view.ts";
import type { DeviceState } from "../../src/ports/fencer.ts";
import type { Xapi } from "../../src/ports/pool-database.ts";

const HOST = hostUuid("11111111-0000-0000-0000-000000000001");
const POOL = poolUuid("22222222-0000-0000-0000-000000000001");

/** What a test sets up, and what it looks at afterwards. */
export interface FakeWorld {
  otherConfig: Record<string, string>;
  override: Record<string, string>;
  lastGood: Record<string, string>;
  haEnabled: boolean;
  role: Role;
  isRoot: boolean;
  /** Fault of every call, or of the calls named. */
  readFault: XapiFault | null;
  writeFault: ((key: string) => XapiFault | null) | null;
  syncFault: XapiFault | null;
  /** What the fence device of a host says. */
  device: (host: string, method: string) => DeviceState;
  hosts: readonly HostView[];
  /** Reads never settle, and time flies. */
  hangs: boolean;
  rememberedFlag: LastGoodView["haFlag"] | null;
  /** What was asked of the world, in order. */
  readonly calls: string[];
}

export function fakeWorld(): FakeWorld {
  return {
    otherConfig: {},
    override: {},
    lastGood: {},
    haEnabled: false,
    role: { kind: "master" },
    isRoot: true,
    readFault: null,
    writeFault: null,
    syncFault: null,
    device: () => ({ kind: "on" }),
    hosts: [],
    hangs: false,
    rememberedFlag: null,
    calls: [],
  };
}

export interface Captured {
  readonly ports: CliPorts;
  out: string;
  err: string;
}

export function fakePorts(world: FakeWorld): Captured {
  const captured: { ports: CliPorts; out: string; err: string } = {
    out: "",
    err: "",
    ports: {
      version: "3.0.0",
      clock: {
        wallMs: () => 0,
        uptimeMs: () => 0,
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            if (world.hangs) resolve();
            signal?.addEventListener("abort", () => resolve(), { once: true });
          }),
      },
      openXapi: () => fakeXapi(world),
      config: {
        read: async () => ({ override: world.override, lastGood: world.lastGood, problems: [] }),
        saveLastGood: async () => {
          world.calls.push("save last good");
        },
      },
      fencer: { status: async ({ host, method }) => world.device(host, method) },
      localHost: {
        observe: async () => ({
          uuid: HOST,
          role: world.role,
          bootId: "boot",
          xapiInitComplete: true,
          domains: [],
          xapiAnswers: true,
        }),
      },
      store: { load: async () => rememberedMemory(world) },
      wakeMonitor: async () => {
        world.calls.push("wake");
      },
      stdout: (text) => {
        captured.out += text;
      },
      stderr: (text) => {
        captured.err += text;
      },
      colours: false,
      get isRoot() {
        return world.isRoot;
      },
    },
  };
  return captured;
}

function rememberedMemory(world: FakeWorld): { kind: "found"; value: unknown } | { kind: "none" } {
  if (world.rememberedFlag === null) return { kind: "none" };
  const lastGood: LastGoodView = {
    atMs: 1,
    pool: POOL,
    poolName: "pool",
    master: HOST,
    haFlag: world.rememberedFlag,
    hosts: [],
    members: [],
    ranking: [],
    parameters: "",
  };
  return { kind: "found", value: { ...emptyMemory("boot"), lastGood } };
}

function fakeXapi(world: FakeWorld): Xapi {
  const fail = async (): Promise<never> => {
    throw new Error("ha-cfg must not call this");
  };
  const answer = async (fault: XapiFault | null): Promise<XapiResult<void>> =>
    fault === null ? { ok: true, value: undefined } : { ok: false, fault };
  return {
    hearsMaster: fail,
    read: async () => {
      world.calls.push("read");
      if (world.hangs) return new Promise(() => undefined);
      return world.readFault === null
        ? { ok: true, value: database(world) }
        : { ok: false, fault: world.readFault };
    },
    setPoolKey: async (key, value) => {
      const fault = world.writeFault?.(key) ?? null;
      if (fault === null) {
        world.calls.push(`${key}=${value}`);
        world.otherConfig = { ...world.otherConfig, [key]: value };
      }
      return answer(fault);
    },
    syncDatabase: () => {
      world.calls.push("sync");
      return answer(world.syncFault);
    },
    close: async () => {
      world.calls.push("close");
    },
    calls: () => 0,
    startVm: fail,
    startAppliance: fail,
    removePoolKey: fail,
    setHostKey: fail,
    setVmKey: fail,
    stampHomePool: fail,
    declareDead: fail,
    forgetHost: fail,
    enableHost: fail,
    restartAgent: fail,
    promoteSelf: fail,
    recoverSlaves: fail,
    followMaster: fail,
    post: fail,
  };
}

function database(world: FakeWorld): DatabaseView {
  return {
    pool: {
      uuid: POOL,
      name: "lab",
      master: HOST,
      haEnabled: world.haEnabled,
      otherConfig: world.otherConfig,
    },
    hosts: world.hosts,
    halted: [],
    appliances: null,
    domains: [],
  };
}
