import { describe, expect, test } from "bun:test";
import { holdXapi } from "../../../src/simulation/control.ts";
import { hostView } from "./hosts.ts";
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
  params: { FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "15" },
} as const;

const narrow = (out: string) => out.split("\n").every((line) => Bun.stringWidth(line) <= 80);

test("ha-cfg status where xapi is held: why it is silent, and for how long", async () => {
  const pool = poolWithHa(POOL);
  await pool.run(60_000);
  // Otherwise the master agrees, and it starts again, within a second.
  pool.monitor(1).stop();
  holdXapi(pool.world, pool.world.host(2));
  await pool.run(3_000);
  const text = (await haCfgOn(pool, 2, ["status"])).out.replaceAll("\n", " ");
  expect(text).toContain(
    "! XAPI of this host is held until the master's database agrees with what runs here, for 3 s so far (",
  );
  const { xapiHeldS } = JSON.parse((await haCfgOn(pool, 2, ["status", "--json"])).out);
  expect(xapiHeldS).toBeGreaterThanOrEqual(3);
  expect(JSON.parse((await haCfgOn(pool, 1, ["status", "--json"])).out).xapiHeldS).toBe(null);
});

describe("ha-cfg status on a healthy pool", () => {
  test("everything, within 80 columns, the same on every host but for who it is", async () => {
    const pool = poolWithHa({ ...POOL, heartbeats: true });
    await pool.run(60_000);
    const run = await haCfgOn(pool, 2, ["status"]);
    expect(run.out).toBe(`HA-Lizard 3.0.0

HA              on
Manages         every VM (OP_MODE=2, GLOBAL_VM_HA=1)
Fencing         IPMI, stop
VMs             4 managed, 3 running, 0 waiting to be started

This host       slave, h2 00000002-1111-4111-8111-111111111102
Pool            simulated 00000001-0000-4000-8000-000000000001
Master          h1
Successor       h2
Leader          h1, since 52 s
Votes           h1, h2, h3
Monitor         running (pid 4321)
Watchdog        running (pid 4322)
Last iteration  4 s ago, took 0 s: done
Heartbeats      all hosts hear each other

  HOST  ROLE    ENABLED  STATE  XAPI     LAST SEEN  VMS
  h1    master  yes      alive  answers  now        1
* h2    slave   yes      alive  answers  now        1
  h3    slave   yes      alive  answers  now        1

Who is heard
- h1 is heard since 52 s, over 10.77.0.11
- h3 is heard since 52 s, over 10.77.0.13

No open incidents.
`);
    expect([run.code, run.err]).toEqual([0, ""]);
    const other = await haCfgOn(pool, 3, ["status"]);
    const hosts = (out: string) => out.split("\n\n")[3]?.replaceAll("*", " ");
    expect(hosts(other.out)).toBe(hosts(run.out) ?? "");
  });

  test("the flag of a VM counts where not every VM is managed; what is off is said", async () => {
    const pool = poolWithHa({ ...POOL, ha: "false", params: { GLOBAL_VM_HA: "0", FENCE_ENABLED: "0" } });
    await pool.run(60_000);
    const { out } = await haCfgOn(pool, 1, ["status"]);
    expect(out).toContain("VMs             1 managed, 1 running, 0 halted, not started while HA is not on");
    expect(out).toContain("HA              off: no host is fenced, no VM is started");
    expect(out).toContain("Fencing         off (FENCE_ENABLED=0)");
  });

  test("a halted VM that nothing keeps from its start is waiting; one in maintenance is not enabled", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.maintenance(3, true);
    pool.crashVm("a1");
    await pool.run(1_000);
    const { out } = await haCfgOn(pool, 1, ["status"]);
    expect(out).toContain("4 managed, 2 running, 1 waiting to be started");
    expect(out).toMatch(/ {2}h3 +slave +no +alive/);
  });
});

