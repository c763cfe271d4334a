import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inPool, nothingRanTwice, rejoined, STEP_MS, startSettledPool, vmsOf } from "./story.ts";
import type { Pool } from "./world/pool.ts";

const TREE = resolve(import.meta.dir, "../../..");
const BOUND_MS = 6 * 60_000;
const folder = mkdtempSync(join(tmpdir(), "ha-lizard-release-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The release of this tree, unpacked as on a host. */
function unpackedRelease(): string {
  const made = Bun.spawnSync([join(TREE, "test/run"), "release"], { cwd: TREE, stdin: "ignore" });
  const archive = /ha-lizard-\S+\.tar\.gz/.exec(made.stdout.toString())?.[0] ?? "";
  expect([made.exitCode, archive]).toEqual([0, expect.stringMatching(/gz$/)]);
  expect(Bun.spawnSync(["tar", "-C", folder, "-xzf", join(TREE, "dist", archive)]).exitCode).toBe(0);
  return join(folder, readdirSync(folder)[0] ?? "");
}

/** What has our name on a host, but for agents that are not ours. */
const LEFT = `find /etc /usr/bin /usr/sbin /var /run -name '*ha-lizard*' -o -name 'ha-cfg*' | grep -v -e '^/etc/ha-lizard$' | sort
find /etc/ha-lizard -type f | grep -v -e /fence/TESTBMC/ -e /fence/FAULTY/ | sort
pgrep -af ^/etc/ha-lizard/ || true`;

async function ours(pool: Pool): Promise<readonly string[]> {
  const [master] = (await pool.sim.truth()).masters;
  const keys = Object.keys(master?.pool.other_config ?? {});
  return keys.filter((key) => /^HA_|^autopromote|ha-lizard/.test(key));
}

test(
  "from the archive: install, start, failover, upgrade, uninstall; nothing of ours is left",
  async () => {
    const release = unpackedRelease();
    await inPool(
      async (pool) => {
        await pool.do({ verb: "vm", vm: "db2", do: "crash" });
        await pool.untilStartedAgain("db2", STEP_MS);
        await pool.powerOff(3);
        await pool.untilRunning(vmsOf(3), STEP_MS, [3]);
        await pool.powerOn(3);
        await rejoined(pool, 3, STEP_MS);

        // The upgrade is the installer of the next release, on the running host.
        cpSync(release, join(pool.socketFolder, "release"), { recursive: true });
        for (const host of [3, 2, 1]) {
          const said = await pool.on(host, "sh", "/srv/pool/release/install.sh", "--yes");
          expect(said).toContain("HA-Lizard is installed in /etc/ha-lizard.");
          expect(await pool.on(host, "/etc/init.d/ha-lizard", "status", "-w")).toMatch(
            /running[\s\S]*running/,
          );
        }
        await pool.do({ verb: "vm", vm: "web1", do: "crash" });
        await pool.untilStartedAgain("web1", STEP_MS);
        expect((await ours(pool)).length).toBeGreaterThan(40);
        await nothingRanTwice(pool);

        for (const host of [3, 2])
          await pool.on(host, "sh", "/srv/pool/release/uninstall.sh", "--purge", "--yes");
        await pool.on(1, "sh", "/srv/pool/release/uninstall.sh", "--purge", "--keys", "--yes");
        for (const host of [1, 2, 3])
          expect([host, await pool.on(host, "sh", "-c", LEFT)]).toEqual([host, ""]);
        expect(await ours(pool)).toEqual([]);
        expect(new Set(pool.controller.asked)).toEqual(new Set([3]));
      },
      () => startSettledPool(undefined, join(release, "install.sh")),
    );
  },
  BOUND_MS,
);
