import type { SimPool } from "../../../src/simulation/pool.ts";
import type { LogEntry } from "../../../src/simulation/world.ts";
import { disunity } from "../invariants/invariants.ts";
import { hostNumber } from "./verbs.ts";

/** A claim of a script: null when it holds, else what was found instead. */
type Claim = (pool: SimPool, args: readonly string[]) => string | null;

/** Whether `expect …` holds now. Throws when the claim itself cannot be understood. */
export function judge(pool: SimPool, words: readonly string[]): string | null {
  const [name = "", ...args] = words;
  const claim = CLAIMS[name];
  if (claim === undefined) throw new Error(`no claim ${name}; there are ${Object.keys(CLAIMS).join(", ")}`);
  return claim(pool, args);
}

/** Everything that cuts power, changes masters, gives a dead host's VMs free, or ends something. */
const DESTRUCTIVE = [
  "fence-begun",
  "promote-asked",
  "told-dead",
  "declared-dead",
  "reboot-self",
  "toolstack-restart",
];

const hosts = (numbers: readonly number[]): string =>
  numbers.map((number) => `h${number}`).join(" ") || "none";
const wanted = (words: readonly string[]): string => words.join(" ");
const entriesOf = (pool: SimPool, ...kinds: readonly string[]) =>
  pool.world.log.filter(({ what }) => kinds.includes(what));
/** What was asked to start: a VM, or an appliance by its name. */
const startOf = (entry: LogEntry): string => String(entry["vm"]).replace(/^OpaqueRef:appliance-/, "");
const distinct = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)];
const compare = (found: string, args: readonly string[]): string | null =>
  found === wanted(args) ? null : `found ${found}`;

function whereabouts(pool: SimPool, name: string): string {
  return (
    pool
      .running(name)
      .map((number) => `h${number}`)
      .join(" ") || "nowhere"
  );
}

/** Lines of the program's log, mails or XAPI messages that contain a text; `by h2` only those of one host. */
function told(pool: SimPool, kind: string, args: readonly string[]): string | null {
  const [first = "", ...rest] = args;
  const times = /^\d+x$/.test(first) ? Number.parseInt(first, 10) : null;
  const [text = "", by, host] = times === null ? args : rest;
  const found = entriesOf(pool, kind).filter(
    (entry) => JSON.stringify(entry).includes(text) && (by !== "by" || entry["host"] === hostNumber(host)),
  ).length;
  if (times === null ? found > 0 : found === times) return null;
  return `found ${found} times`;
}

