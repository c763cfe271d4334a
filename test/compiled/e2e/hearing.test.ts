import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Hearing } from "../../../src/core/model/hearing.ts";
import { hostDefaults, POOL_SECRET, secondAddressOf } from "../../../src/simulation/spec.ts";
import {
  FAST_PARAMETERS,
  inPool,
  nothingRanTwice,
  onlyMaster,
  published,
  STEP_MS,
  startSettled,
  twoVmsPerHost,
  vmsOf,
} from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

const BOUND_MS = 4 * 60_000;
/** A host that is silent on every way is fenced after 4 s. */
const CALM_MS = 20_000;

const addressOf = (host: number): string => hostDefaults(host).address;

/** Each host hears both others directly, by its own status. */
async function allHeard(pool: Pool): Promise<void> {
  for (const host of pool.hostNumbers())
    await until(`host ${host} hearing the others`, STEP_MS, async () => {
      const said = await pool.tryOn(host, "ha-cfg", "status");
      return said.stdout.split("\n").filter((line) => /is heard since/.test(line)).length === 2;
    });
}

/** What the monitor of a host hears. */
async function hearingOf(pool: Pool, host: number): Promise<Hearing> {
  return await until(`what host ${host} hears`, STEP_MS, () => published(pool, host));
}

/** Who of the pool does not hear whom directly, or was fenced; null: nobody. */
async function anyTrouble(pool: Pool): Promise<string | null> {
  if (pool.controller.asked.length > 0) return `fence attempts: host ${pool.controller.asked.join()}`;
  for (const host of pool.hostNumbers())
    for (const { host: other, heard, ways } of (await hearingOf(pool, host)).peers)
      if (heard !== "direct") return `host ${host} hears ${other} ${heard} (${JSON.stringify(ways)})`;
  return null;
}

function startWithSecondNetwork(params: Readonly<Record<string, string>> = {}): Promise<Pool> {
  return startSettled({
    ...{ hosts: 3, vms: twoVmsPerHost(3), ha: "true", secondNetwork: true },
    params: { ...FAST_PARAMETERS, ...params },
  });
}

/** Nothing passes between two hosts, and all their other links stay. */
async function cutLink(pool: Pool, from: number, to: number): Promise<void> {
  for (const [here, there] of [
    [from, to],
    [to, from],
  ] as const) {
    await pool.on(here, "ip", "route", "add", "blackhole", addressOf(there));
    await pool.do({ verb: "link", from: here, to: there, up: false });
  }
}

