import { runPass } from "../../../src/app/pass/iterate.ts";
import type { GroupSight } from "../../../src/core/model/group-sight.ts";
import { setWatchdog } from "../../../src/simulation/control.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { ChaosSource } from "../../../src/simulation/ports/chaos.ts";
import { Datagrams } from "../../../src/simulation/ports/datagrams.ts";
import { createRandom } from "../../../src/simulation/random.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";
import type { LogEntry, SimHost, SimVm } from "../../../src/simulation/world.ts";
import { type Broken, disunity, Invariants, isUnited } from "../invariants/invariants.ts";
import { whyDown } from "../invariants/rules.ts";
import { Replayed } from "../scenarios/replayed.ts";
import { act } from "../scenarios/verbs.ts";
import { isWithoutProof } from "./draw-params.ts";
import type { Plan } from "./plan.ts";
import { type CauseCounts, ResetWatch } from "./resets.ts";

const MINUTE = 60_000;
/** Once everything is mended, this long until every VM that should run does: back-offs are up to 15 minutes. */
const LIVENESS_MS = 60 * MINUTE;
/** A host that was cut off has its xapi back at the master within two minutes, and is restarted then. */
const LEFTOVER_MS = 10 * MINUTE;
/** Well for this long is well. */
const STEADY_MS = MINUTE / 2;

/** The comparison of a host's VMs with the database: as measured, and on hosts that are busy or have many. */
const RESYNCS_MS: readonly number[] = [300, 300, 3_000, 20_000];

/** What a history amounts to, for the sums of a long search. */
export interface Tally {
  readonly virtualMs: number;
  readonly fences: number;
  /** Hosts that their watchdogs have reset. */
  readonly resets: number;
  /** By what they are explained. */
  readonly causes: CauseCounts;
  readonly promotions: number;
  readonly starts: number;
  readonly doubleRuns: number;
  /** VMs of such a run that still run twice when all is mended: only an administrator can say which copy is to end. */
  readonly twiceAtEnd: number;
  /** Two masters, or none, or nothing started, by an administrator's hand or wish, and they say so: it waits for him. */
  readonly stoodDown: number;
}

export interface Played {
  /** What must not be: broken rules, and VMs that do not run again. Empty is good. */
  readonly failures: readonly string[];
  readonly tally: Tally;
  /** The administrator has done without proofs of death. */
  readonly withoutProof: boolean;
  /** The same for the same seed, whatever the machine. */
  readonly fingerprint: string;
  readonly log: readonly LogEntry[];
}

const SECRETS = { FENCE_PASSWD: "s3cret-of-the-bmc", SMTP_PASS: "s3cret-of-the-mail" };

/** Of so many histories one is replayed from what its hosts have recorded. */
const REPLAYED_ONE_IN = 20;