const CLAIMS: Readonly<Record<string, Claim>> = {
  /** Every VM runs exactly once, on a host that has power; `but a b` leaves some out. */
  "all-once": (pool, [but, ...names]) => {
    const skipped = but === "but" ? names : [];
    const wrong = [...pool.world.vms.values()]
      .filter(({ name }) => !skipped.includes(name) && pool.running(name).length !== 1)
      .map(({ name }) => `${name} ${whereabouts(pool, name)}`);
    return wrong.length === 0 ? null : wrong.join(", ");
  },
  /** `vm web h2`, `vm web nowhere`, `vm web once`, `vm web h1 h2`. */
  vm: (pool, [name = "", ...where]) => {
    if (where[0] === "once")
      return pool.running(name).length === 1 ? null : `found ${whereabouts(pool, name)}`;
    return compare(whereabouts(pool, name), where);
  },
  /** Hosts on which a fence was begun, each once, in order: `fenced none`, `fenced h3 h2`. */
  fenced: (pool, args) =>
    compare(hosts(distinct(entriesOf(pool, "fence-begun").map((e) => Number(e["host"])))), args),
  /** Fence attempts, all together. */
  "fence-attempts": (pool, args) => compare(String(entriesOf(pool, "fence-begun").length), args),
  /** Hosts that asked to be promoted, in order. */
  promoted: (pool, args) =>
    compare(hosts(distinct(entriesOf(pool, "promote-asked").map((e) => Number(e["by"])))), args),
  /** Hosts whose pool.conf says master. */
  masters: (pool, args) =>
    compare(
      hosts(pool.world.hosts.filter(({ poolConf }) => poolConf === "master").map(({ number }) => number)),
      args,
    ),
  /** Who holds a claim outside the pool now, once for each claim, in the order in which they were made. */
  claims: (pool, args) => {
    const holders = [...pool.world.ties.claims.values()];
    const numberOf = (holder: string) => pool.world.hosts.find(({ uuid }) => uuid === holder)?.number ?? 0;
    return compare(hosts(holders.map(numberOf)), args);
  },
  /**
   * One host leads, and every VM runs; or every host that has power and does not lead, or leads and lacks a VM, has mailed what a person can
   * do. Never two lead.
   */
  "led-or-told": (pool) => {
    const powered = pool.world.hosts.filter(({ power }) => power).map(({ number }) => number);
    const leaders = powered.filter((number) => leads(pool, number));
    if (leaders.length > 1) return `${hosts(leaders)} lead`;
    const areWhole = [...pool.world.vms.values()].every(({ name }) => pool.running(name).length === 1);
    if (leaders.length === 1 && areWhole) return null;
    const untold = powered.filter((number) => !hasMailedCure(pool, number));
    const silent = leaders.length === 1 ? untold.filter((number) => leaders.includes(number)) : untold;
    return silent.length === 0 ? null : `${hosts(silent)}: nothing was mailed`;
  },
  /** One master, and everyone with power follows it. */
  united: (pool) => disunity(pool.world),
  declared: (pool, args) =>
    compare(hosts(distinct(entriesOf(pool, "declared-dead").map((e) => Number(e["host"])))), args),
  /** Hosts that the pool database calls enabled. */
  enabled: (pool, args) => compare(hosts(enabledHosts(pool)), args),
  rebooted: (pool, args) =>
    compare(hosts(entriesOf(pool, "reboot-self").map((e) => Number(e["host"]))), args),
  /** VMs whose start the program asked for, each once, in order. */
  started: (pool, args) =>
    compare([...new Set(entriesOf(pool, "start-asked").map(startOf))].join(" ") || "none", args),
  /** How often the program asked for starts of a VM: `starts web 2`. */
  starts: (pool, [vm = "", count]) =>
    compare(String(entriesOf(pool, "start-asked").filter((e) => startOf(e) === vm).length), [count ?? ""]),
  /** Nothing was done at all: nothing destructive, no start, no domain destroyed. */
  calm: (pool) => {
    const done = entriesOf(pool, "start-asked", ...DESTRUCTIVE).map(
      (e) => `${e.what} ${e["vm"] ?? e["host"] ?? e["by"]}`,
    );
    return done.length === 0 ? null : done.slice(0, 5).join(", ");
  },
  power: (pool, [host, state]) =>
    compare(pool.world.host(hostNumber(host)).power ? "on" : "off", [state ?? ""]),
  said: (pool, args) => told(pool, "log", args),
  mailed: (pool, args) => told(pool, "mail", args),
  posted: (pool, args) => told(pool, "message", args),
  /** The program's key in the pool database: `key autopromote_uuid none_available`; a host stands for its uuid. */
  key: (pool, [name = "", value = ""]) => {
    const found = poolKey(pool, name);
    const host = pool.world.hosts.find(({ uuid }) => uuid === found);
    return compare(host === undefined ? found : `h${host.number}`, [value]);
  },
  /** Nothing has put an error into XAPI's logs, or a failed login. */
  "quiet-logs": ({ world }) =>
    world.hosts
      .filter(({ noise }) => noise.errorLines + noise.failedLogins > 0)
      .map(({ name, noise }) => `${name}: ${noise.errorLines} lines, ${noise.failedLogins} logins`)
      .join(", ") || null,
  "double-runs": (pool, args) => {
    const found = pool.world.violations.filter(({ what }) => what === "vm-twice").length;
    return compare(args[0] === "some" && found > 0 ? "some" : found === 0 ? "none" : String(found), args);
  },
};

/** May this host act now? */
function leads({ world }: SimPool, host: number): boolean {
  return (world.messengers?.mandateUntilMs(host) ?? 0) > world.nowMs();
}

/** Since it has power. */
function hasMailedCure({ world }: SimPool, host: number): boolean {
  const { bootedAtMs } = world.host(host);
  return world.log.some(
    (entry) =>
      entry.what === "mail" &&
      entry["host"] === host &&
      entry.atMs >= bootedAtMs &&
      JSON.stringify(entry).includes("ha-cfg confirm-off"),
  );
}

function enabledHosts(pool: SimPool): readonly number[] {
  const master = pool.world.hosts.find(({ xapi }) => xapi?.role.kind === "master" && xapi.serving);
  return pool.world.hosts
    .filter(({ ref }) => master?.database.get("host", ref)?.["enabled"] === true)
    .map(({ number }) => number);
}

function poolKey(pool: SimPool, name: string): string {
  const master = pool.world.hosts.find(({ xapi }) => xapi?.role.kind === "master" && xapi.serving);
  const database = master?.database;
  const ref = database?.refs("pool")[0];
  const keys =
    ref === undefined ? {} : (database?.get("pool", ref)?.["other_config"] as Record<string, string>);
  return keys[name] ?? "unset";
}
