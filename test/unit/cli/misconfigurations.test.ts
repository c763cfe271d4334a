import { describe, expect, test } from "bun:test";
import type { Finding } from "../../../src/cli/doctor/check.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { OF_FENCING, onSr } from "./misconfigured-fencing.ts";
import { OF_A_HOST } from "./misconfigured-hosts.ts";
import { OF_A_POOL } from "./misconfigured-pools.ts";
import { haCfg } from "./run.ts";
import { keys, soundPool } from "./sound-pool.ts";

const ALL = [...OF_A_HOST, ...OF_FENCING, ...OF_A_POOL];

async function findings(world: Partial<FakeWorld>): Promise<readonly Finding[]> {
  const { out } = await haCfg(["doctor", "--json"], { ...soundPool(), ...world });
  return (JSON.parse(out) as { findings: Finding[] }).findings;
}

const amiss = (found: readonly Finding[]) => found.filter(({ verdict }) => verdict !== "ok");

describe(`ha-cfg doctor finds ${ALL.length} misconfigurations`, () => {
  test("at least thirty, each another one", () => {
    expect(ALL.length).toBeGreaterThanOrEqual(30);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(new Set(ALL.map(({ check, says }) => `${check} ${says}`)).size).toBe(ALL.length);
  });

  test("none of them in a sound pool: of three hosts, and of two with an exclusive tie by ssh or on an SR", async () => {
    expect(amiss(await findings({}))).toEqual([]);
    const place = { TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: "ha@nas.example.org:claims" };
    const otherConfig = keys({ FENCE_MIN_HOSTS: "2", ...place });
    expect(amiss(await findings({ ...soundPool(2), otherConfig }))).toEqual([]);
    expect(amiss(await findings(onSr({})))).toEqual([]);
    const watchdog = { otherConfig: keys({ FENCE_METHOD: "IPMI,WATCHDOG" }) };
    expect(amiss(await findings(watchdog))).toEqual([]);
  });

  for (const [index, { name, check, verdict, says, world }] of ALL.entries())
    test(`${index + 1} ${name}`, async () => {
      const found = amiss(await findings(world));
      const lines = found.map((one) => ({ ...one, line: `${one.text} -> ${one.cure}` }));
      expect(lines).toContainEqual(
        expect.objectContaining({ check, verdict, line: expect.stringContaining(says) }),
      );
    });

  test("whatever is wrong has a cure", async () => {
    for (const { name, world, check } of ALL)
      for (const finding of (await findings(world)).filter((one) => one.check === check))
        if (finding.verdict !== "ok")
          expect([name, finding.cure]).toEqual([name, expect.stringMatching(/../)]);
  });

  test("the worst stands first", async () => {
    const otherConfig = keys({ FENCE_ACTION: "start", ENABLE_LOGGING: "0" });
    const verdicts = (await findings({ otherConfig })).map(({ verdict }) => verdict);
    expect(verdicts).toEqual([...verdicts].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
    expect(new Set(verdicts)).toEqual(new Set(ORDER));
  });
});

const ORDER: readonly Finding["verdict"][] = ["bad", "warn", "ok"];
