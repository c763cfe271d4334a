import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { createXapi } from "../../../src/adapters/xapi/client.ts";
import { createSocketTransport, createTcpTransport } from "../../../src/adapters/xapi/transport.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import { CHANGES_KEY, readChanges } from "../../../src/core/model/pool-keys.ts";
import type { Xapi } from "../../../src/ports/pool-database.ts";
import { createMemoryStore, never, realClock } from "../../unit/adapters/xapi/fixtures.ts";
import { type SimServer, startSimServer } from "./start.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The client of an iteration on that host, over real sockets. */
function clientOn(server: SimServer, host: number, hasTcp: boolean): Xapi {
  const socketPath = join(server.dir, `h${host}`, "xapi");
  const port = server.ports()[host - 1] ?? 0;
  const xapi = createXapi({
    transport: createSocketTransport({ socketPath }),
    ...(hasTcp ? { tcp: createTcpTransport({ port }) } : {}),
    clock: realClock,
    store: createMemoryStore(),
    xeTimeoutMs: 5_000,
  });
  cleanups.push(() => xapi.close());
  return xapi;
}

test("fetchDatabase: a slave's copy has what its master has counted; over the socket of the slave it is refused", async () => {
  const server = await startSimServer({ hosts: 3, speed: 100, tcp: true });
  cleanups.push(() => server.stop());
  const { world } = server;
  const self = hostUuid(world.host(2).uuid);
  const counted = () => {
    const [[, pool] = []] = world.host(2).database.entries("pool");
    return readChanges((pool?.["other_config"] ?? {}) as Record<string, string>);
  };
  expect(await clientOn(server, 1, false).replacePoolKey(CHANGES_KEY, "7", never())).toMatchObject({
    ok: true,
  });
  expect(await clientOn(server, 2, false).fetchDatabase(self, never())).toMatchObject({
    fault: { code: "SESSION_INVALID" },
  });
  expect(counted()).toBeNull();
  expect(await clientOn(server, 2, true).fetchDatabase(self, never())).toEqual({
    ok: true,
    value: undefined,
  });
  expect(counted()).toBe(7);
});
