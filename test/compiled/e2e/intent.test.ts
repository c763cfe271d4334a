import { expect, test } from "bun:test";
import { inPool, nothingRanTwice, onlyMaster, STEP_MS, vmsOf } from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

/** What a client of XAPI stops: a VM of a slave, and one of the master. */
const STOPPED = ["db2", "web1"];

async function stirs(pool: Pool): Promise<string | null> {
  const running = await pool.sim.running();
  const up = STOPPED.filter((vm) => (running.get(vm) ?? []).length > 0);
  return up.length === 0 ? null : `${up.join(", ")} started`;
}

/** What ha-cfg says of a VM on a host. */
const said = (pool: Pool, host: number, vm: string) => pool.on(host, "ha-cfg", "get-vm-ha", vm);

test(
  "what a client has stopped stays down, under the next master too; what its guest has shut down is started",
  () =>
    inPool(async (pool) => {
      await pool.do({ verb: "vm", vm: "db2", do: "stop", how: "clean" });
      await pool.do({ verb: "vm", vm: "web1", do: "stop", how: "hard" });
      await pool.do({ verb: "vm", vm: "web2", do: "shutdown" });
      await until("both stopped", STEP_MS, async () => (await stirs(pool)) === null);
      await pool.untilStartedAgain("web2", STEP_MS);
      await until("who stopped it being kept", STEP_MS, async () =>
        (await said(pool, 3, "db2")).includes("shut down by a client of XAPI on "),
      );
      await holds(10_000, () => stirs(pool));
      await pool.powerOff(1);
      const master = await onlyMaster(pool, STEP_MS);
      await pool.untilRunning(
        vmsOf(1, 2, 3).filter((vm) => !STOPPED.includes(vm)),
        STEP_MS,
        [1],
      );
      await holds(10_000, () => stirs(pool));
      expect(await said(pool, master, "web1")).toContain("switched off by a client of XAPI on ");
      // Who starts it ends that: its next crash is one.
      await pool.do({ verb: "vm", vm: "db2", do: "start" });
      await pool.untilRunning(["db2"], STEP_MS);
      await until(
        "the key being gone",
        STEP_MS,
        async () => !(await said(pool, master, "db2")).includes("client"),
      );
      await pool.do({ verb: "vm", vm: "db2", do: "crash" });
      await pool.untilStartedAgain("db2", STEP_MS);
      await nothingRanTwice(pool);
    }),
  8 * 60_000,
);
