import { expect, test } from "bun:test";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import { inPool, nothingRanTwice, published, STEP_MS } from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

const BOUND_MS = 4 * 60_000;
/** A host whose XAPI is silent has failed after three seconds more than XAPI_DOWN_TOLERANCE, here none. */
const CALM_MS = 20_000;
const NOTE = "/run/ha-lizard/held-xapi.json";
/** No word of the master is about a hold that begins so late. */
const NEVER_AGREED_MS = 1e12;
const COOKIE = "/run/xapi_init_complete.cookie";
const HELD = 3;

/** What a host says of its xapi, as host 1 hears it. */
async function heardXapi(pool: Pool): Promise<string | undefined> {
  const hearing = await published(pool, 1);
  return hearing?.peers.find(({ host }) => host === hostDefaults(HELD).uuid)?.own?.xapi;
}

async function hold(pool: Pool): Promise<void> {
  const bootId = (await pool.on(HELD, "cat", "/proc/sys/kernel/random/boot_id")).trim();
  await pool.writeFile(HELD, NOTE, JSON.stringify({ bootId, sinceMs: NEVER_AGREED_MS }));
  await pool.on(HELD, "chmod", "600", NOTE);
  await pool.on(HELD, "systemctl", "stop", "xapi");
  await until("held, as host 1 hears it", STEP_MS, async () => (await heardXapi(pool)) === "held");
}

const started = (pool: Pool) =>
  until("xapi of the host that was held", STEP_MS, async () => (await pool.file(HELD, COOKIE)) !== null);

test(
  "a xapi that is held costs its host nothing, and starts when the service is stopped, whether its monitor lives or not",
  () =>
    inPool(async (pool) => {
      await pool.do({ verb: "param", name: "XAPI_DOWN_TOLERANCE", value: "0" });
      await hold(pool);
      await holds(CALM_MS, () => (pool.controller.asked.length === 0 ? null : "a host is fenced"));
      expect(await pool.on(HELD, "sh", "-c", "ha-cfg status || true")).toContain("is held until the master");

      await pool.on(HELD, "/etc/init.d/ha-lizard", "stop");
      expect(await pool.file(HELD, NOTE)).toBe(null);
      expect(await pool.messages(HELD)).toContain("xapi of this host is held no longer, and starts");
      await started(pool);

      await pool.on(HELD, "/etc/init.d/ha-lizard", "start");
      await hold(pool);
      await pool.on(HELD, "sh", "-c", "kill -9 $(cat /run/ha-lizard.pid)");
      expect(await pool.on(HELD, "sh", "-c", "/etc/init.d/ha-lizard stop")).toContain("which was held");
      await started(pool);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);