/** Plays a history: safety while anything may fail, then everything is mended, then liveness. */
export async function play(plan: Plan, pass: RunPass = runPass): Promise<Played> {
  const { hosts, vms, externals, seed, watches } = plan;
  const params = { ...SECRETS, ...plan.params };
  const resyncMs = createRandom(seed + 2).pick(RESYNCS_MS);
  const timings = { ...(plan.asMeasured ? AS_MEASURED : {}), resyncMs };
  const pool = simulatePool({ hosts, vms, externals, seed, watches, params, timings, runPass: pass });
  const chaos = plan.chaos === null ? null : new ChaosSource(pool.world, createRandom(seed + 1), plan.chaos);
  pool.world.chaos = chaos;
  const setWeather = (weather: Plan["weather"]) => {
    if (pool.world.messengers instanceof Datagrams) pool.world.messengers.weather = weather;
  };
  let isStormy = plan.weather !== null;
  setWeather(plan.weather);
  // A promotion by hand, with the old master alive, is an administrator's choice like POOL.
  const byHand = plan.steps.some(({ words }) => words[0] === "promote-by-hand");
  const withoutProof = isWithoutProof(plan.params) || byHand;
  const invariants = new Invariants(pool.world, {
    disks: pool.disks,
    secrets: Object.values(SECRETS),
    withoutProof,
  });
  const record = seed % REPLAYED_ONE_IN === 0 ? new Replayed(pool.world, Object.values(SECRETS)) : null;
  const resets = new ResetWatch(pool, () => isStormy);
  for (const { atS, words } of plan.steps) {
    await pool.run(atS * 1_000 - pool.world.nowMs());
    pool.world.record("script", { line: words.join(" ") });
    tryTo(() => act(pool, words));
  }
  await pool.run(plan.healS * 1_000 - pool.world.nowMs());
  chaos?.end();
  setWeather(null);
  isStormy = false;
  if (plan.gone !== null) pool.loseForGood(plan.gone);
  mend(pool);
  let unwell = await becomeWell(pool, withoutProof);
  const { gone } = plan;
  for (let words = 0; unwell.length > 0 && gone !== null && words < MOST_WORDS; words += 1) {
    if (!(await confirmOff(pool, gone))) break;
    unwell = await becomeWell(pool, withoutProof);
  }
  const isChosen =
    standsDown(pool) || isLostAndSaid(pool) || (gone !== null && (await isLeftSo(pool, unwell)));
  const down = unwell.length > 0 && isChosen;
  // A copy that is left over is ended by its host's own comparison, some minutes after the pool is whole.
  if (twiceNow(pool) > 0) await pool.until(() => twiceNow(pool) === 0, LEFTOVER_MS);
  const recorded = record?.failures ?? [];
  const broken = [...invariants.forbidden().map(describe), ...resets.failures(), ...recorded];
  const failures = [...broken, ...(down ? [] : unwell)];
  return {
    failures,
    tally: { ...tallyOf(pool), causes: resets.counts(), twiceAtEnd: twiceNow(pool), stoodDown: down ? 1 : 0 },
    withoutProof,
    fingerprint: fingerprint(pool),
    log: pool.world.log,
  };
}

const twiceNow = (pool: SimPool): number =>
  [...pool.world.vms.values()].filter(({ name }) => pool.running(name).length > 1).length;

/** A step that cannot be done now (a VM that does not run cannot migrate) is a step that does not happen. */
function tryTo(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof Error) || !/cannot|Cannot/.test(error.message)) throw error;
  }
}

function mend(pool: SimPool): void {
  pool.world.record("mended");
  pool.heal();
  act(pool, ["tie", "up"]);
  for (const address of pool.world.externals.keys()) pool.world.externals.set(address, true);
  for (const host of pool.world.hosts) {
    host.bmcOf = host.number;
    pool.bmc(host.number, "up");
    if (host.watchdog.isMissing || host.watchdog.foreign > 0) setWatchdog(pool.world, host, "free");
    pool.disk(host.number).full = false;
    pool.xapi(host.number, "run");
    pool.power(host.number, true);
    pool.monitor(host.number).start(1_000);
  }
  mendDatabase(pool);
}

/** Once more after the pool has become one: what was written into the database of a master that then fell is gone. */
function mendDatabase(pool: SimPool): void {
  for (const { number, stayDisabled } of pool.world.hosts) if (stayDisabled) pool.maintenance(number, false);
  pool.xapiHa(false);
  pool.ha("true");
  for (const { name } of pool.world.vms.values()) {
    act(pool, ["vm", name, "idle"]);
    act(pool, ["vm", name, "unblock"]);
  }
}

/** What is still not well when the time is over; empty when the pool is, and stays, whole. */
async function becomeWell(pool: SimPool, withoutProof: boolean): Promise<readonly string[]> {
  const endMs = pool.world.nowMs() + LIVENESS_MS;
  while (!isUnited(pool.world) && pool.world.nowMs() < endMs) {
    await pool.until(() => isUnited(pool.world), 10 * STEADY_MS);
    switchOn(pool);
    if (isLostAndSaid(pool)) break;
  }
  if (isUnited(pool.world)) mendDatabase(pool);
  while (pool.world.nowMs() < endMs) {
    await pool.until(wellness(pool, withoutProof), STEADY_MS);
    switchOn(pool);
    if (standsDown(pool)) break;
    if (ailments(pool, withoutProof).length > 0) continue;
    await pool.run(STEADY_MS);
    if (ailments(pool, withoutProof).length === 0) return [];
  }
  return ailments(pool, withoutProof);
}

/** A word may be lost with the lead of the host that it was given on: then it is asked for again. */
const MOST_WORDS = 3;