describe("ha-cfg status says what will not be done", () => {
  test("a host in maintenance leaves fewer than FENCE_MIN_HOSTS: nobody is fenced, and that is said", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.maintenance(3, true);
    await pool.run(1_000);
    const { out } = await haCfgOn(pool, 1, ["status"]);
    const why = "2 hosts are enabled, fewer than FENCE_MIN_HOSTS=3";
    expect(out.replace(/\n +/g, " ")).toContain(
      `Fencing         IPMI, stop; but no host is fenced now: ${why}`,
    );
    const json = JSON.parse((await haCfgOn(pool, 2, ["status", "--json"])).out);
    expect([json.fencing, json.notFencing]).toEqual(["IPMI, stop", why]);
  });

  test("FENCE_ACTION=start fences nobody either; in a sound pool there is nothing to say", async () => {
    const start = poolWithHa({ ...POOL, params: { ...POOL.params, FENCE_ACTION: "start" } });
    await start.run(60_000);
    const { out } = await haCfgOn(start, 1, ["status"]);
    expect(out.replace(/\n +/g, " ")).toContain("no host is fenced now: FENCE_ACTION=start cuts nobody off");
    const sound = poolWithHa(POOL);
    await sound.run(60_000);
    expect(JSON.parse((await haCfgOn(sound, 1, ["status", "--json"])).out)).toMatchObject({
      notFencing: null,
      noSuccessor: null,
    });
  });

  test("fencing has stopped: that is said as long as it lasts, whether a host waits or not", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    const { documents } = pool.disk(1);
    const memory = JSON.parse(documents.get("recent-memory") ?? "null");
    documents.save("recent-memory", { ...memory, fencingStoppedSinceMs: 5 });
    const json = JSON.parse((await haCfgOn(pool, 1, ["status", "--json"])).out);
    expect(json.notFencing).toBe(
      "this host has stopped, after more than half of the hosts were fenced (ha-cfg resume)",
    );
  });

  test("PROMOTE_SLAVE=0: there is no successor, whatever the pool's keys say", async () => {
    const pool = poolWithHa({ ...POOL, params: { ...POOL.params, PROMOTE_SLAVE: "0" } });
    await pool.run(60_000);
    const { out } = await haCfgOn(pool, 1, ["status"]);
    expect(out).toContain("Successor       none: promotion is switched off (PROMOTE_SLAVE=0)\n");
    expect(JSON.parse((await haCfgOn(pool, 1, ["status", "--json"])).out)).toMatchObject({
      successor: null,
      noSuccessor: "promotion is switched off (PROMOTE_SLAVE=0)",
    });
  });
});

describe("ha-cfg status while the master is dead", () => {
  test("a slave tells from its caches, marks that, and needs less than 3 s", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.power(1, false);
    await pool.run(9_000);
    const run = await haCfgOn(pool, 2, ["status"]);
    expect(run.out).toStartWith(`HA-Lizard 3.0.0

! XAPI here answers only with the master, and does not (no answer in time).
Pool, parameters and HA on/off are what this host remembers, of 14 s ago; hosts
were probed just now.

HA              on
`);
    expect(run.out).toContain(`
  HOST  ROLE    ENABLED  STATE    XAPI     LAST SEEN  VMS
  h1    master  yes      suspect  silent   6 s ago    ?
* h2    slave   yes      alive    answers  now        1
  h3    slave   yes      alive    answers  now        ?
`);
    expect(run.out).toContain("Successor       h2\n");
    expect(run.out).toContain("- h1 does not answer: retrying.\n");
    expect(run.code).toBe(124);
    expect(run.tookMs).toBeLessThan(2_500);
    expect(narrow(run.out)).toBe(true);
  });

  test("judged by nobody yet, it is without answer, not failed", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.power(1, false);
    const { out } = await haCfgOn(pool, 3, ["status"]);
    expect(out).toMatch(/ {2}h1 +master +yes +no answer +silent/);
  });

  test("the take-over is an incident, and the old master one of its own", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.power(1, false);
    await pool.run(30_000);
    const { out, code } = await haCfgOn(pool, 2, ["status"]);
    expect(code).toBe(0);
    expect(out).toContain("This host       master, h2");
    expect(out).toContain("Open incidents\n- h1 has failed and is fenced");
    expect(out).toContain("- this host takes over as master from h1: the pool database is being corrected");
    await pool.run(6_000);
    const later = (await haCfgOn(pool, 2, ["status"])).out.replaceAll("\n ", "");
    expect(later).toContain("Open incidents\n- h1 has failed; its VMs are free to start elsewhere");
    expect(later).toContain("- this host takes over as master from h1: the other hosts are coming back");
  });

  test("a master that is only slow is waited for", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.world.host(1).slowMs = 1_200;
    const run = await haCfgOn(pool, 2, ["status"]);
    expect([run.code, run.out.includes("!")]).toEqual([0, false]);
  });

  test("--json: the same, with names that stay", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    pool.power(1, false);
    await pool.run(9_000);
    const { out, code } = await haCfgOn(pool, 2, ["status", "--json"]);
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(report).sort()).toEqual(
      [
        ...["schema", "version", "source", "sourceAgeS", "xapiFault", "ha", "xapiHa", "mode", "fencing"],
        ...["notFencing", "noSuccessor", "xapiHeldS", "standing"],
        ...["self", "pool", "master", "successor", "monitor", "watchdog", "lastIteration", "hosts", "vms"],
        ...["hearing", "group"],
        ...["incidents", "conditions"],
      ].sort(),
    );
    expect(report).toMatchObject({ schema: 1, source: "last-good", ha: "on", xapiHa: null, vms: null });
    expect((report["hosts"] as unknown[])[0]).toEqual({
      uuid: "00000001-1111-4111-8111-111111111101",
      name: "h1",
      address: "10.77.0.11",
      role: "master",
      isSelf: false,
      enabled: true,
      state: "suspect",
      xapi: "silent",
      lastSeenS: 6,
      vms: null,
    });
    expect(code).toBe(124);
  });
});

