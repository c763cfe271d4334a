import { describe, expect, test } from "bun:test";
import type { Explanation } from "../../../src/cli/explain/explanation.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { stopVm } from "../../../src/simulation/stops.ts";
import { haCfg } from "./run.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "b1", on: 2, ha: "true" },
    { name: "c1", on: 3 },
    { name: "d1", homePool: false },
  ],
  params: {
    ...{ FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "15" },
    FENCE_MIN_HOSTS: "2",
  },
  heartbeats: true,
} as const;

async function runningPool(extra: { readonly ha?: string } = {}): Promise<SimPool> {
  const pool = poolWithHa({ ...POOL, ...extra });
  await pool.run(60_000);
  return pool;
}

async function explained(pool: SimPool, on: number, ...args: string[]): Promise<Explanation> {
  const { out, err } = await haCfgOn(pool, on, ["explain", ...args, "--json"]);
  expect(err).toBe("");
  const [only] = JSON.parse(out) as Explanation[];
  if (only === undefined) throw new Error("nothing was explained");
  return only;
}

const texts = ({ next }: Explanation) => next.map(({ text }) => text);

describe("ha-cfg explain in a pool in which all is well", () => {
  test("a host: its place, its vote, what its failure would come to", async () => {
    const pool = await runningPool();
    const { code, out, err } = await haCfgOn(pool, 1, ["explain", "host", "h1"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(`Host h1  00000001-1111-4111-8111-111111111101

Now   master, this host, enabled; it answers; 1 VM runs there.
Why   Its vote counts.
      It leads: it fences, and starts VMs.
Next  If it failed, that would be noticed after about 16 s of silence; proved
      off: IPMI, within 60 s.
      h2 would take over as master.
      Its VMs would be: 1 started elsewhere (ha-cfg plan --if-host-fails h1).
`);
  });

  test("a VM: where it runs, whether HA looks after it, where it would go", async () => {
    const pool = await runningPool();
    const web = await explained(pool, 2, "vm", "b1");
    expect(web).toMatchObject({ schema: 1, kind: "vm", name: "b1", source: "pool", now: "it runs on h2" });
    expect(web.why).toEqual(["HA looks after it: GLOBAL_VM_HA=1 manages every VM"]);
    expect(texts(web).at(-1)).toBe("Then it would be started on h1");
    const never = await explained(pool, 1, "vm", "d1");
    expect([never.now, never.why.at(-1), texts(never)]).toEqual([
      "it is halted",
      "It is not started before it has run in this pool once",
      ["It is not started as it is"],
    ]);
  });

  test("HA off: nothing would be done, and how to change that", async () => {
    const pool = await runningPool({ ha: "false" });
    for (const args of [
      ["vm", "b1"],
      ["host", "h2"],
    ])
      expect(texts(await explained(pool, 1, ...args))).toEqual([
        "Nothing is done: HA is off (ha-cfg ha-enable)",
      ]);
  });
});

describe("ha-cfg explain says what is waited for, and until when", () => {
  test("a VM that somebody stopped stays down, by whose wish", async () => {
    const pool = await runningPool();
    stopVm(pool.world, pool.world.vmNamed("a1"), "hard");
    await pool.run(120_000);
    const vm = await explained(pool, 2, "vm", "a1");
    expect(vm.why.join()).toMatch(/It was switched off by a client of XAPI on .*, and stays down/);
    expect(texts(vm)).toEqual(["It stays down"]);
  });

  test("a host that is silent: the retries, then its fence, then the starts", async () => {
    const pool = await runningPool();
    pool.power(2, false);
    await pool.run(2_000);
    const silent = await explained(pool, 1, "host", "h2");
    expect(texts(silent)).toEqual(["It has failed unless it is heard, or answers"]);
    await pool.run(6_000);
    const suspect = await explained(pool, 1, "host", "h2");
    expect(suspect.now).toContain("it does not answer, and is being retried");
    const [retries] = suspect.next;
    expect(retries?.text).toMatch(/^It has failed unless it answers one of the next \d of 2 retries$/);
    expect(retries?.inS).toBeGreaterThan(0);
    expect(retries?.inS).toBeLessThanOrEqual(10);
    expect(texts(await explained(pool, 1, "vm", "b1"))[0]).toStartWith("h2: It has failed unless ");
    // Only who leads knows what is waited for.
    expect(texts(await explained(pool, 3, "host", "h2"))).toEqual([
      "h1 leads, and knows what is waited for: ha-cfg explain host h2 there",
    ]);
    await pool.run(30_000);
    const dead = await explained(pool, 1, "host", "h2");
    expect(dead.why.join()).toContain("h2 has failed; its VMs are free to start elsewhere");
    expect(dead.why.join()).not.toContain("maintenance");
    expect(texts(dead)[0]).toStartWith("Its VMs are started elsewhere; when it comes back");
    expect((await explained(pool, 1, "vm", "b1")).now).toMatch(/^it runs on h[13]$/);
  });

  test("a fence that fails is tried again, in so many seconds", async () => {
    const pool = await runningPool();
    pool.world.host(2).bmc = "dead";
    pool.power(2, false);
    await pool.run(70_000);
    const isWaiting = ({ text }: { readonly text: string }) => text === "Fencing is tried again";
    let seen = await explained(pool, 1, "host", "h2");
    for (let second = 0; second < 20 && !seen.next.some(isWaiting); second++) {
      await pool.run(1_000);
      seen = await explained(pool, 1, "host", "h2");
    }
    expect(seen.why.join()).toContain("fencing failed once");
    const inS = seen.next.find(isWaiting)?.inS;
    expect([inS !== null, Number(inS) >= 1, Number(inS) <= 5]).toEqual([true, true, true]);
    expect(texts(seen)).toContain("Its VMs are started elsewhere only when it is proved off");
  });

  test("a start that failed is tried again, in so many seconds", async () => {
    const pool = await runningPool();
    const { documents } = pool.disk(1);
    pool.monitor(1).stop();
    pool.crashVm("a1");
    await pool.run(1_000);
    const memory = JSON.parse(documents.get("recent-memory") ?? "null");
    const uuid = "00000001-3333-4333-8333-333333333333";
    const supply = { hosts: [], freeBytes: 0, storage: null };
    documents.save("recent-memory", {
      ...memory,
      down: {
        [uuid]: { sinceMs: pool.clock.nowMs() - 90_000, failure: { why: "SR_BACKEND_FAILURE_47", supply } },
      },
      retries: { [`start-vm:${uuid}`]: { failures: 2, notBeforeMs: pool.clock.nowMs() + 50_000 } },
    });
    const vm = await explained(pool, 1, "vm", "a1");
    expect(vm.now).toMatch(/^it is halted, since \d+ s$/);
    expect(vm.why).toContain("Its last start failed: SR_BACKEND_FAILURE_47");
    const retry = vm.next.find(({ text }) => text.startsWith("Its start is tried again"));
    expect(retry?.inS).toBeGreaterThan(0);
  });

  test("a host in maintenance, and the VM on it", async () => {
    const pool = await runningPool();
    pool.maintenance(3, true);
    await pool.run(1_000);
    const host = await explained(pool, 1, "host", "h3");
    expect(host.why).toContain(
      "It is in maintenance: never fenced, and given no VM, until it is enabled (xe host-enable)",
    );
    expect(texts(await explained(pool, 1, "vm", "c1")).join()).toContain(
      "it would not be fenced, for it is disabled",
    );
  });
});

describe("ha-cfg explain while the master is dead", () => {
  test("a host is explained from what this one remembers, marked, exit 124; a VM is not", async () => {
    const pool = await runningPool();
    pool.power(1, false);
    await pool.run(9_000);
    const host = await haCfgOn(pool, 2, ["explain", "host", "h1"]);
    expect([host.code, host.err]).toEqual([124, ""]);
    expect(host.out).toStartWith(
      "! XAPI does not answer (no answer in time): this is what this host remembers of\n",
    );
    expect(host.out).toContain("Host h1 ");
    expect(host.tookMs).toBeLessThan(3_000);
    const vm = await haCfgOn(pool, 2, ["explain", "vm", "a1"]);
    expect([vm.code, vm.out, vm.err]).toEqual([
      124,
      "",
      "Cannot explain a VM: no answer in time. Only XAPI knows them.\n",
    ]);
  });
});

describe("ha-cfg explain: wrong usage", () => {
  test("what is neither host nor vm, and what there is not", async () => {
    const kind = await haCfg(["explain", "pool", "lab"]);
    expect([kind.code, kind.err]).toEqual([2, 'Cannot explain pool: say "host" or "vm", then its name\n']);
    const pool = await runningPool();
    const none = await haCfgOn(pool, 1, ["explain", "host", "h9"]);
    expect([none.code, none.err]).toEqual([
      2,
      "Cannot explain h9: there is no such host; there are h1, h2, h3\n",
    ]);
    const vm = await haCfgOn(pool, 1, ["explain", "vm", "a2"]);
    expect([vm.code, vm.err]).toEqual([2, expect.stringContaining("there is no VM of this name or uuid")]);
  });
});
