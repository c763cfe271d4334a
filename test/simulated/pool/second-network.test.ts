import { expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";
import type { SimPool, SimPoolOptions } from "../../../src/simulation/pool.ts";
import { DESTRUCTIVE, happened, MINUTE, restedPool, said } from "./stage.ts";

const pool = (hosts: number, over: Partial<SimPoolOptions> = {}) =>
  restedPool(hosts, { secondNetwork: true, ...over });

function cut(pool: SimPool, up = false): void {
  pool.link(1, 2, up);
  pool.link(2, 1, up);
}

/** How `host` hears `other`, and over which networks just now. */
async function heardOver(pool: SimPool, host: number, other: number): Promise<readonly string[]> {
  const hearing = await pool.world.messengers?.reader(host).read();
  const peer = hearing?.peers.find((one) => one.host === pool.world.host(other).uuid);
  const open = (peer?.ways ?? []).filter(({ ageMs }) => ageMs <= 2_000);
  return [peer?.heard ?? "nobody", ...open.map(({ address }) => address).sort()];
}

test("a host is heard over every network that it has", async () => {
  const three = await pool(3);
  expect(await heardOver(three, 1, 2)).toEqual(["direct", "10.77.0.12", "10.78.0.12"]);
  expect(await heardOver(three, 3, 1)).toEqual(["direct", "10.77.0.11", "10.78.0.11"]);
});

test("a host that boots while it cannot reach its master greets it by all ways that it remembers", async () => {
  const two = await pool(2);
  await two.run(2 * MINUTE);
  two.power(2, false);
  await two.run(1_000);
  cut(two);
  two.power(2, true);
  await two.run(4 * MINUTE);
  expect(await heardOver(two, 2, 1)).toEqual(["direct", "10.78.0.11"]);
  expect(await heardOver(two, 1, 2)).toEqual(["direct", "10.78.0.12"]);
});

test("a slave whose pool.conf names its master by another address of it follows that master, for all", async () => {
  const three = await pool(3);
  three.world.host(2).poolConf = `slave:${three.world.host(1).secondAddress}`;
  three.restartToolstack(2);
  await three.run(30 * MINUTE);
  expect(happened(three, ...DESTRUCTIVE)).toEqual([]);
  expect(said(three, "follows")).toEqual([]);
  const hearing = await three.world.messengers?.reader(3).read();
  const slave = hearing?.peers.find(({ host }) => host === three.world.host(2).uuid);
  expect(slave?.own?.master as string | undefined).toBe(three.world.host(1).uuid);
  three.power(1, false);
  expect(await three.until(() => happened(three, "promote-asked").length === 1, 10 * MINUTE)).toBe(true);
});

test("the addresses are read once a minute, whatever the number of rounds", async () => {
  let reads = 0;
  let addresses = 0;
  const counting: RunPass = (ports, signal) => {
    const openXapi: typeof ports.openXapi = (timeoutMs) => {
      const xapi = ports.openXapi(timeoutMs);
      const read: typeof xapi.read = (scope, inner) => {
        reads += 1;
        if (scope.addresses) addresses += 1;
        return xapi.read(scope, inner);
      };
      return { ...xapi, read };
    };
    return runPass({ ...ports, openXapi }, signal);
  };
  const two = await pool(2, { runPass: counting });
  [reads, addresses] = [0, 0];
  await two.run(20 * MINUTE);
  expect(reads).toBeGreaterThan(200);
  expect(addresses).toBeGreaterThanOrEqual(2 * 16);
  expect(addresses).toBeLessThanOrEqual(2 * 20);
});