describe("ha-cfg status: who hears whom", () => {
  test("a broken link and a dead host are told, on the screen and with --json", async () => {
    const pool = poolWithHa({ ...POOL, hosts: 4, heartbeats: true });
    await pool.run(60_000);
    pool.link(2, 3, false);
    pool.link(3, 2, false);
    pool.power(4, false);
    await pool.run(10_000);
    const { out } = await haCfgOn(pool, 2, ["status"]);
    expect(out).toContain("Heartbeats      1 of 3 other hosts are heard\n");
    expect(out).toMatch(/^- h1 is heard since \d+ s, over 10\.77\.0\.11; it does not hear h4$/m);
    expect(out).toMatch(/^- h3 is not heard from here since \d s, but h1 hears it$/m);
    expect(out).toMatch(/^- h4 is not heard by anybody since \d s$/m);
    const json = await haCfgOn(pool, 2, ["status", "--json"]);
    const { hearing } = JSON.parse(json.out);
    expect(hearing).toMatchObject({ trouble: null, refused: { wrongTag: 0 } });
    expect(hearing.hosts.map(({ name, heard, by }: Record<string, string>) => [name, heard, by])).toEqual([
      ["h1", "direct", null],
      ["h3", "reported", "h1"],
      ["h4", "silent", null],
    ]);
    expect(hearing.hosts[0]).toMatchObject({
      addresses: ["10.77.0.11"],
      hears: ["h2", "h3"],
      misses: ["h4"],
    });
    const doctor = await haCfgOn(pool, 2, ["doctor"]);
    expect(doctor.out).toMatch(
      /^bad {3}h3 is not heard from here since .* -> see the network between the two$/m,
    );
    expect(doctor.out).toMatch(/^bad {3}h4 is not heard by anybody since .* UDP port 694 is open/m);
  });

  test("over which networks a host is heard, and that one of two is gone", async () => {
    const pool = poolWithHa({ hosts: 2, heartbeats: true, secondNetwork: true });
    await pool.run(60_000);
    const both = await haCfgOn(pool, 2, ["status"]);
    expect(both.out).toContain("Heartbeats      all hosts hear each other\n");
    expect(both.out).toMatch(/^- h1 is heard since \d+ s, over 10\.77\.0\.11 and 10\.78\.0\.11$/m);
    const doctor = await haCfgOn(pool, 2, ["doctor"]);
    expect(doctor.out).toMatch(/^ok {4}h1 is heard since \d+ s, over 10\.77\.0\.11 and 10\.78\.0\.11$/m);
    expect(doctor.out).not.toContain("nothing is heard");
    pool.link(1, 2, false);
    pool.link(2, 1, false);
    await pool.run(10_000);
    const json = await haCfgOn(pool, 1, ["status", "--json"]);
    expect(JSON.parse(json.out).hearing.hosts[0]).toMatchObject({
      heard: "direct",
      addresses: ["10.78.0.12"],
    });
    const alarmed = await haCfgOn(pool, 1, ["doctor"]);
    expect(alarmed.out).toMatch(/^warn {2}nothing is heard from h2 over its address 10\.77\.0\.12 -> /m);
  });
});

