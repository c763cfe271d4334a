import { expect, test } from "bun:test";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import {
  FAST_PARAMETERS,
  newLeader,
  nothingRanTwice,
  onlyMaster,
  passOfAll,
  rejoined,
  STEP_MS,
  settled,
  shown,
  twoVmsPerHost,
} from "./story.ts";
import type { DeviceKind } from "./world/device-server.ts";
import { DEVICE_PASSWORD, Devices, MAIL_SERVER, OUTER_HOST, SECRET, STRIP } from "./world/devices.ts";
import { Pool } from "./world/pool.ts";
import { until } from "./world/wait.ts";

/** One story with a pool that fences; generous, because the machine may have other work. */
export const BOUND_MS = 5 * 60_000;

/** What xapi takes for its own restarts is not what these tests are about. */
const QUICK_XAPI = { xapiAnswersMs: 500, helloMs: 1_000, enableMs: 300, helloRetryMs: 1_000, fuseMs: 1_000 };

/** A word on a command line, to show that the watch sees command lines. */
const DECOY = "decoy-on-a-command-line";

/** A pool with real fence devices. */
export interface FencePool {
  readonly pool: Pool;
  readonly devices: Devices;
}

/** A settled pool whose alerts are mailed, with devices of these kinds, and every command line watched. */
export async function startFencePool(kinds: readonly DeviceKind[], hosts = 3): Promise<FencePool> {
  const params = {
    ...FAST_PARAMETERS,
    ...{ MONITOR_DELAY: "2", FENCE_PASSWD: DEVICE_PASSWORD, FENCE_TIMEOUT: "30" },
    ...{ MAIL_ON: "1", SMTP_SERVER: MAIL_SERVER },
  };
  const options = { hosts, vms: twoVmsPerHost(hosts), params, ha: "true" };
  const pool = await Pool.start({ ...options, timings: QUICK_XAPI });
  try {
    const devices = await Devices.start(pool, kinds);
    await settled(pool);
    await pool.beHasty();
    await devices.watch([SECRET, DECOY]);
    return { pool, devices };
  } catch (error) {
    console.error(await pool.story());
    await pool.stop();
    throw error;
  }
}

/** A test in the pool that `world` gives; the logs are shown when it fails. */
export function story(name: string, world: () => FencePool, tell: (world: FencePool) => Promise<void>): void {
  test(
    name,
    () =>
      shown(world().pool, async () => {
        await tell(world());
        await nothingRanTwice(world().pool);
      }),
    BOUND_MS,
  );
}

const ADDRESSES: Readonly<Record<string, string>> = { XVM: OUTER_HOST, EXAMPLE: STRIP };

/** The parameters that a method needs; BMCs and the outer host have their own users. */
export function parametersOf(method: string): Readonly<Record<string, string>> {
  return {
    ...{ FENCE_METHOD: method, FENCE_IPADDRESS: ADDRESSES[method] ?? "" },
    FENCE_USER: method === "EXAMPLE" ? "fencer" : "",
  };
}

/** Sets parameters of the pool as an administrator does, where they differ from what they are. */
export async function setParameters(pool: Pool, values: Readonly<Record<string, string>>): Promise<void> {
  const master = await onlyMaster(pool, STEP_MS);
  const now = await pool.sim.poolOtherConfig();
  for (const [name, value] of Object.entries(values)) {
    if ((now[`HA_${name}`] ?? "") !== value) await pool.on(master, "ha-cfg", "set", name, value);
  }
}

/** Sets the method; every host knows it when this resolves. */
export async function useMethod(pool: Pool, method: string): Promise<void> {
  await setParameters(pool, parametersOf(method));
  await passOfAll(pool);
  await beginAnew(pool);
}

/**
 * What plays in one pool fences more within ten minutes than a pool should: HA that begins anew counts anew. In the end all hosts have read that
 * it is on: nobody takes over from a master whose last word was another one.
 */
export async function beginAnew(pool: Pool): Promise<void> {
  const master = await onlyMaster(pool, STEP_MS);
  await pool.on(master, "ha-cfg", "ha-disable");
  await passOfAll(pool);
  await pool.on(master, "ha-cfg", "ha-enable", "--force");
  await settled(pool);
  await passOfAll(pool);
}

/**
 * Cuts a living host off, and waits until its device has cut its power, no process of it is left, and its VMs run once,
 * elsewhere. `before` happens while the host is cut off and `fencer` tries.
 */
