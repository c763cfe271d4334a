import { describe, expect, test } from "bun:test";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";
import { FLAG } from "./vms.ts";

const POOL = {
  hosts: 3,
  secondNetwork: true,
  ha: "false",
  vms: [{ name: "web", on: 1 }, { name: "db", on: 2 }, { name: "spare" }],
  params: { FENCE_METHOD: "IPMI", MONITOR_DELAY: "15", MAIL_TO: "ops@example.org" },
} as const;

async function pool(over: Partial<Parameters<typeof poolWithHa>[0]> = {}) {
  const made = poolWithHa({ ...POOL, ...over });
  await made.run(60_000);
  return made;
}

const flagOf = ({ world }: Awaited<ReturnType<typeof pool>>) =>
  world
    .host(1)
    .database.entries("pool")
    .map(([, fields]) => (fields["other_config"] as never)[FLAG])[0];

describe("ha-cfg ha-enable looks before it switches HA on", () => {
  test("a pool without fault: the VMs that will be started are named, and HA is on", async () => {
    const sound = await pool();
    sound.crashVm("web");
    await sound.run(1_000);
    const { code, out, err } = await haCfgOn(sound, 1, ["ha-enable"]);
    expect([code, err, flagOf(sound)]).toEqual([0, "", "true" as never]);
    expect(out).toBe(
      "2 VMs are halted and will be started: spare, web.\nHA is switched on for pool simulated.\nAll 3 hosts have it.\n",
    );
  });

  test("FENCE_METHOD=POOL: what that costs is said, and HA is on", async () => {
    const powerless = await pool({ params: { FENCE_METHOD: "POOL" }, vms: [{ name: "web", on: 1 }] });
    const { code, out } = await haCfgOn(powerless, 2, ["ha-enable"]);
    expect([code, flagOf(powerless)]).toEqual([0, "true" as never]);
    expect(out).toContain("warn  FENCE_METHOD=POOL cuts no power: two copies of a VM are possible");
    expect(out).toContain("No VM is waiting to be started.\n");
    expect(out).not.toContain("HA is off");
  });

  test("a fence device that does not answer: refused, exit 1, and nothing is changed; --force does it", async () => {
    const broken = await pool();
    broken.bmc(3, "dead");
    const refused = await haCfgOn(broken, 1, ["ha-enable"]);
    expect([refused.code, flagOf(broken)]).toEqual([1, "false" as never]);
    expect(refused.out).toContain("bad   fence device of h3 by IPMI: no answer within 30 s");
    expect(refused.err).toBe(
      "Cannot switch HA on: 1 check is bad. Nothing was changed; repair what is bad, or give --force.\n",
    );
    const forced = await haCfgOn(broken, 1, ["ha-enable", "--force"]);
    expect([forced.code, flagOf(broken)]).toEqual([0, "true" as never]);
    expect(forced.out).toContain("bad   fence device of h3");
    expect(forced.logged).toEqual([
      "info ha-cfg: HA of the pool switched on although 1 check was bad (--force), by alice as root without a terminal.",
    ]);
  });

  test("--json: whether HA is on, what was found, what will be started", async () => {
    const broken = await pool();
    broken.bmc(3, "dead");
    const { code, out } = await haCfgOn(broken, 1, ["ha-enable", "--json"]);
    const report = JSON.parse(out);
    expect([code, Object.keys(report), report.on]).toEqual([1, ["on", "findings", "starts"], false]);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ check: "fence-devices", verdict: "bad", cure: expect.any(String) }),
    );
    expect(report.starts).toEqual([{ uuid: expect.any(String), name: "spare" }]);
    const forced = await haCfgOn(broken, 1, ["ha-enable", "--json", "--force"]);
    expect(JSON.parse(forced.out)).toMatchObject({ on: true });
  });

  test("HA that is on already is not examined; off it is switched without a look", async () => {
    const on = await pool({ ha: "true" });
    on.bmc(3, "dead");
    const again = await haCfgOn(on, 1, ["ha-enable"]);
    expect([again.code, again.out]).toEqual([0, "HA is already on for pool simulated.\n"]);
    expect((await haCfgOn(on, 1, ["ha-disable"])).code).toBe(0);
    expect(flagOf(on)).toBe("false" as never);
  });
});
