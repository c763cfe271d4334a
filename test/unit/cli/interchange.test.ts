import { expect, test } from "bun:test";
import { POOL_OF_2X } from "../config/pool-of-2x.ts";
import { haCfg } from "./run.ts";

test("insert on a pool of HA-Lizard 2.x adds what is missing, and changes nothing that it set", async () => {
  const { code, world } = await haCfg(["insert"], { otherConfig: { ...POOL_OF_2X } });
  expect(code).toBe(0);
  expect(world.otherConfig).toMatchObject(POOL_OF_2X);
  const added = Object.keys(world.otherConfig).filter((key) => !Object.hasOwn(POOL_OF_2X, key));
  expect(added.sort()).toEqual([
    "HA_ANTI_AFFINITY_TAGS",
    "HA_FENCE_TIMEOUT",
    "HA_FENCE_USER",
    "HA_FENCE_WATCHDOG_TIMEOUT",
    "HA_HEARTBEAT_PORT",
    "HA_MAIL_SCREEN_TIME",
    "HA_PLUGIN_WRITE",
    "HA_RESTART_ON_GUEST_SHUTDOWN",
    "HA_RESTART_STOPPED",
    "HA_SMTP_TLS",
    "HA_SPARE_HOSTS",
    "HA_START_GUARD",
    "HA_START_WAITS_FOR",
    "HA_START_WAITS_LIMIT",
    "HA_TIE_BREAKER",
    "HA_TIE_BREAKER_PLACE",
    "HA_XAPI_DOWN_TOLERANCE",
  ]);
});

test("set on such a pool changes the one key", async () => {
  const { world } = await haCfg(["set", "XE_TIMEOUT", "12"], { otherConfig: { ...POOL_OF_2X } });
  expect(world.otherConfig).toEqual({ ...POOL_OF_2X, HA_XE_TIMEOUT: "12" });
});
