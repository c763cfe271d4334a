import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";

describe("ha-cfg get", () => {
  const setUp = {
    otherConfig: { HA_FENCE_METHOD: "ILO", HA_FENCE_PASSWD: "hunter2", HA_XE_TIMEOUT: "7" },
    override: { XE_TIMEOUT: "9", LOG_email: "0" },
  };

  for (const [where, args, world] of [
    ["without a terminal", ["get"], setUp],
    ["with --plain on a terminal", ["get", "--plain"], { ...setUp, terminal: true }],
  ] as const) {
    test(`${where}: NAME=VALUE lines for scripts and nothing else, secrets masked`, async () => {
      const { code, out, err } = await haCfg(args, world);
      expect([code, err]).toEqual([0, ""]);
      const lines = out.trimEnd().split("\n");
      expect(lines.filter((line) => !/^[A-Z][A-Za-z_]*=[^ ]*$/.test(line))).toEqual([]);
      expect(lines).toContain("FENCE_METHOD=ILO");
      expect(lines).toContain("XE_TIMEOUT=9");
      expect(lines).toContain("FENCE_PASSWD=********");
      expect(lines).toContain("SMTP_PASS=");
    });
  }

  test("one parameter without a terminal: one line", async () => {
    expect((await haCfg(["get", "fence_action"], setUp)).out).toBe("FENCE_ACTION=stop\n");
  });

  test("all parameters on a terminal, each with its source, secrets masked", async () => {
    const { code, out, err } = await haCfg(["get"], { ...setUp, terminal: true });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^FENCE_METHOD +ILO +pool$/m);
    expect(out).toMatch(/^XE_TIMEOUT +9 +override file of this host$/m);
    expect(out).toMatch(/^FENCE_PASSWD +\*{8} +pool$/m);
    expect(out).toMatch(/^LOG_email +0 +override file of this host$/m);
    expect(out).toMatch(/^XAPI_COUNT +5 +default$/m);
    expect(out).not.toContain("hunter2");
  });

  test("one parameter, with what is allowed", async () => {
    const { out } = await haCfg(["get", "fence_action"], { ...setUp, terminal: true });
    expect(out).toContain("FENCE_ACTION = stop\n");
    expect(out).toContain("allowed  start, stop or reset\n");
  });

  test("--json is JSON and nothing else, secrets masked", async () => {
    const { out } = await haCfg(["get", "--json"], setUp);
    const parsed: unknown = JSON.parse(out);
    expect(parsed).toContainEqual(
      expect.objectContaining({ name: "FENCE_METHOD", value: "ILO", source: "pool" }),
    );
    expect(parsed).toContainEqual(expect.objectContaining({ name: "FENCE_PASSWD", value: "********" }));
    expect(parsed).toContainEqual(expect.objectContaining({ name: "SMTP_PASS", value: "" }));
  });

  test("--show-secrets: for root only", async () => {
    expect((await haCfg(["get", "FENCE_PASSWD", "--show-secrets"], setUp)).out).toContain("=hunter2");
    const user = await haCfg(["get", "FENCE_PASSWD", "--show-secrets"], { ...setUp, isRoot: false });
    expect([user.code, user.out]).toEqual([1, ""]);
  });

  test("what is wrong with the parameters is said beside them", async () => {
    const { code, err } = await haCfg(["get"], { otherConfig: { HA_XE_TIMEOUT: "soon" } });
    expect(code).toBe(0);
    expect(err).toContain('Warning: Cannot use XE_TIMEOUT="soon" of the pool database');
  });

  test("XAPI silent: the last good values, marked as such, exit 124", async () => {
    const { code, out, err } = await haCfg(["get", "FENCE_METHOD"], {
      terminal: true,
      readFault: { kind: "timeout" },
      lastGood: { FENCE_METHOD: "IPMI" },
    });
    expect(code).toBe(124);
    expect(out).toContain("FENCE_METHOD = IPMI\n  from     last good copy");
    expect(err).toContain("Cannot read the pool database: no answer in time.");
    expect(err).toContain("last good values");
  });
});
