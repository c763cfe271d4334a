import { expect } from "bun:test";
import { parseHearing } from "../../../src/adapters/group/hearing-file.ts";
import type { Hearing } from "../../../src/core/model/hearing.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { PoolIncident } from "../../../src/record/pool-incident.ts";
import { hostDefaults, type VmSpec } from "../../../src/simulation/spec.ts";
import { HEARING_FILE, Pool, type PoolOptions } from "./world/pool.ts";
import { until } from "./world/wait.ts";

/** Short delays, so that a failover takes seconds. What they scale down is stated in test/README.md. */
export const FAST_PARAMETERS: Readonly<Record<string, string>> = {
  MONITOR_DELAY: "4",
  MONITOR_SCANRATE: "1",
  XAPI_COUNT: "2",
  XAPI_DELAY: "1",
  XE_TIMEOUT: "3",
  FENCE_METHOD: "TESTBMC",
  FENCE_TIMEOUT: "20",
  MAIL_ON: "0",
};

/** Longest time for any one step of a story; a failover of the master takes about half a minute. */
export const STEP_MS = 90_000;

const PASS_FILE = "/run/ha-lizard/state/pass.json";

const KILL_PROGRAM = `
for process in /proc/[0-9]*; do
  case $(readlink "$process/exe") in
    */ha-lizard*) kill -9 "\${process#/proc/}" && echo "\${process#/proc/}" ;;
  esac
done`;

/** Two VMs on each host: web1 and db1 on host 1, and so on. */
export function twoVmsPerHost(hosts: number): VmSpec[] {
  return Array.from({ length: hosts }, (_, index) => index + 1).flatMap((on) => [
    { name: `web${on}`, on },
    { name: `db${on}`, on },
  ]);
}

export const vmsOf = (...hosts: readonly number[]): string[] =>
  hosts.flatMap((host) => [`web${host}`, `db${host}`]);

/** A pool of three with HA on and everything settled: a successor chosen, every slave told. */
export async function startSettledPool(
  vms: readonly VmSpec[] = twoVmsPerHost(3),
  installer?: string,
): Promise<Pool> {
  const from = installer === undefined ? {} : { installer };
  return startSettled({ hosts: 3, vms, params: FAST_PARAMETERS, ha: "true", ...from });
}

/** Such a pool; ends it and shows its logs when it does not settle. */
export async function startSettled(options: PoolOptions): Promise<Pool> {
  const pool = await Pool.start(options);
  try {
    await settled(pool);
    return pool;
  } catch (error) {
    console.error(await pool.story());
    await pool.stop();
    throw error;
  }
}

/** Plays a story in a settled pool; shows the logs when it fails; the pool ends in any case. */
export async function inPool(
  story: (pool: Pool) => Promise<void>,
  start: () => Promise<Pool> = startSettledPool,
): Promise<void> {
  const pool = await start();
  try {
    await shown(pool, () => story(pool));
  } finally {
    await pool.stop();
  }
}

/** Shows the logs of the pool when what is done with it fails. */
export async function shown(pool: Pool, story: () => Promise<void>): Promise<void> {
  try {
    await story();
  } catch (error) {
    console.error(await pool.story());
    throw error;
  }
}

/** Sets MONITOR_DELAY as an administrator does, on the first host; resolves when the monitors of `hosts` know it. */
export async function setMonitorDelay(pool: Pool, seconds: number, hosts: readonly number[]): Promise<void> {
  await pool.on(1, "ha-cfg", "set", "MONITOR_DELAY", String(seconds));
  for (const host of hosts)
    await until(`the monitor of host ${host} to know it`, STEP_MS, async () =>
      (await pool.file(host, PASS_FILE))?.includes(`"delayMs":${seconds * 1_000}`),
    );
}

/** What the monitor of a host publishes; null: nothing that can be read. */
export async function published(pool: Pool, host: number): Promise<Hearing | null> {
  return parseHearing((await pool.file(host, HEARING_FILE)) ?? "");
}

/** Waits until the pool has one master, a successor that is on, and every monitor has finished a pass. */
export async function settled(pool: Pool): Promise<void> {
  await successor(pool);
  for (const host of pool.hostNumbers().filter((number) => pool.isOn(number))) {
    await until(`a pass of host ${host}`, STEP_MS, async () =>
      (await pool.file(host, PASS_FILE))?.includes("finishedAtMs"),
    );
  }
  await oneGroup(pool);
}

/**
 * Waits until every host that is on knows who leads, and counts. The hosts of a new pool are no group before all of them are
 * heard, and one that has booted counts again some seconds later: a master that dies in between takes a majority with it.
 */
async function oneGroup(pool: Pool): Promise<void> {
  const on = pool.hostNumbers().filter((number) => pool.isOn(number));
  for (const host of on)
    await until(`every host that is on counting, by what host ${host} knows`, STEP_MS, async () => {
      const group = (await published(pool, host))?.group;
      if (group?.lead !== "leads" && group?.lead !== "hears") return false;
      const { roll } = group;
      return (
        roll?.settled === true && on.every((one) => roll.hosts.includes(hostUuid(hostDefaults(one).uuid)))
      );
    });
}

/** The number of the host that leads the others while one is cut off; waits for it. */
export async function newLeader(pool: Pool, cutOff: number): Promise<number> {
  const others = pool.hostNumbers().filter((number) => number !== cutOff && pool.isOn(number));
  return await until("a leader of those that are left", STEP_MS, async () => {
    for (const host of others) if ((await published(pool, host))?.group.lead === "leads") return host;
    return null;
  });
}

