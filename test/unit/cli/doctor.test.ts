import { describe, expect, test } from "bun:test";
import { vmUuid } from "../../../src/core/model/ids.ts";
import type { PeerAnswer } from "../../../src/ports/peers.ts";
import { holdXapi } from "../../../src/simulation/control.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { haCfg, type Run } from "./run.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "b1", on: 2, disk: 2 },
    { name: "c1", on: 3 },
  ],
  params: { FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "15" },
} as const;

describe("ha-cfg doctor on a simulated pool", () => {
  test("a pool without fault: a line for each check, exit 0", async () => {
    const params = { ...POOL.params, MAIL_TO: "ops@example.org" };
    const pool = poolWithHa({ ...POOL, params, vms: [{ name: "a1", on: 1 }], secondNetwork: true });
    await pool.run(60_000);
    const run = await haCfgOn(pool, 2, ["doctor"]);
    expect(run.out.replace(/in \d+ ms/, "in 2 ms")).toBe(`ok    XAPI answers in 2 ms
ok    XAPI's own HA is off
ok    the monitor runs (pid 4321), and is started at boot
ok    the watchdog runs (pid 4322), and is started at boot
ok    the last iteration ended 4 s ago
ok    HA is on
ok    5 parameters in the pool database, all understood
ok    the override file is understood and overrides nothing of the pool's
ok    h1 (10.77.0.11) answers ping and XAPI
ok    h3 (10.77.0.13) answers ping and XAPI
ok    h1 is heard since 52 s, over 10.77.0.11 and 10.78.0.11
ok    h3 is heard since 52 s, over 10.77.0.13 and 10.78.0.13
ok    every host has a second network, or a bond, for the heartbeats
ok    the leader of the pool: h1, since 52 s
ok    heuristic IPs are not used
ok    there is a quorum: 2 votes of 3 members with one host less
ok    fence device of h1 by IPMI: on
ok    fence device of h2 by IPMI: on
ok    fence device of h3 by IPMI: on
ok    every managed VM has its disks on storage of all hosts
ok    every managed VM has its networks on all hosts
ok    whichever host dies, the others have memory for its VMs
ok    the clocks of 3 hosts agree within 3 s
ok    mail server 127.0.0.1:25 answers; ha-cfg email sends a test

24 ok, 0 to look at, 0 bad
`);
    expect([run.code, run.err]).toEqual([0, ""]);
  });

  test("a disk on local storage and a wrong clock are worth a look, and no failure", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.world.host(3).wallStepMs = -20_000;
    const run = await haCfgOn(pool, 1, ["doctor"]);
    expect(run.out).toContain(
      "warn  VM b1 on storage local h2, which only h2 has: cannot be started elsewhere -> ",
    );
    // Whole seconds: a second less may be all that is sure.
    expect(run.out).toMatch(/^warn {2}the clock of h3 is (19|20) s behind this host's -> /m);
    expect([run.code, run.out.includes("bad  ")]).toEqual([0, false]);
  });

  test("the master dead, a fence device silent: told from the caches, all checks at the same time", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.bmc(3, "dead");
    pool.power(1, false);
    const run = await haCfgOn(pool, 3, ["doctor"]);
    expect(run.out).toContain("bad   the master 10.77.0.11 gives no pool database: no answer in time");
    expect(run.out).toContain("bad   h1 (10.77.0.11) answers neither ping nor XAPI");
    expect(run.out).toContain("ok    h2 (10.77.0.12) answers ping and XAPI");
    expect(run.out).toContain("ok    fence device of h1 by IPMI: off");
    expect(run.out).toContain("bad   fence device of h3 by IPMI: no answer within 30 s");
    expect(run.out).toContain("bad   no quorum when the next host dies: 1 votes of 3 members");
    expect(run.code).toBe(1);
    expect(run.tookMs).toBeLessThan(35_000);
  });

  test("SLAVE_VM_STAT=1 in a pool without certificates: each slave says that it starts nothing", async () => {
    const pool = poolWithHa({ ...POOL, params: { ...POOL.params, SLAVE_VM_STAT: "1" } });
    await pool.run(60_000);
    const fault = { kind: "unreachable", detail: "no certificates of the pool in /pool.pem" } as const;
    const masterWay = async () => ({ ok: false, fault }) as const;
    const said = async (number: number, around = {}) =>
      /^.*SLAVE_VM_STAT.*$/m.exec((await haCfgOn(pool, number, ["doctor"], around)).out)?.[0] ?? "nothing";
    expect(await said(2, { masterWay })).toBe(
      "warn  SLAVE_VM_STAT=1 does nothing on this slave: its master is not reachable: no certificates of the pool in /pool.pem -> a pool has certificates from XCP-ng 8.3 on; without them: ha-cfg set slave_vm_stat 0",
    );
    expect(await said(2)).toBe("nothing");
    expect(await said(1, { masterWay })).toBe("nothing");
  });

  test("a xapi that is held is no fault of a master", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    holdXapi(pool.world, pool.world.host(2));
    const { out } = await haCfgOn(pool, 2, ["doctor"]);
    expect(out).toContain(
      "warn  XAPI of this host is held until the master's database agrees with what runs here -> see the log of this host (ha-cfg log)",
    );
    expect(out).not.toContain("gives no pool database");
    expect(out).not.toContain("bad   XAPI of this host");
  });

  test("a host that takes itself for a second master", async () => {
    const pool = poolWithHa({ ...POOL, ha: "false" });
    await pool.run(60_000);
    pool.power(1, false);
    await pool.run(1_000);
    pool.world.host(3).poolConf = "master";
    pool.restartToolstack(3);
    await pool.run(60_000);
    const run = await haCfgOn(pool, 2, ["doctor"]);
    expect(run.out).toContain("bad   h3 (10.77.0.13) considers itself master beside 10.77.0.11");
  });
});

