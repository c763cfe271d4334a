import { describe, expect, test } from "bun:test";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { allRunOnce, happened, MINUTE, restedPool, SECOND } from "./stage.ts";

/** Mails in an hour of trouble, by what they say; nobody reads a hundredth. */
function mostMails(pool: SimPool): number {
  const counts = new Map<string, number>();
  for (const { what, host, key } of pool.world.log) {
    if (what === "mail") counts.set(`${host} ${key}`, (counts.get(`${host} ${key}`) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** A vote is stored before it counts, and a host that asks for votes waits for four seconds. */
const DISKS_MS = [900, 1_500];

describe("a disk that is slow to write", () => {
  for (const bmc of ["up", "slow"] as const) {
    test.each(DISKS_MS)(
      `the master dies, its BMC is ${bmc}, a write takes %i ms: one fence, one take-over`,
      async (flushMs) => {
        const pool = await restedPool(3, { params: { FENCE_TIMEOUT: "60" } });
        pool.bmc(1, bmc);
        for (const disk of pool.disks) disk.flushMs = flushMs;
        pool.power(1, false);
        expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
        expect(happened(pool, "fence-begun")).toEqual(["fence-begun 1"]);
        expect(happened(pool, "transition-to-master")).toHaveLength(1);
      },
    );
  }

  test.each([5_000, 9_000])(
    "the master dies, a write takes %i ms: nobody can be elected, and nothing is done",
    async (flushMs) => {
      const pool = await restedPool(3);
      for (const disk of pool.disks) disk.flushMs = flushMs;
      pool.power(1, false);
      await pool.run(5 * MINUTE);
      expect(happened(pool, "fence-begun", "transition-to-master", "start-asked")).toEqual([]);
    },
  );

  test.each([4_000, 20_000])(
    "of the master, a write takes %i ms, and a dead slave cannot be fenced",
    async (flushMs) => {
      const params = {
        MAIL_ON: "1",
        MAIL_TO: "a@example.org",
        MAIL_FROM: "b@example.org",
        SMTP_SERVER: "mail",
      };
      const pool = await restedPool(3, { params });
      pool.bmc(3, "dead");
      for (const disk of pool.disks) disk.flushMs = flushMs;
      pool.power(3, false);
      await pool.run(60 * MINUTE);
      expect(happened(pool, "fence-begun").length).toBeGreaterThan(5);
      expect(mostMails(pool)).toBeLessThan(3);
    },
  );

  test("a disk that takes a minute is none: nobody takes over, it is told once, and the pool goes on when it is well", async () => {
    const pool = await restedPool(3, { params: { MAIL_ON: "1", MAIL_TO: "a@example.org" } });
    for (const disk of pool.disks) disk.flushMs = 60 * SECOND;
    pool.power(1, false);
    await pool.run(20 * MINUTE);
    expect(happened(pool, "transition-to-master")).toEqual([]);
    expect(mostMails(pool)).toBeLessThan(3);
    for (const disk of pool.disks) disk.flushMs = 0;
    expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
  });
});
