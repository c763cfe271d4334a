import { expect, test } from "bun:test";
import { restedPool, SECOND } from "../../../simulated/pool/stage.ts";

/** What a pool of three says of its passes while a VM dies, with these lines in each override file. */
async function summaries(override: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const pool = await restedPool(3);
  for (const disk of pool.disks) disk.override = { ...override };
  const from = pool.world.log.length;
  pool.crashVm("vm2");
  await pool.run(100 * SECOND);
  return pool.world.log
    .slice(from)
    .filter((entry) => entry.what === "log" && entry["severity"] === "debug")
    .map(
      (entry) => `h${entry["host"]} ${entry["from"]}: ${String(entry["text"]).replace(/\d+ ms$/, "N ms")}`,
    );
}

test("summarise: a line for each pass, at debug, of who wants it", async () => {
  const lines = await summaries({ LOG_write_pool_state: "1" });
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^h1 write_pool_state: master; 3 of 3 members alive; HA on; \d VMs halted; begun: start-vm:[0-9a-f-]+, .*; \d+ calls; N ms$/,
    ),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(/^h2 write_pool_state: slave; .*; nothing to do; \d+ calls; N ms$/),
  );
});

test("summarise: nothing by default, nor with ENABLE_LOGGING=0", async () => {
  expect(await summaries({})).toEqual([]);
  expect(await summaries({ LOG_write_pool_state: "1", ENABLE_LOGGING: "0" })).toEqual([]);
});
