import type { CliPorts } from "../../../src/cli/cli-ports.ts";
import type { LastGoodView } from "../../../src/core/memory/last-good.ts";
import { emptyMemory } from "../../../src/core/memory/memory.ts";
import type { HostView, Role, XapiFault } from "../../../src/core/model/pool-view.ts";
import { createManual } from "../../../src/manual/manual.ts";
import type { MethodReport } from "../../../src/ports/fence-methods.ts";
import type { DeviceState, FenceOutcome } from "../../../src/ports/fencer.ts";
import type { LiveScreen } from "../../../src/ports/live-screen.ts";
import type { LogLine, LogLines } from "../../../src/ports/log-reader.ts";
import type { ListedVm, PostedMessage } from "../../../src/ports/pool-database.ts";
import type { RecordFiles } from "../../../src/ports/record.ts";
import type { LoadedState } from "../../../src/ports/state-store.ts";
import { playDrill } from "../../../src/simulation/drill/play.ts";
import { fakeFenceLists, type ListWorld, noLists } from "./fake-lists.ts";
import { fakeSurroundings, quietSurroundings, type Surroundings } from "./fake-surroundings.ts";
import { fakeXapi, HOST, POOL } from "./fake-xapi.ts";

/** What a test sets up, and what it looks at afterwards. */
export interface FakeWorld extends Surroundings, ListWorld {
  otherConfig: Record<string, string>;
  /** What somebody else writes right after the read. */
  meanwhile: Readonly<Record<string, string>>;
  override: Record<string, string>;
  /** Why the override file cannot be written. */
  overrideFault: string | null;
  lastGood: Record<string, string>;
  haEnabled: boolean;
  poolName: string;
  role: Role;
  isRoot: boolean;
  columns: number;
  unicode: boolean;
  /** What the user may not use. */
  denied: string | null;
  /** Fault of every call, or of the calls named. */
  readFault: XapiFault | null;
  writeFault: ((key: string) => XapiFault | null) | null;
  syncFault: XapiFault | null;
  /** What the fence device of a host says. */
  device: (host: string, method: string) => DeviceState;
  /** How it ends when a host is switched on by a method. */
  switchOn: (host: string, method: string) => FenceOutcome;
  /** What the files of this host say of a fence method; untested agents of `remember` are tested. */
  method: (method: string, agents: string, hosts: readonly string[]) => Partial<MethodReport>;
  /** Why a test cannot be remembered. */
  rememberFault: string | null;
  hosts: readonly HostView[];
  vms: readonly ListedVm[];
  messages: readonly PostedMessage[];
  /** Fault of the lists of VMs and messages. */
  listFault: XapiFault | null;
  /** Standard input is a terminal. */
  terminal: boolean;
  /** What the last iteration of this host has left. */
  pass: LoadedState;
  /** What administrators have said on this host of hosts that are off. */
  confirmedOff: LoadedState;
  /** What is typed, or comes through the pipe, line by line. */
  lines: readonly string[];
  /** What another host has recorded, by its uuid. */
  historyOf: (host: string) => readonly unknown[];
  /** The records of this host, and any other file of one. */
  records: RecordFiles;
  liveScreen: LiveScreen;
  /** Files by name; null is something that is no ordinary file. */
  files: Record<string, string | null>;
  /** Reads never settle, and time flies. */
  hangs: boolean;
  /** The log of this host, and what comes into it later. */
  log: LogLines;
  logLater: readonly LogLine[];
  rememberedFlag: LastGoodView["haFlag"] | null;
  /** What the last settings said that the log had to obey. */
  logging: boolean;
  /** Lines of the log that the run wrote: severity, source, text. */
  readonly logged: string[];
  rememberedHosts: LastGoodView["hosts"];
  /** What was asked of the world, in order. */
  readonly calls: string[];
}

const NO_RECORDS: RecordFiles = {
  list: async () => [],
  events: async () => [],
  open: async () => ({ ok: false, why: "there is no such file" }),
};

export function fakeWorld(): FakeWorld {
  return {
    ...quietSurroundings(),
    ...noLists(),
    otherConfig: {},
    meanwhile: {},
    override: {},
    overrideFault: null,
    lastGood: {},
    haEnabled: false,
    poolName: "lab",
    role: { kind: "master" },
    isRoot: true,
    denied: null,
    columns: 80,
    unicode: true,
    readFault: null,
    writeFault: null,
    syncFault: null,
    device: () => ({ kind: "on" }),
    switchOn: () => ({ kind: "fenced" }),
    method: () => ({}),
    rememberFault: null,
    hosts: [],
    vms: [],
    messages: [],
    listFault: null,
    terminal: false,
    pass: { kind: "none" },
    confirmedOff: { kind: "none" },
    lines: [],
    historyOf: () => [],
    records: NO_RECORDS,
    liveScreen: { isUsable: false, open: () => null },
    files: {},
    hangs: false,
    log: { ok: true, lines: [] },
    logLater: [],
    rememberedFlag: null,
    logging: true,
    logged: [],
    rememberedHosts: [],
    calls: [],
  };
}

