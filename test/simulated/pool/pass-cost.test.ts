import { expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { PassReport } from "../../../src/app/pass/pass-ports.ts";
import { simulatePool } from "../../../src/simulation/pool.ts";

const MINUTE_MS = 60_000;
const SIZES = [
  [2, 10],
  [4, 100],
  [16, 500],
  [32, 1_500],
] as const;

/** The most that a pass of each host of a pool that is well asks XAPI for, in a minute some minutes after its start. */
async function callsOfPass(hosts: number, vms: number): Promise<readonly number[]> {
  const running = Array.from({ length: vms }, (_, index) => ({
    name: `vm${index}`,
    on: (index % hosts) + 1,
  }));
  const pool = simulatePool({ hosts, vms: running, runPass });
  await pool.run(5 * MINUTE_MS);
  const most = pool.disks.map(() => 0);
  for (let looks = 0; looks < 15; looks++) {
    await pool.run(5_000);
    for (const [index, disk] of pool.disks.entries()) {
      const report = JSON.parse(disk.documents.get("pass") ?? "null") as PassReport | null;
      expect(report?.result).toBe("done");
      most[index] = Math.max(most[index] ?? 0, report?.xapiCalls ?? Number.NaN);
    }
  }
  return most;
}

test("a healthy pass asks XAPI the same few questions whatever the size of the pool", async () => {
  const all: string[] = [];
  for (const [hosts, vms] of SIZES) {
    const [master = Number.NaN, ...slaves] = await callsOfPass(hosts, vms);
    all.push(`master ${master}, slaves ${[...new Set(slaves)].join(" or ")}`);
    // Five of the master's are what all VMs need and all hosts have, for the look at what the pool survives.
    expect(master).toBeLessThanOrEqual(13);
    expect(Math.max(...slaves)).toBeLessThanOrEqual(8);
  }
  // One line for all sizes.
  expect([...new Set(all)].length).toBe(1);
}, 180_000);