/** Waits until every host that is on has begun and finished a pass from now on. */
export async function passOfAll(pool: Pool): Promise<void> {
  const on = pool.hostNumbers().filter((number) => pool.isOn(number));
  await Promise.all(
    on.map(async (host) => {
      const before = await pool.file(host, PASS_FILE);
      // The first change may be of a pass that had begun before.
      const first = await until(`a pass of host ${host}`, STEP_MS, () => changed(pool, host, before));
      await until(`another pass of host ${host}`, STEP_MS, () => changed(pool, host, first));
    }),
  );
}

async function changed(pool: Pool, host: number, before: string | null): Promise<string | null> {
  const now = await pool.file(host, PASS_FILE);
  return now === before ? null : now;
}

/**
 * kill -9 to the monitor, the iteration and whatever else of the program runs on a host. The host has a process space
 * of its own, so nothing else can be hit. Returns how many there were.
 */
export async function killProgram(pool: Pool, host: number): Promise<number> {
  const killed = await pool.on(host, "sh", "-c", KILL_PROGRAM);
  return killed.split("\n").filter((line) => line !== "").length;
}

/** The number of the host that would take over. */
export async function successor(pool: Pool): Promise<number> {
  return await until("a successor that is on", STEP_MS, async () => {
    const uuid = (await pool.sim.poolOtherConfig())["autopromote_uuid"];
    const host = pool.hostNumbers().find((number) => hostDefaults(number).uuid === uuid);
    return host !== undefined && pool.isOn(host) ? host : null;
  });
}

/** The number of the only host whose xapi is a working master; waits for it. */
export async function onlyMaster(pool: Pool, boundMs: number): Promise<number> {
  return await until("exactly one master", boundMs, async () => {
    const masters = await pool.sim.masters();
    return masters.length === 1 ? masters[0] : null;
  });
}

/** Waits until a host is an enabled slave again, and until every host has seen that: members are the enabled hosts. */
export async function rejoined(pool: Pool, host: number, boundMs: number): Promise<void> {
  await until(`host ${host} being an enabled slave`, boundMs, async () => {
    const conf = await pool.sim.poolConf(host);
    return conf.startsWith("slave:") && (await pool.sim.enabledHosts()).includes(host);
  });
  await passOfAll(pool);
  await oneGroup(pool);
}

/** What must be true whatever happened: no VM ever ran twice. */
export async function nothingRanTwice(pool: Pool): Promise<void> {
  const violations = await pool.sim.violations();
  if (violations.length > 0) throw new Error(`Ran twice: ${JSON.stringify(violations)}`);
}

/** What the iterations of a host have recorded of its failover, replayed by `ha-cfg`: every round decides as it did. */
export async function replaysTheSame(pool: Pool, host: number): Promise<void> {
  const listed = JSON.parse(await pool.on(host, "ha-cfg", "replay", "--json")) as { incident: boolean }[];
  expect(listed.some(({ incident }) => incident)).toBe(true);
  // A file is renamed when something happens, so the names are those of the moment.
  const script =
    "cd /etc/ha-lizard/state/record && for file in *.incident.record; do ha-cfg replay $file || exit; done";
  const shown = await pool.on(host, "sh", "-c", script);
  expect(shown).not.toContain("Passed over");
  expect(shown).toContain("Every round decides as it did then.");
}

/** Longest time until what happened can be told whole, after the last start. */
const TOLD_MS = 60_000;

/**
 * What `ha-cfg report` on a host has for an administrator, once it is complete: that this host failed, that its fence has proved it off, who
 * decided with which votes, who is master since then, and how long each of these VMs was down and what it waited for.
 */
export async function reportOf(
  pool: Pool,
  host: number,
  lost: string,
  vms: readonly string[],
): Promise<string> {
  const pattern = [
    `What failed\\?</td><td>${lost}: silent since [\\d:]+, counted as failed [\\d.]+ s later`,
    `${lost}: proved by its fence device \\(TESTBMC\\), at [\\d:]+`,
    `${lost}: fenced by (h\\d) \\(leader\\), 2 of 3 votes: h\\d, h\\d; silent: ${lost}; at [\\d:]+`,
    `new master\\?</td><td>h${host} \\(leader\\), 2 of \\d votes: h\\d, h\\d[^<]*; take-over begun at [\\d:]+, XAPI is master at [\\d:]+`,
    `[\\d.]+ s: ${vms.length} of ${vms.length} started again<`,
    `, down longest, waited .* for its host to count as failed, .* for the proof that its host is off, .* for its start to end<`,
    ...vms.map(
      (vm) =>
        `<td class="n">${vm}</td><td class="n">${lost}</td><td class="n">h\\d</td><td class="n">h${host}</td>`,
    ),
    "ha-cfg replay /etc/ha-lizard/state/record/[^ ]*.record --with",
  ];
  return await until("a report that is complete", TOLD_MS, async () => {
    await pool.on(host, "ha-cfg", "report", "/tmp/report.html", "--yes");
    const page = await pool.on(host, "cat", "/tmp/report.html");
    const missing = pattern.filter((one) => !new RegExp(one).test(page));
    if (missing.length > 0) throw new Error(`missing: ${missing.join("; ")}`);
    return page;
  });
}

/** What `ha-cfg history` on a host says of the last incident, put together of what all hosts that are up have recorded. */
export async function lastIncident(pool: Pool, host: number): Promise<PoolIncident & { missing: unknown }> {
  const { incidents, missing } = JSON.parse(await pool.on(host, "ha-cfg", "history", "last", "--json")) as {
    incidents: PoolIncident[];
    missing: unknown;
  };
  const [incident] = incidents;
  if (incident === undefined) throw new Error(`host ${host} knows of no incident`);
  return { ...incident, missing };
}