export interface Captured {
  readonly ports: CliPorts;
  out: string;
  err: string;
}

export function fakePorts(world: FakeWorld): Captured {
  const lines = [...world.lines];
  const captured: { ports: CliPorts; out: string; err: string } = {
    out: "",
    err: "",
    ports: {
      version: "3.0.0",
      hostName: "xcp1.example.org",
      clock: {
        wallMs: () => 0,
        uptimeMs: () => 0,
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            if (world.hangs) resolve();
            signal?.addEventListener("abort", () => resolve(), { once: true });
          }),
      },
      records: world.records,
      openXapi: () => fakeXapi(world),
      masterWay: async () => {
        throw new Error("a test must say whether there is a way to the master");
      },
      config: {
        read: async () => ({ override: world.override, lastGood: world.lastGood, problems: [] }),
        saveLastGood: async () => {
          world.calls.push("save last good");
        },
      },
      override: {
        setOverride: async (name, value) => {
          if (world.overrideFault !== null) return world.overrideFault;
          world.calls.push(`override ${name}=${value}`);
          world.override = { ...world.override, [name]: value };
          return null;
        },
        removeOverride: async (name) => {
          if (world.overrideFault !== null) return world.overrideFault;
          world.calls.push(`override without ${name}`);
          world.override = Object.fromEntries(Object.entries(world.override).filter(([key]) => key !== name));
          return null;
        },
      },
      fencer: { status: async ({ host, method }) => world.device(host, method) },
      switchOn: async ({ host, method }) => {
        world.calls.push(`switch on ${host} by ${method}`);
        return world.switchOn(host, method);
      },
      fenceMethods: {
        examine: async ({ method, agents }, hosts) => ({
          ...{ faults: [], ignoredAgent: null, untestedAgent: null },
          ...world.method(method, agents, hosts),
        }),
        remember: async ({ method }) => {
          if (world.rememberFault === null) world.calls.push(`remember ${method}`);
          return world.rememberFault;
        },
      },
      fenceLists: fakeFenceLists(world, HOST),
      localHost: {
        observe: async () => ({
          uuid: HOST,
          role: world.role,
          bootId: "boot",
          initCompleteAtMs: 0,
          domains: [],
          xapiAnswers: true,
          heldSinceMs: null,
          blockedRoutes: [],
        }),
      },
      store: {
        load: async (name) => {
          if (name === "pass") return world.pass;
          return name === "confirmed-off" ? world.confirmedOff : rememberedMemory(world);
        },
        save: async (_name, value) => {
          world.confirmedOff = { kind: "found", value };
        },
      },
      keyboard: {
        isTerminal: world.terminal,
        readLine: async (prompt, echo) => {
          if (world.terminal) captured.err += prompt;
          const line = lines.shift() ?? null;
          if (world.terminal) captured.err += echo ? `${line}\n` : "\n";
          return line;
        },
      },
      liveScreen: world.liveScreen,
      files: fakeFiles(world),
      openManual: async (actions) => createManual(actions),
      playDrill,
      log: {
        recent: async () => world.log,
        follow: async (tell) => {
          world.calls.push("follow");
          for (const line of world.logLater) tell(line);
        },
      },
      logger: {
        log: (severity, from, text) => {
          if (world.logging) world.logged.push(`${severity} ${from}: ${text}`);
        },
        obey: ({ ENABLE_LOGGING }) => {
          world.logging = ENABLE_LOGGING;
        },
      },
      operator: { user: "alice as root", terminal: world.terminal ? "pts/3" : null },
      ...fakeSurroundings(world),
      wakeMonitor: async () => {
        world.calls.push("wake");
      },
      stdout: (text) => {
        captured.out += text;
      },
      stderr: (text) => {
        captured.err += text;
      },
      get isTerminal() {
        return world.terminal;
      },
      screen: { columns: world.columns, unicode: world.unicode },
      colours: false,
      denied: world.denied,
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
    masterStartedAtMs: null,
    without: [],
    office: null,
    disarm: [],
    forgotten: [],
    haFlag: world.rememberedFlag,
    hosts: world.rememberedHosts,
    members: [],
    ranking: [],
    addressesAtMs: null,
    parameters: "",
    changes: null,
  };
  return { kind: "found", value: { ...emptyMemory("boot"), lastGood } };
}

function fakeFiles(world: FakeWorld): CliPorts["files"] {
  return {
    read: async (path) => {
      const text = world.files[path];
      if (typeof text === "string") return { ok: true, text };
      return { ok: false, why: text === null ? "it is no ordinary file" : "there is no such file" };
    },
    look: async (path) => {
      if (!(path in world.files)) return "none";
      return world.files[path] === null ? "other" : "ordinary";
    },
    publish: async (path, text) => {
      world.calls.push(`publish ${path}`);
      world.files = { ...world.files, [path]: text };
      return null;
    },
    write: async (path, text) => {
      if (path.startsWith("/full/")) return "the disk is full";
      world.calls.push(`write ${path}`);
      world.files = { ...world.files, [path]: text };
      return null;
    },
  };
}
