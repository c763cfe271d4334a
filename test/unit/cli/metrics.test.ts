import { describe, expect, test } from "bun:test";
import { setXapi } from "../../../src/simulation/control.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";
import { vm } from "./vms.ts";

/** The lines of Prometheus' text exposition format. */
const HELP = /^# HELP (?<name>[a-z_]+) [^\n]+$/;
const TYPE = /^# TYPE (?<name>[a-z_]+) (?:gauge|counter)$/;
const SAMPLE =
  /^(?<name>[a-z_]+)(?:\{[a-z]+="(?:[^"\\\n]|\\[\\n"])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\n"])*")*\})? -?\d+(?:\.\d+)?$/;

/** Throws where a line is none of the format, or one family is torn. */
function familiesOf(text: string): readonly string[] {
  expect(text).toEndWith("\n");
  const families: string[] = [];
  for (const line of text.slice(0, -1).split("\n")) {
    const help = HELP.exec(line)?.groups?.["name"];
    if (help !== undefined) {
      families.push(help);
      continue;
    }
    const name = (TYPE.exec(line) ?? SAMPLE.exec(line))?.groups?.["name"];
    expect({ line, name }).toEqual({ line, name: families.at(-1) });
  }
  expect(new Set(families).size).toBe(families.length);
  return families;
}

const POOL = {
  hosts: 3,
  vms: [{ name: "a1", on: 1 }],
  params: { FENCE_METHOD: "IPMI", FENCE_PASSWD: "s3cret" },
  heartbeats: true,
} as const;

describe("ha-cfg metrics", () => {
  test("a healthy pool, in the text exposition format, without a secret", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    const { code, out, err } = await haCfgOn(pool, 1, ["metrics"]);
    expect([code, err]).toEqual([0, ""]);
    const families = familiesOf(out);
    expect(families.every((name) => name.startsWith("ha_lizard_"))).toBe(true);
    const labels = 'host="h2",uuid="00000002-1111-4111-8111-111111111102"';
    for (const line of [
      "ha_lizard_status 0",
      "ha_lizard_xapi_answers 1",
      "ha_lizard_ha_enabled 1",
      "ha_lizard_leads 1",
      "ha_lizard_votes_heard 3",
      `ha_lizard_host_alive{${labels}} 1`,
      `ha_lizard_host_heard{${labels}} 1`,
      'ha_lizard_refused_datagrams_total{why="wrongTag"} 0',
      "ha_lizard_vms_running 1",
    ])
      expect(out.split("\n")).toContain(line);
    expect(out).not.toContain("s3cret");
  });

  test("XAPI is silent: what is not known has no sample, and that is said", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    setXapi(pool.world, pool.world.host(1), "hang");
    const { code, out, tookMs } = await haCfgOn(pool, 1, ["metrics"]);
    expect(code).toBe(0);
    expect(familiesOf(out)).not.toContain("ha_lizard_vms");
    expect(out).toContain("\nha_lizard_xapi_answers 0\n");
    expect(out).toContain("\nha_lizard_status 3\n");
    expect(tookMs).toBeLessThanOrEqual(6_000);
  });

  test("labels are escaped: a quote, a backslash and a line end in a name", async () => {
    const { out } = await haCfg(["metrics"], { hosts: [hostView(1), hostView(2, { name: 'a"b\\c\nd' })] });
    familiesOf(out);
    expect(out).toContain('host="a\\"b\\\\c\\nd"');
  });

  test("--output: its own file is replaced, nobody else's", async () => {
    const world = { hosts: [hostView(1)], vms: [vm(1, "web")] };
    const first = await haCfg(["metrics", "--output", "/m/ha.prom"], world);
    expect([first.code, first.out, first.err]).toEqual([0, "", ""]);
    expect(first.world.calls).toContain("publish /m/ha.prom");
    const again = await haCfg(["metrics", "--output", "/m/ha.prom"], { ...world, files: first.world.files });
    expect(again.code).toBe(0);
    const refused = [
      ["/m/ha.txt", {}, "its name does not end in .prom, so node_exporter would not read it"],
      ["/m/x.prom", { "/m/x.prom": "theirs" }, "it is there, and holds something else than these metrics"],
      ["/m/x.prom", { "/m/x.prom": null }, "it is there, and it is no ordinary file"],
    ] as const;
    for (const [file, files, why] of refused) {
      const run = await haCfg(["metrics", "--output", file], { ...world, files });
      expect([run.code, run.err]).toEqual([1, `Cannot write metrics to ${file}: ${why}.\n`]);
      expect(run.world.calls.join()).not.toContain("publish");
    }
  });
});