export async function cutOffAndFenced(
  { pool }: FencePool,
  host: number,
  before: (fencer: number) => Promise<void> = async () => undefined,
): Promise<void> {
  expect((await pool.sim.residents(host)).length).toBeGreaterThan(0);
  const space = await pool.processSpace(host);
  expect(await pool.processesIn(space)).toBeGreaterThan(2);
  const from = new Map<number, number>();
  for (const one of pool.hostNumbers()) from.set(one, (await pool.messages(one)).length);
  await pool.isolate(host);
  const fencer = await newLeader(pool, host);
  await before(fencer);
  await fenced(pool, host, fencer, space, from.get(fencer) ?? 0);
  await pool.untilRunning(pool.vmNames, STEP_MS, [host]);
  expect(await onlyMaster(pool, STEP_MS)).toBe(fencer);
}

/** Waits until a host has no power, no processes, and its fence is in the log of `fencer`. */
export async function fenced(
  pool: Pool,
  host: number,
  fencer: number,
  space: string,
  logFrom: number,
): Promise<void> {
  await until(`the power of host ${host} being cut`, STEP_MS, () => !pool.isOn(host));
  expect(await pool.processesIn(space)).toBe(0);
  const confirmed = new RegExp(`fence_host: h${host} was fenced: its agent confirms that it is off`);
  await pool.untilLogged(fencer, confirmed, STEP_MS, logFrom);
}

/** Mends the links, switches hosts on and waits until they are slaves again. */
export async function bringBack({ pool }: FencePool, ...hosts: readonly number[]): Promise<void> {
  await pool.heal();
  for (const host of hosts) await pool.powerOn(host);
  await Promise.all(hosts.map((host) => rejoined(pool, host, STEP_MS)));
  // A VM that is about to be started belongs to what was before.
  await pool.untilRunning(pool.vmNames, STEP_MS);
}

/** A slave, then the master: cut off while their VMs run on, and fenced by `method`. */
export function fencesBoth(method: string, world: () => FencePool): void {
  fencesSlave(method, world);
  story(`${method}: the master loses its power before another host takes over`, world, async (at) => {
    const master = await onlyMaster(at.pool, STEP_MS);
    await giveVm(at.pool, master);
    await cutOffAndFenced(at, master);
    await bringBack(at, master);
  });
}

/** A slave, cut off while its VMs run on, is fenced by `method`. */
export function fencesSlave(method: string, world: () => FencePool): void {
  story(`${method}: a slave that lives on behind a broken link loses its power`, world, async (at) => {
    await useMethod(at.pool, method);
    const slave = (await onlyMaster(at.pool, STEP_MS)) === 3 ? 2 : 3;
    await giveVm(at.pool, slave);
    await cutOffAndFenced(at, slave);
    await bringBack(at, slave);
  });
}

/** A host that was away has no VM; this one gets one, so that its death matters. */
export async function giveVm(pool: Pool, host: number): Promise<void> {
  if ((await pool.sim.residents(host)).length > 0) return;
  const [vm = ""] = pool.vmNames;
  await pool.do({ verb: "vm", vm, do: "migrate", host });
  await pool.untilRunning(
    [vm],
    STEP_MS,
    pool.hostNumbers().filter((number) => number !== host),
  );
}

/** After all stories: the password was on no command line, in no log, mail, message of XAPI or state file. */
export function keepsSecret(programs: readonly string[], world: () => FencePool): void {
  story("the password is on no command line, in no log, mail, message or state file", world, async (at) => {
    const { pool, devices } = at;
    const [up = 0] = pool.hostNumbers().filter((host) => pool.isOn(host));
    await pool.on(up, "sh", "-c", "sleep 0.3", "sh", DECOY);
    const { hits, lines } = await devices.watched();
    for (const program of programs) expect(lines.filter((line) => line.includes(program))).not.toEqual([]);
    expect(hits.filter((line) => line.includes(DECOY))).not.toEqual([]);
    expect(hits.filter((line) => line.includes(SECRET))).toEqual([]);
    const mails = (await devices.mails()).map(({ data }) => data.replace(/=\r?\n/g, ""));
    expect(mails.length).toBeGreaterThan(0);
    const logs = await Promise.all(pool.hostNumbers().map((host) => pool.messages(host)));
    expect(logs.join("")).toContain("fence_host");
    const told = JSON.stringify((await pool.sim.log(0)).filter(({ what }) => what === "message"));
    // The last good parameters are the one place where it must stand; what people pass on is the state. The record, which is packed, is looked
    // through in every scenario (simulated/scenarios/replayed.ts).
    const state = await pool.on(up, "sh", "-c", "cat /etc/ha-lizard/state/*.json");
    expect(state).toContain('"lastGood"');
    const places = { state, mails: mails.join("\n"), logs: logs.join("\n"), told };
    const found = Object.entries(places).filter(([, text]) => text.includes(SECRET));
    expect(found.map(([place]) => place)).toEqual([]);
  });
}

/** The uuid of a host, as agents are given it. */
export const uuidOf = (host: number): string => hostDefaults(host).uuid;
