import { DISARM_KEY, readDisarmWords, writeDisarmWords } from "../../../src/core/model/disarm-words.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import { homeKeys } from "../../../src/simulation/build.ts";
import {
  masterDatabases,
  setAddress,
  setPoolKey,
  setWatchdog,
  type WatchdogState,
  type XapiState,
} from "../../../src/simulation/control.ts";
import type { Fields } from "../../../src/simulation/database.ts";
import { setDrift, uptimeOf } from "../../../src/simulation/host-clock.ts";
import type { Stalled } from "../../../src/simulation/monitor.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { POOL_UUID } from "../../../src/simulation/spec.ts";
import { setRestartPriority, setVmKey } from "../../../src/simulation/stops.ts";
import { obey } from "../../../src/simulation/verbs.ts";
import {
  cloneVm,
  leaveLock,
  pauseVm,
  setAutoPoweron,
  setVmBlocked,
  setVmBusy,
  setVmFlag,
  suspendVm,
} from "../../../src/simulation/vm-control.ts";
import type { BmcState, SimVm, World } from "../../../src/simulation/world.ts";
import { hostGroups } from "./host-groups.ts";
import { GATEWAY } from "./presets.ts";
import { parseDuration } from "./script.ts";

type Verb = (pool: SimPool, args: readonly string[]) => void;

/** Carries out one line of a script; throws a sentence when it cannot be understood. */
export function act(pool: SimPool, words: readonly string[]): void {
  const [name = "", ...args] = words;
  const verb = VERBS[name];
  if (verb === undefined) throw new Error(`no verb ${name}; there are ${Object.keys(VERBS).join(", ")}`);
  verb(pool, args);
}

/** `h3` as 3. */
export function hostNumber(word: string | undefined): number {
  const match = /^h(\d+)$/.exec(word ?? "");
  if (match === null) throw new Error(`a host is wanted (h1, h2 …): ${word}`);
  return Number(match[1]);
}

function durationOf(word: string | undefined): number {
  const ms = parseDuration(word ?? "");
  if (ms === null) throw new Error(`a time like 5s is wanted: ${word}`);
  return ms;
}

function onOff(word: string | undefined): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw new Error(`on or off is wanted: ${word}`);
}

function oneOf<T extends string>(word: string | undefined, ...allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === word);
  if (found === undefined) throw new Error(`one of ${allowed.join(", ")} is wanted: ${word}`);
  return found;
}

/**
 * The far end of a link: a host, its second network (`second3`), its BMC (`bmc3`), this program's probes of it (`probe3`),
 * the machine with the ties (`tie`), the shared storage as a place of ties (`storage`), or the gateway.
 */
function farEnd(word: string | undefined): number | string {
  if (word === "gateway") return GATEWAY;
  return /^(tie|storage|(second|bmc|probe)\d+)$/.test(word ?? "") ? String(word) : hostNumber(word);
}

/** `cut h1 h2` both ways, `cut h1 > h2` one way. */
function link(pool: SimPool, args: readonly string[], up: boolean): void {
  const oneWay = args[1] === ">";
  const [from, to] = [hostNumber(args[0]), farEnd(args[oneWay ? 2 : 1])];
  pool.link(from, to, up);
  if (oneWay) return;
  const second = /^second(\d+)$/.exec(String(to))?.[1];
  if (typeof to === "number") pool.link(to, from, up);
  else if (second !== undefined) pool.link(Number(second), `second${from}`, up);
}

/** The custom field of the flags, as the pool has it. */
function fieldName(pool: SimPool): string {
  return pool.setting(pool.world.host(1), "XC_FIELD_NAME");
}

/** The pool in which a VM ran, by its own record. */
function setHome(world: World, vm: SimVm, whose: "here" | "other" | "none"): void {
  world.record("vm-changed", { vm: vm.name });
  for (const database of masterDatabases(world)) {
    const {
      "home-pool": _,
      "ha-lizard-ran": __,
      ...others
    } = database.must("VM", vm.ref)["other_config"] as Fields;
    const elsewhere = { "home-pool": POOL_UUID.replace(/1$/, "2") };
    const keys = { ...homeKeys(vm.uuid, whose !== "none"), ...(whose === "other" ? elsewhere : {}) };
    database.update("VM", vm.ref, { other_config: { ...others, ...keys } });
  }
}

function uptimeMs({ world }: SimPool, host: number): number {
  return uptimeOf(world, world.host(host));
}

/** As ha-cfg does: with the words that may not have been taken yet. */
function giveWord(pool: SimPool, forS: number, host: string | undefined): void {
  const { world } = pool;
  const [database] = masterDatabases(world);
  const otherConfig = (database?.entries("pool")[0]?.[1]["other_config"] ?? {}) as Record<string, string>;
  const before = readDisarmWords(otherConfig);
  const id = Math.max(Math.floor(world.nowMs() / 1_000) + 1, ...before.map((word) => word.id + 1));
  const target = host === undefined ? null : hostUuid(world.host(hostNumber(host)).uuid);
  const words = [...before.filter((word) => word.host !== target), { id, host: target, forS }];
  setPoolKey(world, DISARM_KEY, writeDisarmWords(words.slice(-4)));
}