/**
 * Does what an alert tells a person to do about a host that stays dead: on the host that leads, or one that counts, which is where
 * ha-cfg sends him. false: none tells it, or none since it was done last.
 */
async function confirmOff(pool: SimPool, gone: number): Promise<boolean> {
  const { hosts, log } = pool.world;
  const cure = new RegExp(`confirm-off h${gone}\\b`);
  const lastWord = new RegExp(`confirm-off h\\d+ h${gone}\\b`);
  const done = log.findLastIndex(({ what, line }) => what === "script" && lastWord.test(String(line)));
  // What has been mailed once is only logged, and shown by ha-cfg status, while it lasts; as when its cause is another one now.
  const isTold = log
    .slice(done + 1)
    .some(({ what, severity, text, body }) =>
      cure.test(String((what === "mail" && body) || (severity === "error" && text))),
    );
  if (!isTold) return false;
  const living = await Promise.all(
    hosts.filter(({ power }) => power).map(async (host) => ({ host, group: await groupSeenBy(pool, host) })),
  );
  const leads = living.find(({ group }) => group?.lead === "leads");
  const counts = living.find(({ host, group }) => group?.roll?.hosts.some((one) => one === host.uuid));
  const by = (leads ?? counts)?.host;
  if (by === undefined) return false;
  pool.world.record("script", { line: `confirm-off h${by.number} h${gone}` });
  act(pool, ["confirm-off", `h${by.number}`, `h${gone}`]);
  return true;
}

/** What the monitor of a host has published last. */
async function groupSeenBy({ world }: SimPool, { number }: SimHost): Promise<GroupSight | null> {
  return (await world.messengers?.reader(number).read())?.group ?? null;
}

/**
 * A fence that was under way while everything was mended has cut power once more; and the flag may have been switched on in
 * the database of a master that has fallen since.
 */
function switchOn(pool: SimPool): void {
  pool.ha("true");
  for (const { number } of pool.world.hosts) pool.power(number, true);
}

/**
 * No host is master, which needs an administrator where promotion is switched off, or where he began it by hand with the
 * old master alive; and the hosts have told him so.
 */
function isLostAndSaid(pool: SimPool): boolean {
  const { hosts, log } = pool.world;
  const [first] = hosts;
  const byHand = log.some(
    ({ what, line }) => what === "script" && String(line).startsWith("promote-by-hand"),
  );
  const mayNot = first !== undefined && pool.setting(first, "PROMOTE_SLAVE") === "0";
  const before = pool.world.nowMs() - STOOD_DOWN_MS;
  const said = log.some(
    ({ what, key, atMs }) => what === "mail" && key === "master-is-slave" && atMs < before,
  );
  return (byHand || mayNot) && said && hosts.every(({ poolConf }) => poolConf !== "master");
}

/**
 * Where a host never comes back, an administrator's wish may leave the others as they are: HA off, for nobody can switch it on again
 * without a master; PROMOTE_SLAVE=0, or SLAVE_HA=0 before the old master is back, which they have told him. And where the master died
 * for good before any of the others had read its pool, they have told him to make one of them master.
 */
async function isLeftSo(pool: SimPool, unwell: readonly string[]): Promise<boolean> {
  const living = pool.world.hosts.filter(({ power }) => power);
  const [first] = living;
  if (first === undefined) return false;
  const isTold = (name: "PROMOTE_SLAVE" | "SLAVE_HA") =>
    pool.setting(first, name) === "0" &&
    pool.world.log.some(({ what, body }) => what === "mail" && String(body).includes(`${name}=0`));
  if (living.some(({ poolConf }) => poolConf === "master"))
    return isTold("SLAVE_HA") && unwell.every((ailment) => ailment.endsWith("does not run"));
  const seen = await Promise.all(living.map((host) => groupSeenBy(pool, host)));
  const isStill = ({ number }: SimHost) => isIdleAndSaid(pool, number) || isOff(pool, number);
  const isHaOff = seen.every((one) => one?.roll?.ha === false) || isDisputedAndSaid(pool);
  return isTold("PROMOTE_SLAVE") || isHaOff || living.every(isStill);
}

