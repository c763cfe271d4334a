import { describe, expect, test } from "bun:test";
import { reportHealth, reportReturns } from "../../../../src/core/members/health-report.ts";
import type { HostHealth } from "../../../../src/core/memory/host-health.ts";
import { goodView, healthIn, host, knownHost, master, SETTINGS } from "../fixtures.ts";
import { incidentOn, remembered } from "../memory/remembered.ts";
import { hearing, peer } from "./hearing.ts";

const lastGood = goodView({ hosts: [knownHost(host(1)), knownHost(host(2), { name: "xcp2" })] });
const seeing = (health: HostHealth, over: Parameters<typeof remembered>[0] = {}) =>
  remembered({ lastGood, health: { h2: health }, ...over });

describe("reportReturns", () => {
  const returns = (before: HostHealth, after: HostHealth, over: Parameters<typeof remembered>[0] = {}) =>
    reportReturns(seeing(before, over), seeing(after, over), [host(2)]);

  test("a failed host that answers is back, by its name", () =>
    expect(returns(healthIn("failed"), healthIn("alive"))).toEqual([{ kind: "host-back", host: "xcp2" }]));
  test("one that answers ping at least is back, too", () =>
    expect(returns(healthIn("failed"), healthIn("xapi-down"))).toHaveLength(1));
  test("a suspect that answers was never away", () =>
    expect(returns(healthIn("suspect"), healthIn("alive"))).toEqual([]));
  test("a host that is still silent is not back", () =>
    expect(returns(healthIn("failed"), healthIn("failed"))).toEqual([]));
  test("one with an incident is told by its incident", () =>
    expect(
      returns(healthIn("failed"), healthIn("alive"), { incidents: { h2: incidentOn(host(2), "open") } }),
    ).toEqual([]));
  test("hosts that are not watched are not told of", () =>
    expect(reportReturns(seeing(healthIn("failed")), seeing(healthIn("alive")), [host(3)])).toEqual([]));
});

describe("reportHealth", () => {
  const report = (health: HostHealth, atS = 0, settings: Partial<typeof SETTINGS> = {}) => {
    const round = { ...master().input(atS, {}), settings: { ...SETTINGS, ...settings } };
    return reportHealth(seeing(health), [host(2)], round);
  };

  test("an alive host is not worth a word", () => expect(report(healthIn("alive"))).toEqual([]));
  test("nor is one that has not been probed yet", () =>
    expect(reportHealth(remembered(), [host(2)], master().input(0, {}))).toEqual([]));
  test("a suspect", () =>
    expect(report(healthIn("suspect"))).toEqual([{ kind: "host-suspect", host: "xcp2" }]));
  test("a failed host is this host's to tell", () =>
    expect(report(healthIn("failed"))).toEqual([{ kind: "host-failed", host: "xcp2", mine: true }]));

  // When a silence of XAPI is long: XAPI_COUNT, XAPI_DELAY and XAPI_DOWN_TOLERANCE in seconds.
  const rows: readonly [string, number, number, number, number][] = [
    ["a toolstack restart takes no longer than a minute", 2, 10, 300, 60],
    ["patient retries make it longer", 5, 20, 300, 100],
    ["never longer than half of XAPI_DOWN_TOLERANCE", 2, 10, 60, 30],
  ];
  for (const [what, XAPI_COUNT, XAPI_DELAY, XAPI_DOWN_TOLERANCE, longS] of rows)
    test(`a silent XAPI is a long silence from ${longS} s on: ${what}`, () => {
      const health = healthIn("xapi-down", { xapiSilentSinceMs: 1_000_000 });
      const settings = { XAPI_COUNT, XAPI_DELAY, XAPI_DOWN_TOLERANCE };
      const told = [longS - 1, longS].map((s) => report(health, 1_000 + s, settings));
      const reason = { kind: "host-xapi-down", host: "xcp2", toleranceS: XAPI_DOWN_TOLERANCE } as const;
      expect(told).toEqual([[{ ...reason, long: false }], [{ ...reason, long: true }]]);
    });

  const heard = (
    state: HostHealth["state"],
    atS: number,
    over: Parameters<typeof peer>[1],
    answers = true,
  ) => {
    const probe = {
      icmp: "silent",
      xapi: answers ? "answered" : "silent",
      follows: { kind: "unknown" },
    } as const;
    const round = master().input(atS, { probes: { h2: probe }, hearing: hearing(peer(2, over)) });
    return reportHealth(seeing(healthIn(state)), [host(2)], round);
  };

  test("its monitor answers and its XAPI does not: it lives without end, and after a minute that is an alert", () => {
    const silent = healthIn("xapi-down", { sinceMs: 1_000_000 });
    const told = [59, 60].map((s) => {
      const round = master().input(1_000 + s, { hearing: hearing(peer(2)) });
      return reportHealth(seeing(silent), [host(2)], round);
    });
    const reason = { kind: "host-xapi-down", host: "xcp2", toleranceS: null } as const;
    expect(told).toEqual([[{ ...reason, long: false }], [{ ...reason, long: true }]]);
  });

  test("one that only another host hears: by whom, and after a minute as an alert", () => {
    const told = [59, 60].map((atS) => heard("xapi-down", atS, { heard: "reported" }, false));
    const reason = { kind: "host-reported", host: "xcp2", by: "h3" } as const;
    expect(told).toEqual([[{ ...reason, long: false }], [{ ...reason, long: true }]]);
  });

  test("XAPI answers and the monitor is silent: after three minutes", () => {
    expect(heard("alive", 179, { heard: "silent" })).toEqual([]);
    expect(heard("alive", 180, { heard: "silent" })).toEqual([{ kind: "monitor-silent", host: "xcp2" }]);
    expect(heard("alive", 500, { heard: "direct" })).toEqual([]);
  });

  test("the database has no address of it, and its monitor is silent: after a minute", () => {
    const told = (atS: number, state: "silent" | "direct") => {
      const round = master().input(atS, { probes: {}, hearing: hearing(peer(2, { heard: state })) });
      const hosts = [{ ...knownHost(host(2)), name: "xcp2", address: "" }];
      const memory = { ...seeing(healthIn("alive")), lastGood: goodView({ hosts }) };
      return reportHealth(memory, [host(2)], round);
    };
    expect([told(59, "silent"), told(60, "direct")]).toEqual([[], []]);
    expect(told(60, "silent")).toEqual([{ kind: "host-without-address", host: "xcp2" }]);
  });
});