const VERBS: Readonly<Record<string, Verb>> = {
  power: (pool, [host, state, forGood]) => {
    if (state === "off" && forGood === "for-good") pool.loseForGood(hostNumber(host));
    else pool.power(hostNumber(host), onOff(state));
  },
  reset: (pool, [host]) => pool.reset(hostNumber(host)),
  xapi: (pool, [host, state]) =>
    pool.xapi(hostNumber(host), oneOf<XapiState>(state, "run", "stop", "kill", "hang", "slow", "broken")),
  xenopsd: ({ world }, [host, what]) => {
    if (oneOf(what, "kill") === "kill") obey(world, { verb: "xenopsd-kill", host: hostNumber(host) });
  },
  dom0: ({ world }, [host, what]) => {
    const reboot = oneOf(what, "shutdown", "reboot") === "reboot";
    obey(world, { verb: "host-shutdown", host: hostNumber(host), reboot });
  },
  toolstack: (pool, [host]) => pool.restartToolstack(hostNumber(host)),
  cut: (pool, args) => link(pool, args, false),
  mend: (pool, args) => link(pool, args, true),
  split: (pool, args) => pool.partition(...hostGroups(args, hostNumber)),
  heal: (pool) => pool.heal(),
  gateway: (pool, [state]) => void pool.world.externals.set(GATEWAY, onOff(state)),
  vm: (pool, args) => doToVm(pool, args),
  maintenance: (pool, [host, state]) => pool.maintenance(hostNumber(host), onOff(state)),
  /** As `xe host-disable`, `host-enable` and `host-evacuate`; what is disabled so is enabled again by the next start of its xapi. */
  host: ({ world }, [host, what]) => {
    const verb = { disable: "host-disable", enable: "host-enable", evacuate: "evacuate" } as const;
    obey(world, {
      verb: verb[oneOf(what, "disable", "enable", "evacuate")],
      host: hostNumber(host),
    });
  },
  storage: (pool, [sr, state]) =>
    pool.storage(sr === "shared" ? sr : hostNumber(sr), oneOf(state, "attach", "detach") === "attach"),
  ha: (pool, [state]) => pool.ha(state === "unset" ? null : String(onOff(state)), fieldName(pool)),
  "xapi-ha": (pool, [state]) => pool.xapiHa(onOff(state)),
  param: (pool, [name = "", value = ""]) => pool.param(name, value === "unset" ? null : value),
  override: (pool, [host, name = "", value = ""]) => {
    pool.disk(hostNumber(host)).override[name] = value;
  },
  clock: (pool, [host, by = ""]) => {
    const ms = parseDuration(by.replace(/^[+-]/, ""));
    if (ms === null) throw new Error(`a step like +1h or -30s is wanted: ${by}`);
    pool.stepWallClock(hostNumber(host), by.startsWith("-") ? -ms : ms);
  },
  bmc: (pool, [host, state, other]) => {
    const number = hostNumber(host);
    if (state === "wired-to") pool.world.host(number).bmcOf = hostNumber(other);
    else if (state === "delayed") pool.world.host(number).bmcDelayMs = durationOf(other);
    else pool.bmc(number, oneOf<BmcState>(state, "up", "dead", "slow", "lying"));
  },
  watchdog: ({ world }, [word, state, by]) => {
    const host = world.host(hostNumber(word));
    const wanted = oneOf<WatchdogState | "slow">(state, "free", "taken", "missing", "slow");
    host.watchdog.slowMs = wanted === "slow" ? durationOf(by) : 0;
    if (wanted !== "slow") setWatchdog(world, host, wanted);
  },
  /** The machine with the ties: `down` and `up`; `deaf`: nobody hears its answers; `wiped`: its files are gone. */
  tie: ({ world: { ties } }, [word, by]) => {
    const wanted = oneOf(word, "up", "down", "deaf", "wiped", "slow");
    if (wanted === "wiped") return ties.claims.clear();
    ties.isUp = wanted !== "down";
    ties.losesAnswers = wanted === "deaf";
    ties.slowMs = wanted === "slow" ? durationOf(by) : 0;
  },
  address: ({ world }, [host, address = ""]) =>
    setAddress(world, world.host(hostNumber(host)), address === "none" ? "" : address),
  /** `drift h1 +1%`: against the time of the world. */
  drift: ({ world }, [host, by = ""]) => {
    const percent = /^([+-]\d+(?:\.\d+)?)%$/.exec(by)?.[1];
    if (percent === undefined) throw new Error(`a drift like +1% or -0.5% is wanted: ${by}`);
    setDrift(world, world.host(hostNumber(host)), 1 + Number(percent) / 100);
  },
  stall: (pool, [host, what, by]) => {
    const stalled = oneOf<Stalled>(what, "monitor", "word", "iteration", "watchdog", "all");
    pool.monitor(hostNumber(host)).stall(stalled, durationOf(by));
  },
  kill: (pool, [host]) => pool.kill(hostNumber(host)),
  service: (pool, [host, state]) => {
    const monitor = pool.monitor(hostNumber(host));
    const wanted = oneOf(state, "stop", "start", "kill");
    if (wanted === "stop") monitor.stopService();
    else if (wanted === "start") monitor.start(1_000);
    else monitor.killService();
  },
  "confirm-off": (pool, [host, other]) => {
    const number = hostNumber(host);
    const word = { host: pool.world.host(hostNumber(other)).uuid, atMs: uptimeMs(pool, number) };
    pool.disk(number).documents.save("confirmed-off", { hosts: [word] });
    pool.world.record("vouched-dead", { host: hostNumber(other) });
  },
  /** What `ha-cfg disarm --for 10m [--host h3]` writes. */
  disarm: (pool, [span, host]) => giveWord(pool, durationOf(span) / 1_000, host),
  arm: (pool, [host]) => giveWord(pool, 0, host),
  resume: (pool, [host]) => {
    const number = hostNumber(host);
    pool.disk(number).documents.save("fencing-resumed", { atMs: uptimeMs(pool, number) });
  },
  disk: (pool, [host, state]) => {
    const disk = pool.disk(hostNumber(host));
    disk.full = state === "full";
    disk.flushMs = oneOf(state, "full", "slow", "free") === "slow" ? 5_000 : 0;
  },
  "database-disk": (pool, [host, state]) => {
    const full = oneOf(state, "full", "free") === "full";
    obey(pool.world, { verb: "database-disk", host: hostNumber(host), full });
  },
  state: (pool, [host, what]) => {
    const { documents } = pool.disk(hostNumber(host));
    const memory = documents.get("memory") ?? "";
    pool.world.record("state-lost", { host: hostNumber(host) });
    if (oneOf(what, "delete", "tear") === "delete") documents.clear();
    else {
      documents.set("memory", memory.slice(0, memory.length / 2));
      documents.reboot();
    }
  },
  join: (pool) => pool.join(),
  forget: (pool, [host]) => pool.forget(hostNumber(host)),
  "promote-by-hand": (pool, [host]) => pool.promoteByHand(hostNumber(host)),
};

