import { expect, test } from "bun:test";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import { inPool, nothingRanTwice, onlyMaster, STEP_MS } from "./story.ts";
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

test(
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
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

/** Sends bytes of nobody's from a host to the port of the heartbeats of another. */
const FORGE = 'for i in $(seq 40); do head -c 180 /dev/urandom >"/dev/udp/$1/694"; done';

test(
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
