import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { obey } from "../../../src/simulation/verbs.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

/** What an administrator waits at most for status, on a slave whose master is dead (behaviour of ha-cfg). */
const STATUS_MS = 3_000;
/** XE_TIMEOUT here, so that what waits for XAPI is not slow. */
const XE_TIMEOUT = "1";

const folder = new ScratchFolder("ha-cfg");
let stage: Stage;
beforeAll(async () => {
  const params = { XE_TIMEOUT, MAIL_TO: "admin@example.org" };
  stage = await Stage.open(folder, { hosts: 3, ha: "true", vms: [{ name: "web", on: 1 }], params });
  // What an iteration leaves: the last good copy, and what it remembers. Here no slave can probe its master, so the
  // second host gets what the first has seen.
  for (const host of [1, 2]) {
    const { env } = stage.command(host, []);
    const command = ["unshare", "--user", "--map-root-user", "--net", stage.binary, "iterate"];
    const child = Bun.spawn(command, { env, stdin: "ignore", stderr: "ignore" });
    expect(await child.exited).toBe(0);
  }
  const MEMORY = "run/ha-lizard/state/recent-memory.json";
  const { document: memory } = JSON.parse(stage.read(1, MEMORY));
  const { bootId } = JSON.parse(stage.read(2, MEMORY)).document;
  stage.write(2, MEMORY, JSON.stringify({ ...memory, bootId, alerts: { ...memory.alerts, active: {} } }));
});
afterAll(() => stage.stop());

describe("ha-cfg on a slave", () => {
  test("reads and changes go through the master", async () => {
    const set = await stage.run(2, ["set", "OP_MODE", "1"]);
    expect([set.code, stage.poolKeys()["HA_OP_MODE"]]).toEqual([0, "1"]);
    await stage.run(3, ["set", "OP_MODE", "2"]);
    const status = JSON.parse((await stage.run(2, ["status", "--json"])).out);
    expect(status).toMatchObject({
      source: "pool",
      self: { name: "h2", role: "slave" },
      master: { name: "h1" },
    });
  });
});

describe("ha-cfg with a XAPI that does not answer", () => {
  const silent = [
    ["the own XAPI hangs", 1, { verb: "xapi", host: 1, state: "hang" }],
    ["the master is dead, on a slave", 2, { verb: "power", host: 1, on: false }],
  ] as const;
  for (const [what, host, order] of silent) {
    describe(what, () => {
      beforeAll(() => {
        obey(stage.server.world, order);
        return stage.server.settled();
      });
      afterAll(() => {
        obey(stage.server.world, { verb: "xapi", host: 1, state: "run" });
        return stage.server.settled();
      });

      test("status: from the caches, marked, within 3 s", async () => {
        const { code, out, err, tookMs } = await stage.run(host, ["status"]);
        expect([code, err]).toEqual([124, ""]);
        expect(out).toMatch(/^! XAPI .* does not.* \(no answer in time\)\./m);
        expect(out).toContain("what this host remembers, of ");
        expect(out).toMatch(/^Master +h1/m);
        expect(out).toMatch(/^VMs +not known while XAPI is silent$/m);
        expect(tookMs).toBeLessThan(STATUS_MS);
        const json = JSON.parse((await stage.run(host, ["status", "--json"])).out);
        expect(json).toMatchObject({ source: "last-good", ha: "on", pool: { name: "simulated" } });
      });

      test("get: the last good copy, marked", async () => {
        const { code, out, err } = await stage.run(host, ["get", "MAIL_TO"]);
        expect([code, out]).toEqual([124, expect.stringContaining("admin@example.org")]);
        expect(err).toContain("Cannot read the pool database");
      });

      test("what needs XAPI: exit 124 in time, says why, shows nothing", async () => {
        const all = [
          ["set", "OP_MODE", "1"],
          ["insert"],
          ["get-vm-ha"],
          ["set-vm-ha", "web", "false"],
          ["ha-enable"],
          ["show-alerts"],
          ["clear-alerts"],
          ["restore-default", "--yes"],
          ["remove", "--yes"],
          ["preset", "auto-start", "--yes"],
        ];
        const runs = await Promise.all(all.map((args) => stage.run(host, args)));
        expect(runs.map(({ code, out, err }, at) => ({ args: all[at], code, out, err }))).toEqual(
          all.map((args) => ({ args, code: 124, out: "", err: expect.stringContaining("Cannot ") })),
        );
        for (const { tookMs } of runs) expect(tookMs).toBeLessThan(2 * STATUS_MS);
      });

      test("ha-status: the last good flag, marked", async () => {
        const { code, out, err } = await stage.run(host, ["ha-status"]);
        expect([code, out.trim()]).toEqual([124, "true"]);
        expect(err).not.toBe("");
      });

      test("set --local, log, version and help need no XAPI", async () => {
        const local = await stage.run(host, ["set", "--local", "FENCE_TIMEOUT", "77"]);
        expect([local.code, stage.read(host, "etc/ha-lizard/ha-lizard.conf")]).toEqual([
          0,
          expect.stringContaining("FENCE_TIMEOUT=77"),
        ]);
        for (const args of [["log", "--no-follow"], ["version"], ["--help"], ["bash-completion"]])
          expect([args, (await stage.run(host, args)).code]).toEqual([args, 0]);
      });

      test("doctor: says that XAPI is silent, and what else is wrong", async () => {
        const { code, out } = await stage.run(host, ["doctor"]);
        expect(code).not.toBe(0);
        expect(out).toMatch(/^bad +(XAPI|the master) .*no answer in time/m);
      });
    });
  }
});
