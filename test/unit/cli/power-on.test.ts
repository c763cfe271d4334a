import { describe, expect, test } from "bun:test";
import { whyNotOn } from "../../../src/cli/why-not-on.ts";
import { openIncident } from "../../../src/core/fencing/incident.ts";
import type { IncidentPhase } from "../../../src/core/memory/incident.ts";
import { emptyMemory, type Memory } from "../../../src/core/memory/memory.ts";
import { vmUuid } from "../../../src/core/model/ids.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { knownHost } from "../core/fixtures.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { haCfg } from "./run.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";
import { hearing, hosts, keys } from "./sound-pool.ts";
import { uuidOf } from "./vms.ts";

const SECOND = 1_000;

/** Three hosts, of which the third, on which a VM ran, was fenced so long ago. */
async function fenced(seconds: number, method = "IPMI"): Promise<SimPool> {
  const pool = poolWithHa({
    ...{ hosts: 3, vms: [{ name: "web", on: 3 }], watches: true },
    params: { FENCE_METHOD: method },
  });
  await pool.run(60 * SECOND);
  pool.power(3, false);
  await pool.run(seconds * SECOND);
  return pool;
}

describe("ha-cfg power-on, on a simulated pool", () => {
  test("a host that was fenced and whose VM runs elsewhere: it is on, joins, and nothing runs twice", async () => {
    const pool = await fenced(300);
    expect(pool.running("web")).not.toContain(3);
    const { code, out, err, logged } = await haCfgOn(pool, 1, ["power-on", "h3", "--yes"]);
    expect([code, out]).toEqual([0, "h3 is on, by IPMI, and boots. ha-cfg status shows when it is heard.\n"]);
    expect(err).toBe("Switching h3 on, which takes at most 60 s\n");
    expect(logged).toEqual([
      "info ha-cfg: h3 switched on by hand, by IPMI, by alice as root without a terminal.",
    ]);
    expect(pool.world.host(3).power).toBe(true);
    await pool.run(300 * SECOND);
    expect([pool.running("web").length, pool.world.violations]).toEqual([1, []]);
    const again = await haCfgOn(pool, 1, ["power-on", "h3", "--yes"]);
    expect([again.code, again.err]).toEqual([1, "Cannot switch h3 on: its monitor is heard.\n"]);
  });

  test("--json", async () => {
    const pool = await fenced(300);
    const { out } = await haCfgOn(pool, 1, ["power-on", "h3", "--yes", "--json"]);
    const { uuid } = pool.world.host(3);
    expect(JSON.parse(out)).toEqual({ host: "h3", uuid, switchedOn: true, by: "IPMI", why: null });
    const refused = await haCfgOn(pool, 1, ["power-on", "h1", "--yes", "--json"]);
    expect([refused.code, JSON.parse(refused.out)]).toMatchObject([
      1,
      { switchedOn: false, why: "it is this host" },
    ]);
  });

  test("while it is being fenced, on a host that does not lead, and of hosts that live: refused, nothing is switched", async () => {
    const pool = await fenced(5);
    const begun = () => pool.world.log.filter(({ what }) => what === "switch-on-begun").length;
    const says = async (host: number, name: string) =>
      (await haCfgOn(pool, host, ["power-on", name, "--yes"])).err;
    await pool.until(() => pool.world.log.some(({ what }) => what === "fence-begun"), 300_000);
    expect(await says(1, "h3")).toContain("Cannot switch h3 on: it");
    await pool.run(60 * SECOND);
    expect(await says(2, "h3")).toContain(
      "h1 leads the hosts of this pool, and knows whether it is being fenced",
    );
    expect(await says(1, "h2")).toContain("Cannot switch h2 on: its monitor is heard.");
    expect([begun(), pool.world.host(3).power]).toEqual([0, false]);
  });

  test("its device is silent, or says on: refused", async () => {
    const pool = await fenced(420);
    pool.bmc(3, "dead");
    const silent = await haCfgOn(pool, 1, ["power-on", "h3", "--yes"]);
    expect([silent.code, silent.err]).toEqual([
      1,
      "Cannot switch h3 on: its fence device does not say that it is off (IPMI: no answer within 30 s).\n",
    ]);
    const on = await haCfgOn(pool, 1, ["power-on", "h3", "--yes"], { device: () => ({ kind: "on" }) });
    expect(on.err).toBe("Cannot switch h3 on: its fence device (IPMI) says that it is on.\n");
  });

  test("it asks, looks again after that, and asks nobody without a terminal", async () => {
    const pool = await fenced(300);
    const types = (answer: string, meanwhile: () => void = () => undefined) => ({
      terminal: true,
      types: async () => {
        meanwhile();
        return answer;
      },
    });
    const no = await haCfgOn(pool, 1, ["power-on", "h3"], types("no"));
    expect([no.code, no.err, pool.world.host(3).power]).toEqual([1, "Nothing was changed.\n", false]);
    const late = await haCfgOn(
      pool,
      1,
      ["power-on", "h3"],
      types("yes", () => pool.power(3, true)),
    );
    expect([late.code, late.err]).toEqual([1, expect.stringContaining("Cannot switch h3 on: ")]);
    const nobody = await haCfgOn(pool, 1, ["power-on", "h3"]);
    expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining("give --yes")]);
  });
});

