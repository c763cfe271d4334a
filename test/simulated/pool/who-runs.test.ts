import { describe, expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { PassPorts } from "../../../src/app/pass/pass-ports.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";
import { happened, MINUTE, restedPool, SECOND, said } from "./stage.ts";

/** Passes that are told by h2, right before a start and not before, that it runs every VM. */
function startedMeanwhile(): RunPass {
  return (ports, signal) => {
    let asked = 0;
    const runsAsker: PassPorts["runsAsker"] = {
      async ask(request, inner) {
        const answers = new Map(await ports.runsAsker.ask(request, inner));
        asked += 1;
        const [first] = answers.keys();
        const answer = first === undefined ? undefined : answers.get(first);
        // The first question of a round is the round's, the next one that of the start.
        if (first !== undefined && answer !== undefined && asked > 1)
          answers.set(first, { ...answer, runs: request.vms });
        return answers;
      },
    };
    return runPass({ ...ports, runsAsker }, signal);
  };
}

describe("who runs it is asked", () => {
  test("once more right before the start: what runs by then is not started", async () => {
    const pool = await restedPool(3, { runPass: startedMeanwhile() });
    pool.crashVm("vm1");
    await pool.run(5 * MINUTE);
    expect(happened(pool, "start-asked")).toEqual([]);
  });

  test("through XAPI where a monitor is silent", async () => {
    const pool = await restedPool(3);
    pool.monitor(3).stop();
    await pool.run(MINUTE);
    pool.crashVm("vm1");
    expect(await pool.until(() => pool.running("vm1").length === 1, 30 * SECOND)).toBe(true);
    expect(said(pool, "whether it runs it")).toEqual([]);
  });

  test("in vain, where neither the monitor nor XAPI answers: the VM waits, and the host is named", async () => {
    const pool = await restedPool(3, { params: { FENCE_ENABLED: "0" } });
    pool.crashVm("vm1");
    pool.power(3, false);
    await pool.run(3 * MINUTE);
    expect(happened(pool, "start-asked")).toEqual([]);
    expect(
      said(pool, "vm1 is halted and is not started: h3 has not answered whether it runs it"),
    ).toHaveLength(1);
  });

  test("a host that nothing proves off does not hold back the VMs of the living", async () => {
    const pool = await restedPool(3, { params: { FENCE_ENABLED: "0" } });
    pool.power(3, false);
    await pool.run(2 * MINUTE);
    pool.crashVm("vm1");
    // MONITOR_DELAY is 15 s in these pools: two passes.
    expect(await pool.until(() => pool.running("vm1").length === 1, 31 * SECOND)).toBe(true);
    expect(pool.running("vm3")).toEqual([]);
  });
});

test("nobody who is proved off is asked", async () => {
  const asked: (readonly string[])[] = [];
  const noting: RunPass = (ports, signal) =>
    runPass(
      {
        ...ports,
        runsAsker: {
          ask: (request, inner) => {
            asked.push(request.hosts.map(({ host }) => host));
            return ports.runsAsker.ask(request, inner);
          },
        },
      },
      signal,
    );
  const pool = await restedPool(3, { runPass: noting });
  pool.power(3, false);
  await pool.run(3 * MINUTE);
  asked.length = 0;
  pool.crashVm("vm1");
  await pool.run(MINUTE);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.flat().every((uuid) => uuid === hostUuid(pool.world.host(2).uuid))).toBe(true);
});