const isDisputedAndSaid = ({ world }: SimPool): boolean =>
  world.log.some(
    ({ what, body }) => what === "mail" && String(body).includes("HA was switched on or off before"),
  );

const isIdleAndSaid = ({ world }: SimPool, number: number): boolean =>
  world.log.some(
    ({ what, host, subject }) =>
      what === "alarm" && host === number && subject === "HA does nothing on this host",
  );

const isOff = ({ world }: SimPool, number: number): boolean =>
  world.log.some(
    ({ what, host, text }) =>
      what === "log" && host === number && text === "HA is switched off: watching only.",
  );

/** How long it must last: a master that was just called back stands down for a moment, too. */
const STOOD_DOWN_MS = 10 * MINUTE;

/** Several masters, and each has said long ago that it does nothing: because of another one, or because it does not lead the pool. */
function standsDown(pool: SimPool): boolean {
  const masters = pool.world.hosts.filter((host) => host.power && host.poolConf === "master");
  const before = pool.world.nowMs() - STOOD_DOWN_MS;
  return masters.length > 1 && masters.every(({ number }) => saidNothingIsDone(pool, number, before));
}

const DOES_NOTHING: readonly unknown[] = ["rival-master", "not-leading"];

function saidNothingIsDone(pool: SimPool, host: number, beforeMs: number): boolean {
  const said = pool.world.log.findLast(
    (entry) => entry.what === "mail" && entry["host"] === host && DOES_NOTHING.includes(entry["key"]),
  );
  return said !== undefined && said.atMs < beforeMs;
}

/** Without proofs a VM may run twice for good: that is counted, and told by the world's own rules. */
function ailments(pool: SimPool, withoutProof: boolean): readonly string[] {
  const split = disunity(pool.world);
  const missing = [...pool.world.vms.values()].flatMap((vm): readonly string[] => {
    if (!ails(pool, vm, withoutProof)) return [];
    const on = pool.running(vm.name);
    return [
      on.length === 0
        ? `${vm.name} does not run`
        : `${vm.name} runs on ${on.map((h) => `h${h}`).join(" and ")}`,
    ];
  });
  return [...(split === null ? [] : [split]), ...missing];
}

function ails(pool: SimPool, vm: SimVm, withoutProof: boolean): boolean {
  // Its disk died with its host.
  if (typeof vm.disk === "number" && vm.disk > 0 && pool.world.host(vm.disk).gone) return false;
  let copies = 0;
  for (const host of pool.world.hosts) if (host.domains.has(vm.uuid)) copies += 1;
  return !(copies === 1 || (copies > 1 && withoutProof) || staysDown(pool, vm.ref));
}

/** Is there no ailment? Asked after every event, so whoever ailed last is looked at first. */
function wellness(pool: SimPool, withoutProof: boolean): () => boolean {
  let last: SimVm | null = null;
  return () => {
    if (last !== null && ails(pool, last, withoutProof)) return false;
    if (!isUnited(pool.world)) return false;
    for (const vm of pool.world.vms.values()) {
      if (!ails(pool, vm, withoutProof)) continue;
      last = vm;
      return false;
    }
    return true;
  };
}

function staysDown(pool: SimPool, ref: string): boolean {
  const master = pool.world.hosts.find((host) => host.poolConf === "master");
  const record = master?.database.get("VM", ref);
  return (
    master !== undefined &&
    record !== undefined &&
    whyDown(record, (name) => pool.setting(master, name)) !== null
  );
}

function tallyOf(pool: SimPool): Omit<Tally, "stoodDown" | "twiceAtEnd" | "causes"> {
  const { world } = pool;
  const count = (what: string): number => world.log.filter((entry) => entry.what === what).length;
  return {
    virtualMs: world.nowMs(),
    fences: count("fence-begun"),
    resets: count("watchdog-fired"),
    promotions: count("promote-asked"),
    starts: count("start-asked"),
    doubleRuns: world.violations.filter(({ what }) => what === "vm-twice").length,
  };
}

function fingerprint(pool: SimPool): string {
  return Bun.hash(JSON.stringify(pool.world.log)).toString(16);
}

function describe({ atMs, rule, text }: Broken): string {
  return `${rule} at ${(atMs / 1_000).toFixed(1)} s: ${text}`;
}
