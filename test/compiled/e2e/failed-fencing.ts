import { expect } from "bun:test";
import { type FencePool, parametersOf, setParameters, uuidOf } from "./fencing.ts";
import { onlyMaster, STEP_MS } from "./story.ts";
import { DEVICE_PASSWORD } from "./world/devices.ts";
import type { Pool } from "./world/pool.ts";
import { until } from "./world/wait.ts";

const MEMORY = "/run/ha-lizard/state/recent-memory.json";

/** Why the hosts that are cut off cannot be fenced, all at once. */
export interface Causes {
  readonly method: string;
  /** By host: what log, mail and XAPI message say. */
  readonly says: Readonly<Record<number, RegExp>>;
  /** The pool's FENCE_PASSWD, when it is not the devices'. */
  readonly password?: string;
  readonly arrange?: (world: FencePool, master: number) => unknown;
  /** Watched until each attempt has been repeated, which is told in the log only. */
  readonly repeated?: boolean;
  /** While the attempts are under way. */
  readonly meanwhile?: (world: FencePool, master: number) => Promise<void>;
  /** Back to what it was. */
  readonly mend?: (world: FencePool, master: number) => unknown;
}

/**
 * The master tries to fence the hosts named in `causes`, which have failed already, and cannot: for each that is logged,
 * mailed and told by XAPI, once, with its cause; no power is cut and no VM started.
 */
export async function cannotFence(world: FencePool, causes: Causes): Promise<void> {
  const { pool, devices } = world;
  const hosts = Object.keys(causes.says).map(Number);
  const master = await stopAndForget(pool);
  const [logFrom, from, mailsFrom] = [
    (await pool.messages(master)).length,
    (await pool.sim.log(0)).length,
    (await devices.mails()).length,
  ];
  await setParameters(pool, parametersOf(causes.method));
  // Not by ha-cfg: nobody but the program is to be watched.
  const value = causes.password ?? DEVICE_PASSWORD;
  await pool.do({ verb: "param", name: "FENCE_PASSWD", value });
  await causes.arrange?.(world, master);
  await pool.on(master, "/etc/init.d/ha-lizard", "start");
  await causes.meanwhile?.(world, master);
  for (const host of hosts) {
    const failure = `h${host} could not be fenced`;
    const why = causes.says[host] ?? /never/;
    const line = `fence_host: ${failure}: `;
    expect(await pool.untilLogged(master, new RegExp(line), STEP_MS, logFrom)).toMatch(why);
    if (causes.repeated === true) {
      const attempts = async () => (await pool.messages(master)).slice(logFrom).split(line).length - 1;
      await until("another attempt", STEP_MS, async () => (await attempts()) > 1);
    }
    const { messages, mails } = await toldOf(world, { messages: from, mails: mailsFrom }, failure);
    const told = expect.stringMatching(why);
    expect({ messages, mails }).toEqual({ messages: [told], mails: [told] });
  }
  // The next attempt may be under way: a device that is mended now would do what it is asked.
  await pool.on(master, "/etc/init.d/ha-lizard", "stop");
  if (causes.method !== "FAULTY") await agentsEnded(pool, master);
  await causes.mend?.(world, master);
  const started = (await pool.sim.log(from)).filter(({ what }) => what === "domain-started");
  expect(started).toEqual([]);
  expect(hosts.filter((host) => !pool.isOn(host))).toEqual([]);
}

/**
 * Stops the master's service; when it is started again, the next attempt at each failed host is due at once, and what
 * comes of it is told as for the first time. Returns the master.
 */
export async function stopAndForget(pool: Pool): Promise<number> {
  const master = await onlyMaster(pool, STEP_MS);
  await pool.on(master, "/etc/init.d/ha-lizard", "stop");
  const memory = JSON.parse((await pool.file(master, MEMORY)) ?? "").document;
  for (const part of [memory.retries, memory.alerts.lastSent]) {
    for (const key of Object.keys(part)) if (key.startsWith("fence-")) delete part[key];
  }
  // These tests are a storm of mails, which would be held back.
  memory.alerts.queue.mailedAtMs = [];
  await pool.writeFile(master, MEMORY, JSON.stringify(memory));
  return master;
}

/** What was told about it since then, by XAPI and by mail, once both have. */
export async function toldOf(
  world: FencePool,
  since: { readonly messages: number; readonly mails: number },
  failure: string,
): Promise<{ readonly messages: readonly string[]; readonly mails: readonly string[] }> {
  const messages = await until(`a message of XAPI: ${failure}`, STEP_MS, async () =>
    nonEmpty(await messagesOf(world.pool, since.messages, failure)),
  );
  const mails = await until(`a mail: ${failure}`, STEP_MS, async () =>
    nonEmpty(await mailsOf(world, since.mails, failure)),
  );
  return { messages, mails };
}

async function messagesOf(pool: Pool, from: number, subject: string): Promise<readonly string[]> {
  const told = (await pool.sim.log(from)).filter(({ what }) => what === "message");
  return told.map((entry) => String(entry["body"])).filter((body) => body.includes(subject));
}

/** With their soft line breaks undone. */
async function mailsOf({ devices }: FencePool, from: number, subject: string): Promise<readonly string[]> {
  const mails = (await devices.mails()).slice(from).map(({ data }) => data.replace(/=\r?\n/g, ""));
  return mails.filter((data) => data.includes(subject));
}

const nonEmpty = <T>(list: readonly T[]): readonly T[] | null => (list.length > 0 ? list : null);

const FIND_BUILT_IN = `
for process in /proc/[0-9]*; do
  if tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q "ha-lizard [f]ence \\|/[f]ence/[A-Z]*/"; then echo "$process"; fi
done`;

/** A built-in agent outlives the iteration that began it, and ends within its own time. */
async function agentsEnded(pool: Pool, master: number): Promise<void> {
  await until("the end of the fence agents", STEP_MS, async () => {
    const found = await pool.on(master, "sh", "-c", FIND_BUILT_IN);
    return found.trim() === "" ? true : null;
  });
}

const FIND_AGENT = `
for process in /proc/[0-9]*; do
  if tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q "$2[.]sh $1"; then echo "\${process#/proc/}"; fi
done`;

/** A process of such an agent that fences a host, on `master`; null when there is none. */
export async function agentPid(
  pool: Pool,
  master: number,
  host: number,
  agent = "FAULTY",
): Promise<string | null> {
  const found = await pool.on(master, "sh", "-c", FIND_AGENT, "sh", uuidOf(host), agent);
  return found.split("\n")[0] || null;
}