describe("ha-cfg power-on", () => {
  const three = hosts(3);
  const third = three[2]?.uuid ?? HOST;
  const silent = hearing(three, {
    peers: hearing(three).peers.map((peer) =>
      peer.host === third ? { ...peer, heard: "silent", own: null, hears: null, ways: [] } : peer,
    ),
  });
  const run = (world: Partial<FakeWorld> = {}, ...more: readonly string[]) =>
    haCfg(["power-on", "dom0-3", ...(world.terminal ? [] : ["--yes"]), ...more], {
      hosts: three,
      otherConfig: keys(),
      lastGood: { FENCE_METHOD: "IPMI" },
      rememberedFlag: "on",
      rememberedHosts: three.map(({ uuid, name }) => knownHost(uuid, { name })),
      hearing: silent,
      probe: () => ({ icmp: "silent", xapi: "silent" }),
      device: () => ({ kind: "off" }),
      ...world,
    });
  const switched = (calls: readonly string[]) => calls.filter((call) => call.startsWith("switch on"));

  test("works without XAPI: what this host remembers, its monitor and the device are enough", async () => {
    const { code, world } = await run({ readFault: { kind: "timeout" } });
    expect([code, switched(world.calls), world.calls.includes("wake")]).toEqual([
      0,
      [`switch on ${third} by IPMI`],
      true,
    ]);
  });

  test("on a terminal the seconds are counted, and gone at the end", async () => {
    const { code, err } = await run({ terminal: true, lines: ["yes"] });
    expect([code, err]).toEqual([0, expect.stringContaining("Switch dom0-3 on? (yes/no) yes\n")]);
    expect(err).toEndWith("\r0 s \r        \r");
  });

  test("the agent cannot: why is said, and the exit code is 1", async () => {
    const outcome = {
      kind: "not-fenced",
      fault: "already-running",
      detail: "another attempt is under way",
    } as const;
    const { code, err, world } = await run({ switchOn: () => outcome });
    expect([code, err]).toEqual([
      1,
      "Switching dom0-3 on, which takes at most 60 s\nCannot switch dom0-3 on: IPMI: another attempt is under way.\n",
    ]);
    expect(world.logged).toEqual([
      "info ha-cfg: dom0-3 switched on by hand, without success, by alice as root without a terminal.",
    ]);
  });

  const refused: readonly (readonly [string, Partial<FakeWorld>, string])[] = [
    ["the monitor here is silent", { hearing: null }, "the monitor of this host says nothing"],
    ["it answers ping", { probe: () => ({ icmp: "answered", xapi: "silent" }) }, "it answers ping"],
    ["its XAPI answers", { probe: () => ({ icmp: "silent", xapi: "answered" }) }, "its XAPI answers"],
    [
      "there is no device",
      { lastGood: { FENCE_METHOD: "POOL" } },
      "FENCE_METHOD=POOL has no device that could",
    ],
  ];
  test.each(refused)("%s: refused", async (_, world, why) => {
    const { code, err, world: after } = await run(world);
    expect([code, err, switched(after.calls)]).toEqual([1, expect.stringContaining(why), []]);
  });
});

describe("whyNotOn", () => {
  const three = hosts(3);
  const known = three.map(({ uuid, name }) => knownHost(uuid, { name }));
  const host = known[2] ?? knownHost(HOST);
  const heard = hearing(three);
  const silent = { ...heard, peers: heard.peers.filter((peer) => peer.host !== host.uuid) };
  const MINUTE = 60_000;
  const failed = (phase: IncidentPhase, offSinceMs: number | null, isDown: boolean): Memory => {
    const vm = vmUuid(uuidOf(1));
    const incident = { ...openIncident(host.uuid, 0), phase, offSinceMs, vms: [vm] };
    const down = isDown ? { [vm]: {} as never } : {};
    return { ...emptyMemory("boot"), incidents: { [host.uuid]: incident }, down };
  };
  const rows: readonly (readonly [string, Memory | null, number, string | null])[] = [
    ["nothing is known of a failure", null, 0, null],
    ["no incident of it", emptyMemory("boot"), 0, null],
    ["it has just failed", failed("open", null, false), MINUTE, "may be fenced at any moment"],
    ["it failed long ago, and could not be fenced", failed("open", null, false), 6 * MINUTE, null],
    [
      "its fence is under way, however long",
      failed("fencing", null, false),
      60 * MINUTE,
      "it is being fenced",
    ],
    ["it is off, and not declared dead", failed("fenced", MINUTE, false), 2 * MINUTE, "started elsewhere"],
    ["that hangs for five minutes", failed("fenced", MINUTE, false), 6 * MINUTE, null],
    ["its VMs are still down", failed("declared", MINUTE, true), 2 * MINUTE, "started elsewhere"],
    ["its VMs run elsewhere", failed("declared", MINUTE, false), 2 * MINUTE, null],
    ["its VMs stay down", failed("declared", MINUTE, true), 6 * MINUTE, null],
  ];
  test.each(rows)("%s", (_, memory, nowMs, why) => {
    const found = whyNotOn({ host, hosts: known, hearing: silent, memory, isBlocked: false, nowMs });
    expect(found).toEqual(why === null ? null : expect.stringContaining(why));
  });

  test("the leader is another host, this one blocks the way to it, it is heard", () => {
    const sight = { host, hosts: known, hearing: silent, memory: null, isBlocked: false, nowMs: 0 };
    const group = { ...silent.group, lead: "hears", leader: known[1]?.uuid ?? HOST } as const;
    expect(whyNotOn({ ...sight, hearing: { ...silent, group } })).toContain("dom0-2 leads the hosts");
    expect(whyNotOn({ ...sight, isBlocked: true })).toContain("would not let it in");
    expect(whyNotOn({ ...sight, hearing: heard })).toBe("its monitor is heard");
  });
});
