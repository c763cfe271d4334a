import { describe, expect, test } from "bun:test";
import { reEnable } from "../../../../src/core/fencing/re-enable.ts";
import { ALIVE, DEAD, database, host, hostView, short } from "../fixtures.ts";
import { incidentsOf, masterScene, type Situation } from "../rounds.ts";

const SINCE_S = 1_000;
const disabled = database([hostView(host(1)), hostView(host(2), { enabled: false }), hostView(host(3))]);
const returned = { incidents: incidentsOf(host(2), "returned", { returnedAtMs: SINCE_S * 1_000 }) };

function look(situation: Situation) {
  const { memory, round } = masterScene({
    atS: SINCE_S + 60,
    read: disabled,
    memory: returned,
    probes: { h2: ALIVE() },
    ...situation,
  });
  const step = reEnable(memory, round);
  return { actions: short(step.actions), open: Object.keys(step.memory.incidents) };
}

describe("reEnable", () => {
  test("a host that returned from a declared death and stays disabled for a minute is enabled by us", () =>
    expect(look({})).toEqual({ actions: ["enable-host h2"], open: ["h2"] }));

  test("not sooner: xapi enables it itself at the end of its start", () =>
    expect(look({ atS: SINCE_S + 59 }).actions).toEqual([]));

  test("one that was seen enabled, or has left the pool, is nobody's business any more", () => {
    const enabled = database([hostView(host(1)), hostView(host(2))]);
    expect(look({ read: enabled })).toEqual({ actions: [], open: [] });
    expect(look({ read: database([hostView(host(1))]) })).toEqual({ actions: [], open: [] });
  });

  test("one that does not follow this master, or is not live, is waited for", () => {
    expect(look({ probes: { h2: DEAD } })).toEqual({ actions: [], open: ["h2"] });
    expect(look({ probes: { h2: ALIVE(host(3)) } }).actions).toEqual([]);
    const gone = database([hostView(host(1)), hostView(host(2), { enabled: false, live: false })]);
    expect(look({ read: gone }).actions).toEqual([]);
  });

  test("a host in maintenance, or one that has failed again, is left alone", () => {
    expect(look({ memory: {} }).actions).toEqual([]);
    expect(look({ memory: { incidents: incidentsOf(host(2), "open") } }).actions).toEqual([]);
  });
});
