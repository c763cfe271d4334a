import { describe, expect, test } from "bun:test";
import { countingSaid } from "../../../src/cli/screens/group-words.ts";
import { tieLine } from "../../../src/cli/screens/tie-words.ts";
import type { TieStatus } from "../../../src/cli/status/status-report.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;
const PLACE = "ha@192.0.2.9:claims";
const PARAMS = { TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: PLACE };

/** What status says of the tie on a host. */
async function tieRow(pool: SimPool, host: number): Promise<string | undefined> {
  const { out } = await haCfgOn(pool, host, ["status"]);
  const at = out.indexOf("\nTie ");
  if (at < 0) return undefined;
  const [first = "", ...more] = out.slice(at + 1).split("\n");
  const rest = more.slice(
    0,
    more.findIndex((line) => !line.startsWith(" ".repeat(16))),
  );
  const text = [first.slice(16), ...rest.map((line) => line.trim())].join(" ");
  return text.replace(/[0-9]+ s(?=:|$| ago)/, "some s");
}

describe("ha-cfg status: what decides between two halves", () => {
  test("without an exclusive tie the XAPI master; of three hosts nothing", async () => {
    const two = poolWithHa({ hosts: 2, vms: [] });
    const three = poolWithHa({ hosts: 3, vms: [] });
    await two.run(30 * SECOND);
    await three.run(30 * SECOND);
    expect([await tieRow(two, 2), await tieRow(three, 1)]).toEqual(["h1 decides, as XAPI master", undefined]);
  });

  test("a claim: before, by whom, and where the place does not answer", async () => {
    const pool = poolWithHa({ hosts: 2, vms: [], params: PARAMS });
    await pool.run(90 * SECOND);
    const free = `the host that claims ${PLACE} first; none has, as far as this host knows`;
    expect(await tieRow(pool, 1)).toBe(`${free}; tested some s ago`);
    pool.world.ties.isUp = false;
    pool.power(1, false);
    await pool.run(60 * SECOND);
    expect(await tieRow(pool, 2)).toBe(
      `nobody decides now: ${PLACE}: this host cannot claim it, since some s: no answer within 10 s`,
    );
    pool.world.ties.isUp = true;
    await pool.run(60 * SECOND);
    expect(await tieRow(pool, 2)).toBe(
      `this host decides: it leads by its claim on ${PLACE}; tested 2 min ago`,
    );
  });
});

describe("the tie in words", () => {
  const CLAIM: TieStatus = {
    ...{ breaker: "ssh", decides: true, by: "claim", holder: null, place: PLACE },
    ...{ need: "none", trouble: null, troubleS: null, tested: null },
  };
  const h1 = { uuid: "u1", name: "h1" };
  const silent = { trouble: "no route", troubleS: 200 };
  const master = { by: "master", holder: h1 } as const;
  const NO_ANSWER = "it does not answer, since 3 min: no route";
  const NO_CLAIM = "this host cannot claim it, since 3 min: no route";
  const line = (tie: TieStatus | null) => tieLine({ tie, counts: ["h1", "h2"] });
  const rows: readonly [Partial<TieStatus> | null, string | null][] = [
    [null, null],
    [{ decides: false }, "plain: not needed now: 2 hosts are an odd number"],
    [{ ...master, breaker: "none" }, "plain: h1 decides, as XAPI master"],
    [
      { ...master, breaker: "ip" },
      "plain: h1 decides, as XAPI master; heuristic IPs decide whether a half may fence",
    ],
    [master, `warning: h1 decides, as XAPI master, until the hosts have agreed on ${PLACE}`],
    [{}, `plain: the host that claims ${PLACE} first; none has, as far as this host knows`],
    [
      { place: null },
      "plain: the host that claims the place that TIE_BREAKER_PLACE named before first; none has, as far as this host knows",
    ],
    [{ holder: h1 }, `plain: h1 decides: it has claimed ${PLACE}`],
    [{ holder: h1, need: "lacks" }, `bad: h1 decides: it has claimed ${PLACE}`],
    [{ holder: h1, need: "lives" }, `good: this host decides: it leads by its claim on ${PLACE}`],
    [
      { holder: h1, need: "lives", ...silent },
      `good: this host decides: it leads by its claim on ${PLACE}; ${NO_ANSWER}`,
    ],
    [{ need: "lacks" }, `warning: this host is claiming ${PLACE}`],
    [{ need: "lacks", ...silent }, `bad: nobody decides now: ${PLACE}: ${NO_CLAIM}`],
    [
      { tested: { ageS: 7_300, wrong: null, sinceS: 9_000 } },
      `plain: the host that claims ${PLACE} first; none has, as far as this host knows; tested 2 h ago`,
    ],
    [
      { ...master, breaker: "none", tested: { ageS: 100, wrong: "no route", sinceS: 9_000 } },
      "bad: h1 decides, as XAPI master; the test of this host fails since 2 h: no route",
    ],
    [
      { ...silent, tested: { ageS: 100, wrong: "a full disk", sinceS: 9_000 } },
      `warning: nobody decides now: ${PLACE}: ${NO_ANSWER}`,
    ],
    [silent, `warning: nobody decides now: ${PLACE}: ${NO_ANSWER}`],
    [{ need: "lost" }, `bad: the claim on ${PLACE} by which this host led is gone`],
    [{ need: "lost", ...silent }, `bad: the claim on ${PLACE} by which this host led is gone; ${NO_CLAIM}`],
  ];
  for (const [over, expected] of rows)
    test(String(expected), () => {
      const said = line(over === null ? null : { ...CLAIM, ...over });
      expect(said === null ? null : `${said.tone}: ${said.text}`).toBe(expected);
    });

  test("its holder counts double among the votes", () => {
    const votes = (tie: TieStatus | null) =>
      countingSaid({ counts: ["h1", "h2"], leftOut: [], isSettled: true, tie })?.text;
    expect([votes({ ...CLAIM, holder: h1 }), votes(CLAIM)]).toEqual(["h1, h2 (h1 twice)", "h1, h2"]);
  });
});