describe("ha-cfg status: copies of the pool database", () => {
  test("a host that cannot fetch one says so, and since when; the others say that its copy is old", async () => {
    const pool = poolWithHa({ ...POOL, hosts: 3, heartbeats: true, timings: { diskWriteMs: 300_000 } });
    await pool.run(60_000);
    expect((await haCfgOn(pool, 2, ["status"])).out).toContain("No open incidents.\n");
    pool.world.host(2).databaseDiskFull = true;
    pool.migrateVm("a1", 2);
    await pool.run(300_000);
    const own = await haCfgOn(pool, 2, ["status"]);
    expect(own.out.replace(/\n {2}/g, " ")).toMatch(
      /^Open incidents\n- this host cannot fetch a copy of the pool database, and the one that it has is old \(since [45] min\)$/m,
    );
    const { out } = await haCfgOn(pool, 1, ["status"]);
    expect(out.replace(/\n {2}/g, " ")).toMatch(
      /^- h2 is heard since .*; its copy of the pool database is not yet as new as the master's$/m,
    );
    const { hearing } = JSON.parse((await haCfgOn(pool, 3, ["status", "--json"])).out);
    expect(hearing.hosts.map(({ name, isCopyOld }: Record<string, unknown>) => [name, isCopyOld])).toEqual([
      ["h1", null],
      ["h2", true],
    ]);
  });
});

describe("ha-cfg status on a terminal", () => {
  const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";

  test("a box of 80 columns; it asks nothing, and says which command switches HA", async () => {
    for (const [flag, says] of [
      ["false", "ha-cfg ha-enable switches HA on.\n"],
      ["true", "ha-cfg ha-disable switches HA off.\n"],
    ] as const) {
      const run = await haCfg(["status"], { terminal: true, lines: ["yes"], otherConfig: { [FLAG]: flag } });
      expect(run.out.split("\n").slice(0, 2)).toEqual([
        `┌${"─".repeat(78)}┐`,
        `│ HA-Lizard 3.0.0${" ".repeat(62)}│`,
      ]);
      expect(run.out).toEndWith(says);
      expect([run.code, run.err, run.world.otherConfig[FLAG]]).toEqual([0, "", flag]);
    }
  });

  for (const columns of [32, 40, 50, 60, 70, 80, 200]) {
    test(`${columns} columns: no line is longer, and the box is whole`, async () => {
      const hosts = [1, 2, 3].map((n) => hostView(n, { name: `a-long-name-of-host-${n}.example.org` }));
      const { out } = await haCfg(["status"], { hosts, terminal: true, columns, otherConfig: {} });
      const lines = out.split("\n").slice(0, -2);
      const width = Math.min(80, columns);
      expect(lines.filter((line) => Bun.stringWidth(line) > width)).toEqual([]);
      if (columns < 50) expect(out).not.toContain("│");
      else for (const line of lines) expect([line, Bun.stringWidth(line)]).toEqual([line, width]);
      expect(out).toMatch(/a-lo.* +alive|a-lo.* +xapi down/);
    });
  }

  test("a terminal that is not set to UTF-8 gets nothing but ASCII", async () => {
    const hosts = [hostView(9, { name: "a name that is longer than any column has room for" })];
    const { out } = await haCfg(["status"], { hosts, terminal: true, unicode: false, otherConfig: {} });
    expect(out).toMatch(/^[\n -~]*$/);
    expect(out.split("\n")[0]).toBe(`+${"-".repeat(78)}+`);
    expect(out).toContain("| ");
  });

  test("without a terminal, and with --json, nothing is asked", async () => {
    const plain = await haCfg(["status"], { lines: ["yes"], otherConfig: { [FLAG]: "false" } });
    const json = await haCfg(["status", "--json"], {
      terminal: true,
      lines: ["yes"],
      otherConfig: { [FLAG]: "false" },
    });
    for (const { err, world } of [plain, json]) expect([err, world.otherConfig[FLAG]]).toEqual(["", "false"]);
    expect(plain.out).not.toContain("│");
  });

  test("names of other people's cannot draw", async () => {
    const name = "evil\x1b[2J\nname that is longer than any column has room for";
    const hosts = [hostView(9, { name })];
    const { out } = await haCfg(["status"], { hosts, terminal: true, lines: [""], otherConfig: {} });
    expect(out).not.toContain("\x1b");
    expect(narrow(out)).toBe(true);
  });
});

test("ha-cfg status: a host that knows nothing says so", async () => {
  const run = await haCfg(["status"], {
    readFault: { kind: "unreachable", detail: "refused" },
    daemon: () => ({ state: "dead", pid: null, atBoot: false }),
  });
  expect(run.out).toContain(
    "! XAPI of this host does not answer (connection refused). This host remembers no\npool.\n",
  );
  expect(run.out).toContain("Monitor         not running; not started at boot");
  expect(run.out).toContain("Last iteration  there was none yet");
  expect(run.code).toBe(124);
});