type VmVerb = (pool: SimPool, vm: SimVm, rest: readonly string[]) => void;

function doToVm(pool: SimPool, [name = "", what = "", ...rest]: readonly string[]): void {
  const verb = VM_VERBS[what];
  if (verb === undefined) throw new Error(`a VM cannot ${what}; it can ${Object.keys(VM_VERBS).join(", ")}`);
  verb(pool, pool.world.vmNamed(name), rest);
}

const VM_VERBS: Readonly<Record<string, VmVerb>> = {
  crash: (pool, vm) => pool.crashVm(vm.name),
  shutdown: (pool, vm) => pool.shutDownVm(vm.name),
  /** By a client of XAPI: `stop clean`, `stop hard`. */
  stop: ({ world }, vm, [how]) => obey(world, { verb: "vm", vm: vm.name, do: "stop", how }),
  snapshot: ({ world }, vm) => obey(world, { verb: "vm", vm: vm.name, do: "snapshot" }),
  revert: ({ world }, vm) => obey(world, { verb: "vm", vm: vm.name, do: "revert" }),
  priority: ({ world }, vm, [priority]) =>
    setRestartPriority(world, vm, priority === "none" ? "" : oneOf(priority, "restart", "best-effort")),
  key: ({ world }, vm, [key = "", value]) =>
    setVmKey(world, vm, key, value === undefined || value === "unset" ? null : value),
  /** By somebody else, through the master: `start`, `start on h2`. */
  start: ({ world }, vm, [on, host]) => {
    const where = on === "on" ? { host: hostNumber(host) } : {};
    obey(world, { verb: "vm", vm: vm.name, do: "start", ...where });
  },
  migrate: (pool, vm, [to]) => {
    if (!pool.migrateVm(vm.name, hostNumber(to))) throw new Error(`${vm.name} cannot migrate to ${to}`);
  },
  suspend: ({ world }, vm) => suspendVm(world, vm),
  pause: ({ world }, vm) => pauseVm(world, vm, true),
  unpause: ({ world }, vm) => pauseVm(world, vm, false),
  busy: ({ world }, vm) => setVmBusy(world, vm, true),
  idle: ({ world }, vm) => setVmBusy(world, vm, false),
  block: ({ world }, vm) => setVmBlocked(world, vm, true),
  unblock: ({ world }, vm) => setVmBlocked(world, vm, false),
  flag: (pool, vm, [value = ""]) =>
    setVmFlag(pool.world, vm, value === "unset" ? null : value, fieldName(pool)),
  "auto-poweron": ({ world }, vm, [state]) => setAutoPoweron(world, vm, onOff(state)),
  /** `vm web clone web2`: as a clone, a copy, or an import of an export. */
  clone: ({ world }, vm, [name = ""]) => void cloneVm(world, vm, name),
  home: ({ world }, vm, [whose]) => setHome(world, vm, oneOf(whose, "here", "other", "none")),
  lock: ({ world }, vm, [host]) => leaveLock(world, vm, world.host(hostNumber(host))),
};