test.concurrent(
  "a link between two of three is cut: the third one hears both, and nobody is fenced or replaced",
  () =>
    inPool(async (pool) => {
      await allHeard(pool);
      const from = (await pool.sim.log(0)).length;
      await cutLink(pool, 1, 2);
      await holds(CALM_MS, async () => {
        if (pool.controller.asked.length > 0) return `fence attempts: host ${pool.controller.asked.join()}`;
        const started = (await pool.sim.log(from)).filter(({ what }) => what === "domain-started");
        return started.length > 0 ? JSON.stringify(started) : null;
      });
      expect(await pool.on(1, "ha-cfg", "status")).toMatch(
        /h2 is not heard from here since .*, but h3 hears it/,
      );
      expect(await onlyMaster(pool, STEP_MS)).toBe(1);
      expect((await pool.sim.poolConf(2)).startsWith("master")).toBe(false);
      // h2, which the master does not reach, says by way of h3 that it does not run it.
      await pool.do({ verb: "vm", vm: "web3", do: "crash" });
      await pool.untilStartedAgain("web3", STEP_MS);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

/** Sends bytes of nobody's from a host to the port of the heartbeats of another. */
const FORGE = 'for i in $(seq 40); do head -c 180 /dev/urandom >"/dev/udp/$1/694"; done';

test.concurrent(
  "what somebody without the secret sends is dropped and told, and disturbs nobody",
  () =>
    inPool(async (pool) => {
      await allHeard(pool);
      await pool.on(2, "bash", "-c", FORGE, "forge", addressOf(1));
      await pool.untilLogged(1, /datagrams on the port of the heartbeats were refused/, STEP_MS);
      expect(pool.controller.asked).toEqual([]);

      await allHeard(pool);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

test.concurrent(
  "XAPI's network is gone between all hosts: over a second one they hear each other, and nobody is fenced",
  () =>
    inPool(
      async (pool) => {
        for (const host of pool.hostNumbers()) await pool.joinSecond(host);
        await until("two ways to each host", STEP_MS, async () => {
          const said = (await pool.tryOn(2, "ha-cfg", "status")).stdout;
          return said.includes("over 10.77.0.11 and 10.78.0.11") && /over .*10\.78\.0\.13/.test(said);
        });
        await allHeard(pool);
        for (const [one, other] of [
          [1, 2],
          [1, 3],
          [2, 3],
        ] as const)
          await cutLink(pool, one, other);
        await holds(CALM_MS, () => anyTrouble(pool));
        const { stdout } = await pool.tryOn(2, "ha-cfg", "status");
        expect(stdout).toMatch(/h1 is heard since .*, over 10\.78\.0\.11$/m);
        expect(await onlyMaster(pool, STEP_MS)).toBe(1);
        await nothingRanTwice(pool);
      },
      () => startWithSecondNetwork(),
    ),
  BOUND_MS,
);

const NEXT_SECRET = POOL_SECRET.replaceAll("0", "f");

test.concurrent(
  "the pool secret is replaced, one host after the other: all hear each other throughout, and nobody is fenced",
  () =>
    inPool(async (pool) => {
      await allHeard(pool);
      for (const host of pool.hostNumbers()) {
        await pool.writeFile(host, "/etc/xensource/ptoken", NEXT_SECRET);
        await holds(2_000, () => anyTrouble(pool));
      }
      const refused = async () =>
        await Promise.all(pool.hostNumbers().map(async (host) => (await hearingOf(pool, host)).refused));
      // What an iteration has asked a host that did not have the secret yet.
      const during = await refused();
      for (const { malformed, otherPool, unknownHost } of during)
        expect({ malformed, otherPool, unknownHost }).toEqual({ malformed: 0, otherPool: 0, unknownHost: 0 });
      // Past the time for which the old one is signed with.
      await holds(CALM_MS, () => anyTrouble(pool));
      expect(await refused()).toEqual(during);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

const STRANGER = join(import.meta.dir, "world/stranger.ts");
const BUN = process.execPath;

/** Host 3 dies, and a stranger with its address sends what it has recorded of it, and what it can make of that. */
async function impersonate(pool: Pool, answersPing: boolean): Promise<void> {
  const recording = join(pool.folder, "recorded");
  // What host 3 sends to the second address of host 1 is what it sends to the first one.
  await pool.joinSecond(3);
  await pool.giveStranger(secondAddressOf(1));
  const recorder = pool.asStranger([BUN, STRANGER, "record", secondAddressOf(1), recording]);
  await until("ten datagrams of host 3", STEP_MS, async () => {
    const file = Bun.file(recording);
    return (await file.exists()) && (await file.text()).split("\n").length > 10;
  });
  recorder.kill();
  await recorder.exited;
  if (!answersPing) await pool.asStranger(["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"]).exited;
  await pool.powerOff(3);
  await pool.giveStranger(addressOf(3), 3);
  pool.asStranger([BUN, STRANGER, "forge", addressOf(3), recording, addressOf(1), addressOf(2)]);
}

/** Dead by heartbeats for all, replaced, and nothing else. */
async function replaced(pool: Pool): Promise<void> {
  await pool.untilRunning(vmsOf(3), STEP_MS, [3]);
  expect([...new Set(pool.controller.asked)]).toEqual([3]);
  for (const host of [1, 2]) {
    const { peers, refused } = await hearingOf(pool, host);
    expect(peers.map(({ heard }) => heard).sort()).toEqual(["direct", "silent"]);
    // The forgeries have come, all sorts of them.
    expect(Math.min(refused.wrongTag, refused.malformed)).toBeGreaterThan(0);
  }
  await pool.untilLogged(1, /datagrams on the port of the heartbeats were refused/, STEP_MS);
  expect(await onlyMaster(pool, STEP_MS)).toBe(1);
  await nothingRanTwice(pool);
}

test.concurrent(
  "a stranger has the address of a dead host, and sends its recorded datagrams and others: it is fenced and replaced",
  () =>
    inPool(
      async (pool) => {
        await allHeard(pool);
        await impersonate(pool, false);
        await replaced(pool);
      },
      () => startWithSecondNetwork(),
    ),
  BOUND_MS,
);

test.concurrent(
  "the same, and it answers ping: that alone is life, is told, and is over after XAPI_DOWN_TOLERANCE",
  () =>
    inPool(
      async (pool) => {
        await allHeard(pool);
        await impersonate(pool, true);
        await pool.untilLogged(1, /h3 answers ping but not XAPI/, STEP_MS);
        await replaced(pool);
      },
      () => startWithSecondNetwork({ XAPI_DOWN_TOLERANCE: "15" }),
    ),
  BOUND_MS,
);
