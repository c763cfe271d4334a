import { describe, expect, test } from "bun:test";
import { poolNames } from "../../../src/cli/parameter-file.ts";
import { defaultText, rowOf } from "../../../src/config/params.ts";
import { PRESETS } from "../../../src/config/presets.ts";
import { haCfg } from "./run.ts";

const defaults = Object.fromEntries(poolNames().map((name) => [`HA_${name}`, defaultText(name)]));
const WHY = [
  "FENCE_HA_ONFAIL stays 0, unlike in the manual's example: with 1 VMs are started",
  "although their old host may still run them.",
];

describe("ha-cfg preset", () => {
  for (const [name, preset] of PRESETS) {
    test(`${name}: every value is one that the table takes, and as it is stored`, () => {
      for (const [known, value] of Object.entries({ ...preset.values, ...preset.faster })) {
        const { kind, scope } = rowOf(known as never);
        expect(scope).toBe("pool");
        const parsed = kind.parse(value);
        expect(parsed.ok && kind.render(parsed.value)).toBe(value);
      }
    });
  }

  test("auto-start: shows the difference, writes it, and a second run has nothing to do", async () => {
    const first = await haCfg(["preset", "auto-start", "--yes"], { otherConfig: defaults });
    expect(first.code).toBe(0);
    expect(first.out).toBe(
      [
        "Preset auto-start: VMs that halt are started again; hosts are neither fenced nor replaced",
        "  XE_TIMEOUT             5 -> 10",
        "  FENCE_ENABLED          1 -> 0",
        "  FENCE_QUORUM_REQUIRED  1 -> 0",
        "  PROMOTE_SLAVE          1 -> 0",
        "  SLAVE_HA               1 -> 0",
        "  SLAVE_VM_STAT          0 -> 1",
        "9 parameters already have these values.",
        "Success: XE_TIMEOUT set to 10",
        "Success: FENCE_ENABLED set to 0",
        "Success: FENCE_QUORUM_REQUIRED set to 0",
        "Success: PROMOTE_SLAVE set to 0",
        "Success: SLAVE_HA set to 0",
        "Success: SLAVE_VM_STAT set to 1",
        "Wait at least 45 seconds for changes to be applied",
        "",
      ].join("\n"),
    );
    expect(first.err).toBe(
      "Warning: FENCE_QUORUM_REQUIRED=0: dangerous: after a network split both sides may act.\n",
    );
    expect(first.world.calls.slice(-3)).toEqual(["sync", "wake", "close"]);
    const again = await haCfg(["preset", "auto-start"], { otherConfig: first.world.otherConfig });
    expect([again.code, again.out.split("\n")[1]]).toEqual([
      0,
      "All 15 parameters already have these values: nothing was changed.",
    ]);
    expect(again.world.calls).toEqual(["read", "close"]);
  });

  test("pool: into an empty database; says why FENCE_HA_ONFAIL stays 0, and that POOL cuts no power", async () => {
    const { code, out, err, world } = await haCfg(["preset", "pool", "10.0.0.1:10.0.0.2", "--yes"]);
    expect(code).toBe(0);
    expect(out).toContain("  FENCE_HEURISTICS_IPS     not set (default ()) -> 10.0.0.1:10.0.0.2\n");
    expect(out).toContain(`${WHY.join("\n")}\n`);
    expect(err).toContain("POOL cuts no power");
    expect(err).toContain("Warning: this pool has 0 hosts; with fewer than 3 no host is fenced.\n");
    expect(world.otherConfig).toMatchObject({
      HA_FENCE_HA_ONFAIL: "0",
      HA_FENCE_MIN_HOSTS: "3",
      HA_FENCE_REBOOT_LONE_HOST: "1",
      HA_FENCE_HEURISTICS_IPS: "10.0.0.1:10.0.0.2",
    });
  });

  test("fast: the times alone, whatever fences", async () => {
    const stored = { HA_FENCE_METHOD: "IPMI", HA_MONITOR_DELAY: "45" };
    const { code, out, err, world } = await haCfg(["preset", "fast", "--yes"], { otherConfig: stored });
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toContain("FENCE_METHOD");
    expect(world.otherConfig).toEqual({
      ...stored,
      HA_MONITOR_DELAY: "15",
      HA_XAPI_COUNT: "3",
      HA_XAPI_DELAY: "4",
    });
  });

  for (const [stored, kept] of [
    [{ HA_FENCE_METHOD: "IPMI" }, "IPMI"],
    [{ HA_FENCE_METHOD: "MY_AGENT,POOL" }, "MY_AGENT,POOL"],
    [{ HA_FENCE_METHOD: "'ILO'" }, "'ILO'"],
  ] as const) {
    test(`pool and two-node keep FENCE_METHOD=${kept}, which proves, and say so`, async () => {
      for (const name of ["pool", "two-node"]) {
        const { code, out, err, world } = await haCfg(["preset", name, "--yes"], {
          otherConfig: { ...stored },
        });
        expect([code, world.otherConfig["HA_FENCE_METHOD"]]).toEqual([0, kept]);
        expect(out).toContain(
          `FENCE_METHOD stays ${kept.replaceAll("'", "")}. It proves that a host is off;`,
        );
        expect(out).not.toContain("FENCE_METHOD set to");
        expect(err).not.toContain("POOL cuts no power");
      }
    });
  }

  test("pool: a method that proves only by the override of this host is no method of the pool", async () => {
    const { world } = await haCfg(["preset", "pool", "--yes"], { override: { FENCE_METHOD: "IPMI" } });
    expect(world.otherConfig["HA_FENCE_METHOD"]).toBe("POOL");
  });

  test("two-node --faster; without heuristic IPs it says what that means", async () => {
    const { err, world } = await haCfg(["preset", "two-node", "--faster", "--yes"]);
    expect(world.otherConfig).toMatchObject({
      HA_FENCE_MIN_HOSTS: "2",
      HA_FENCE_REBOOT_LONE_HOST: "0",
      HA_XAPI_COUNT: "2",
      HA_XAPI_DELAY: "10",
    });
    expect(err).toContain("there are no heuristic IPs, so half of the hosts is never enough");
  });

  test("without a terminal: the difference is shown, nothing is changed, --yes is named, exit 2", async () => {
    const run = await haCfg(["preset", "pool"]);
    expect(run.code).toBe(2);
    expect(run.out).toContain("FENCE_MIN_HOSTS");
    expect(run.err).toContain("give --yes");
    expect(run.world.calls).toEqual(["read", "close"]);
  });

  test("on a terminal it asks for the IPs, offers the faster take-over, and asks before it writes", async () => {
    const lines = ["10.0.0.9", "yes", "yes"];
    const run = await haCfg(["preset", "two-node"], { terminal: true, lines });
    expect(run.code).toBe(0);
    expect(run.err).toContain("Heuristic IPs");
    expect(run.err).toContain("XAPI_COUNT=2 XAPI_DELAY=10");
    expect(run.world.otherConfig).toMatchObject({ HA_FENCE_HEURISTICS_IPS: "10.0.0.9", HA_XAPI_COUNT: "2" });
    const no = await haCfg(["preset", "two-node"], { terminal: true, lines: ["", "no", "no"] });
    expect([no.code, no.world.otherConfig]).toEqual([1, {}]);
    expect(no.err).toEndWith("Nothing was changed.\n");
  });

  test("IPs that are there are not asked for", async () => {
    const otherConfig = { HA_FENCE_HEURISTICS_IPS: "10.0.0.1" };
    const run = await haCfg(["preset", "pool"], { otherConfig, terminal: true, lines: ["yes"] });
    expect(run.code).toBe(0);
    expect(run.err).not.toContain("Heuristic IPs");
    expect(run.err).not.toContain("no heuristic IPs");
  });

  const wrong: readonly (readonly [readonly string[], string])[] = [
    [["preset"], "NAME"],
    [["preset", "twonode"], "did you mean two-node?"],
    [["preset", "xxxxxxxxxxxx"], "there are auto-start, pool, fast, two-node"],
    [["preset", "pool", "--faster"], "it knows no faster take-over"],
    [["preset", "auto-start", "10.0.0.1"], "no use for heuristic IPs"],
    [["preset", "pool", "10.0.0.1:!!"], "Cannot set FENCE_HEURISTICS_IPS"],
  ];
  for (const [args, says] of wrong) {
    test(`ha-cfg ${args.join(" ")}: exit 2, XAPI not asked`, async () => {
      const run = await haCfg(args);
      expect(run.code).toBe(2);
      expect(run.err).toContain(says);
      expect(run.world.calls).toEqual([]);
    });
  }
});