/** The first one is this host. */
const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => hostView(index + 1, index === 0 ? { uuid: HOST } : {}));
const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const SOUND = { [FLAG]: "true", HA_FENCE_METHOD: "IPMI" };

/** The lines of a verdict, in a pool of three where `world` says nothing else. */
async function lines(verdict: "ok" | "warn" | "bad", world: Partial<FakeWorld>): Promise<string> {
  const run = await doctor(world);
  return run.out
    .split("\n")
    .filter((line) => line.startsWith(`${verdict} `))
    .join("\n");
}
const doctor = (world: Partial<FakeWorld>): Promise<Run> =>
  haCfg(["doctor"], { hosts: hosts(3), otherConfig: SOUND, ...world });

describe("ha-cfg doctor: what each check finds", () => {
  const probe = (icmp: PeerAnswer["icmp"], xapi: PeerAnswer["xapi"]): PeerAnswer => ({ icmp, xapi });
  const cases: readonly [string, "warn" | "bad", Partial<FakeWorld>, string][] = [
    ["XAPI's own HA", "bad", { haEnabled: true }, "XAPI's own HA is on"],
    ["HA unset", "bad", { otherConfig: { HA_FENCE_METHOD: "IPMI" } }, "HA is neither on nor off"],
    ["HA off", "warn", { otherConfig: { ...SOUND, [FLAG]: "false" } }, "HA is off"],
    [
      "no parameters",
      "warn",
      { otherConfig: { [FLAG]: "true" } },
      "holds no parameters: the defaults hold -> ha-cfg insert",
    ],
    [
      "a parameter that is none",
      "bad",
      { otherConfig: { ...SOUND, HA_XE_TIMEOUT: "x" } },
      "Cannot use XE_TIMEOUT",
    ],
    [
      "an override",
      "warn",
      { override: { XE_TIMEOUT: "7" } },
      "the override file of this host sets XE_TIMEOUT",
    ],
    [
      "an override file that cannot be read",
      "bad",
      { override: null as never },
      "the override file cannot be read",
    ],
    [
      "a dangerous value",
      "warn",
      { otherConfig: { ...SOUND, HA_FENCE_HA_ONFAIL: "1" } },
      "FENCE_HA_ONFAIL=1: dangerous",
    ],
    ["ICMP filtered", "bad", { probe: () => probe("silent", "answered") }, "answers XAPI but not ping"],
    ["XAPI down", "bad", { probe: () => probe("answered", "silent") }, "answers ping but not XAPI"],
    ["no ping program", "warn", { probe: () => probe("unknown", "answered") }, "ping could not be run here"],
    [
      "two hosts, no tie-breaker",
      "bad",
      { hosts: hosts(2), otherConfig: { ...SOUND, HA_FENCE_MIN_HOSTS: "2" } },
      "when the master dies, the other host does nothing before somebody says there: ha-cfg confirm-off",
    ],
    ["fewer than FENCE_MIN_HOSTS", "bad", { hosts: hosts(2) }, "2 hosts are fewer than FENCE_MIN_HOSTS=3"],
    [
      "no quorum required",
      "warn",
      { otherConfig: { ...SOUND, HA_FENCE_QUORUM_REQUIRED: "0" } },
      "no quorum is required",
    ],
    [
      "a heuristic IP silent",
      "bad",
      {
        otherConfig: { ...SOUND, HA_FENCE_USE_IP_HEURISTICS: "1", HA_FENCE_HEURISTICS_IPS: "192.0.2.254" },
        ping: () => "silent",
      },
      "heuristic IP 192.0.2.254 does not answer ping",
    ],
    [
      "no heuristic IP for the tie",
      "bad",
      { otherConfig: { ...SOUND, HA_TIE_BREAKER: "ip" } },
      "TIE_BREAKER=ip, but there are no addresses",
    ],
    [
      "a heuristic IP silent that another tie-breaker does not ask",
      "warn",
      {
        otherConfig: {
          ...SOUND,
          HA_TIE_BREAKER: "ssh",
          HA_FENCE_USE_IP_HEURISTICS: "1",
          HA_FENCE_HEURISTICS_IPS: "192.0.2.254",
        },
        ping: () => "silent",
      },
      "heuristic IP 192.0.2.254 does not answer ping (not used)",
    ],
    [
      "a heuristic IP inside",
      "bad",
      { otherConfig: { ...SOUND, HA_FENCE_USE_IP_HEURISTICS: "1", HA_FENCE_HEURISTICS_IPS: "192.0.2.2" } },
      "heuristic IP 192.0.2.2 is dom0-2, a host of the pool",
    ],
    [
      "POOL",
      "warn",
      { otherConfig: { [FLAG]: "true", HA_FENCE_METHOD: "POOL" } },
      "FENCE_METHOD=POOL cuts no power: two copies of a VM",
    ],
    [
      "POOL at the end",
      "warn",
      { otherConfig: { [FLAG]: "true", HA_FENCE_METHOD: "IPMI,POOL" } },
      "when all others fail, POOL counts as fenced",
    ],
    [
      "fencing off",
      "warn",
      { otherConfig: { ...SOUND, HA_FENCE_ENABLED: "0" } },
      "nothing proves that a dead host is off, so its VMs stay down",
    ],
    [
      "an agent that is missing",
      "bad",
      { device: () => ({ kind: "unknown", why: "there is no agent" }) },
      "fence device of dom0-1 by IPMI: there is no agent",
    ],
    [
      "an agent that nobody has tested",
      "warn",
      {
        otherConfig: { [FLAG]: "true", HA_FENCE_METHOD: "MINE" },
        method: () => ({ untestedAgent: "/fence/MINE/MINE.sh" }),
      },
      "/fence/MINE/MINE.sh has not been tested on this host, and its exit status 0 counts as proof that a host is off",
    ],
    [
      "an agent that is never run",
      "warn",
      { method: () => ({ ignoredAgent: "/opt/fence/IPMI/IPMI.sh" }) },
      "/opt/fence/IPMI/IPMI.sh is not used, because IPMI is built in",
    ],
    [
      "another machine's device",
      "bad",
      { device: () => ({ kind: "off" }) },
      "it says off, and the host is up",
    ],
    [
      "an agent without status",
      "warn",
      { device: () => ({ kind: "not-asked", why: "no line" }) },
      "cannot be asked: no line",
    ],
    [
      "no monitor",
      "bad",
      { daemon: () => ({ state: "dead", pid: null, atBoot: true }) },
      "the monitor does not run on this host -> service ha-lizard start",
    ],
    [
      "not at boot",
      "bad",
      { daemon: () => ({ state: "running", pid: 1, atBoot: false }) },
      "the watchdog is not started when this host boots -> chkconfig ha-lizard-watchdog on",
    ],
    ["no iteration", "bad", {}, "no iteration has ended since this host booted"],
    [
      "mail refused",
      "warn",
      { tcp: () => ({ kind: "closed", why: "the connection was refused" }) },
      "mail server 127.0.0.1:25 is not reachable: the connection was refused",
    ],
    [
      "disks not listed",
      "warn",
      { localDisks: { ok: false, fault: { kind: "timeout" } } },
      "the disks could not be listed: no answer in time",
    ],
    [
      "a clock not told",
      "warn",
      { hostClock: () => ({ ok: false, fault: { kind: "timeout" } }) },
      "the clock of dom0-2 is not known",
    ],
  ];
  for (const [name, verdict, world, text] of cases) {
    test(`${name} is ${verdict}`, async () => expect(await lines(verdict, world)).toContain(text));
  }

  test("two hosts and a gateway that answers have a quorum", async () => {
    const otherConfig = {
      ...SOUND,
      HA_FENCE_MIN_HOSTS: "2",
      HA_FENCE_USE_IP_HEURISTICS: "1",
      HA_FENCE_HEURISTICS_IPS: "192.0.2.254",
    };
    expect(await lines("ok", { hosts: hosts(2), otherConfig })).toContain(
      "there is a quorum: 2 votes of 2 members with one host less",
    );
  });

  test("VMs that HA does not manage may live where they like", async () => {
    const localDisks = { ok: true, value: [{ vm: vmUuid("unknown"), storage: "local", hosts: [] }] } as const;
    expect(await lines("ok", { localDisks })).toContain("every managed VM has its disks");
  });

  test("--json: the schema, and the same exit code", async () => {
    const run = await haCfg(["doctor", "--json"], { hosts: hosts(3), otherConfig: SOUND, terminal: true });
    const report = JSON.parse(run.out) as { findings: Record<string, unknown>[] };
    expect(report).toMatchObject({ schema: 1, version: "3.0.0", host: HOST, verdict: "bad" });
    for (const finding of report.findings)
      expect(Object.keys(finding).sort()).toEqual(["check", "cure", "text", "verdict"]);
    expect([run.code, run.err]).toEqual([1, ""]);
  });

  test("progress on a terminal only, and gone in the end", async () => {
    const run = await doctor({ terminal: true });
    expect(run.err).toMatch(/^\rChecking: 0 of 26 done.*\r {23}\r$/s);
    expect((await doctor({})).err).toBe("");
  });

  test("a check that fails is no ok", async () => {
    const world = {
      tcp: () => {
        throw new Error("broken");
      },
    };
    expect(await lines("bad", world)).toContain("the check of mail has no result: broken");
  });
});
