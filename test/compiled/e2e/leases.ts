import { expect } from "bun:test";
import { type KeptVote, readStored } from "../../../src/adapters/group/stored-text.ts";
import type { OwnLeaseSight } from "../../../src/core/model/group-sight.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import {
  FAST_PARAMETERS,
  inPool,
  nothingRanTwice,
  published,
  STEP_MS,
  startSettled,
  twoVmsPerHost,
  vmsOf,
} from "./story.ts";
import { type Pool, uptimeMs } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

/** What the stories of leases (FENCE_METHOD=WATCHDOG) share. All times are the machine's uptime, which is that of every host. */

const uuidOf = (host: number) => hostUuid(hostDefaults(host).uuid);
const VOTE_FOLDER = "/etc/ha-lizard/state/group";
const VOTE_HEAD = /^HA-Lizard vote 1 (\d+) (\d+) [0-9a-f]{64}\n/;

/** Plays a story in a pool without BMCs, each host of which has a lease; nothing may have run twice in the end. */
export async function inLeasedPool(
  leaseS: number,
  story: (pool: Pool) => Promise<void>,
  params: Readonly<Record<string, string>> = {},
  hosts = 3,
): Promise<void> {
  const wish = { FENCE_METHOD: "WATCHDOG", FENCE_WATCHDOG_TIMEOUT: String(leaseS) };
  await inPool(
    async (pool) => {
      await leased(pool, leaseS);
      await story(pool);
      await nothingRanTwice(pool);
    },
    () =>
      startSettled({
        ...{ hosts, vms: twoVmsPerHost(hosts), ha: "true", watchdog: true },
        params: { ...FAST_PARAMETERS, ...wish, ...params },
      }),
  );
}

/** Waits until every host that is on has a lease, on which whoever leads may count. */
export async function leased(pool: Pool, leaseS: number): Promise<void> {
  const on = pool.hostNumbers().filter((host) => pool.isOn(host));
  for (const host of on)
    await until(`the lease of every host, by what host ${host} has stored`, STEP_MS, async () => {
      if ((await ownLease(pool, host))?.leaseMs !== leaseS * 1_000) return false;
      const vote = await storedVote(pool, host);
      if (vote === null || vote.roll === null || vote.before !== null) return false;
      const { hosts } = vote.roll;
      return on.every((one) => hosts.find((entry) => entry.host === uuidOf(one))?.leaseMs === leaseS * 1_000);
    });
}

export async function ownLease(pool: Pool, host: number): Promise<OwnLeaseSight | null> {
  return (await published(pool, host))?.group.ownLease ?? null;
}

/** What a host has stored of its vote, the newer of its two files. */
async function storedVote(pool: Pool, host: number): Promise<KeptVote | null> {
  const texts = await Promise.all(
    ["vote-1", "vote-2"].map((name) => pool.file(host, `${VOTE_FOLDER}/${name}`)),
  );
  const votes = texts.flatMap((text) => {
    const [head, count, bytes] = VOTE_HEAD.exec(text ?? "") ?? [];
    if (head === undefined) return [];
    const stored = Buffer.from(text ?? "").subarray(head.length, head.length + Number(bytes));
    return [{ count: Number(count), kept: readStored(stored.toString()) }];
  });
  return votes.sort((a, b) => b.count - a.count)[0]?.kept ?? null;
}

/** Watches that no watchdog resets a host. */
export async function nobodyIsReset(
  pool: Pool,
  durationMs: number,
  look: () => string | null | Promise<string | null> = () => null,
): Promise<void> {
  await holds(durationMs, () => (pool.fires.length > 0 ? `reset: ${JSON.stringify(pool.fires)}` : look()));
}

/** A complaint when a slot is armed anywhere. */
export function anyArmed(pool: Pool): string | null {
  const armed = pool.hostNumbers().filter((host) => pool.slots(host).length > 0);
  return armed.length > 0 ? `a slot is armed on host ${armed.join(", ")}` : null;
}

/** How a host is lost, and what is known of it then. */
export interface Loss {
  readonly host: number;
  /** After this nothing of it reached anybody. */
  readonly lostMs: number;
  /** Events of the simulated world until then. */
  readonly from: number;
}

export async function lose(pool: Pool, host: number, how: () => Promise<void>): Promise<Loss> {
  const from = (await pool.sim.log(0)).length;
  await how();
  return { host, lostMs: uptimeMs(), from };
}

/** When the watchdog of a host that was lost has reset it, or would have. */
export function resetMs(pool: Pool, { host, lostMs }: Loss): number {
  if (!pool.fires.some((fire) => fire.host === host)) {
    const [first] = [...pool.slotsLost(host)].sort((a, b) => a - b);
    if (first === undefined) throw new Error(`Host ${host} had no slot armed`);
    return first;
  }
  const fire = pool.fires.find((one) => one.host === host && one.atMs >= lostMs);
  if (fire === undefined) throw new Error(`Host ${host} was reset before it was lost`);
  return fire.atMs;
}

/**
 * Waits until the VMs of a lost host run elsewhere: not before its watchdog has reset it, or would have, and not before the lease is over by
 * what its leader has acknowledged last. Returns how long after the loss the last of them was started, in milliseconds.
 */
export async function restarted(pool: Pool, loss: Loss, leaseS: number): Promise<number> {
  const { host, lostMs, from } = loss;
  const sinceMs = await until(`the lease of host ${host} being over`, STEP_MS, () => leaseOver(pool, host));
  const vms = vmsOf(host);
  await pool.untilRunning(vms, STEP_MS, [host]);
  const offsetMs = await simOffset(pool);
  const starts = (await pool.sim.log(from))
    .filter(({ what, vm }) => what === "domain-started" && vms.includes(String(vm)))
    .map(({ atMs }) => atMs + offsetMs);
  const firstMs = Math.min(...starts);
  expect(firstMs).toBeGreaterThan(resetMs(pool, loss));
  expect(firstMs - sinceMs).toBeGreaterThanOrEqual(leaseS * 1_000);
  return Math.max(...starts) - lostMs;
}

/** When it was heard of last, as soon as a host says that its lease is over. */
async function leaseOver(pool: Pool, host: number): Promise<number | null> {
  for (const other of pool.hostNumbers().filter((one) => one !== host && pool.isOn(one))) {
    const over = (await published(pool, other))?.group.leaseOver ?? [];
    const found = over.find((one) => one.host === uuidOf(host));
    if (found !== undefined) return found.heardMs;
  }
  return null;
}

/** What the uptime is ahead of the clock of the simulated world. */
async function simOffset(pool: Pool): Promise<number> {
  const looks = [];
  for (let look = 0; look < 5; look++) {
    const beforeMs = uptimeMs();
    const { nowMs } = await pool.sim.truth();
    looks.push({ tookMs: uptimeMs() - beforeMs, offsetMs: (beforeMs + uptimeMs()) / 2 - nowMs });
  }
  return looks.sort((a, b) => a.tookMs - b.tookMs)[0]?.offsetMs ?? 0;
}
