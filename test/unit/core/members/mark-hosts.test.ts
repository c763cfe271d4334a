import { describe, expect, test } from "bun:test";
import { markHosts } from "../../../../src/core/members/mark-hosts.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { database, FLAG, healthIn, host, hostView, master } from "../fixtures.ts";
import { incidentOn, remembered, takeOver } from "../memory/remembered.ts";

/** What the master h1 writes on h1 to h3, which already have these marks. */
function marks(memory: Memory, present: readonly string[] = [], inFlight: readonly string[] = []): string {
  const hosts = [1, 2, 3].map((number, index) => {
    const mark = present[index];
    return hostView(host(number), { otherConfig: mark === undefined ? {} : { [FLAG]: mark } });
  });
  const read = database(hosts);
  const round = master().input(0, { database: { ok: true, value: read } });
  const { actions } = markHosts(memory, { ...round, memory, database: read, inFlight: new Set(inFlight) });
  return actions
    .map((action) => (action.kind === "mark-host" ? `${action.host}=${action.value}` : action.kind))
    .join(" ");
}

const ALIVE = { h2: healthIn("alive"), h3: healthIn("xapi-down") };

describe("markHosts", () => {
  test("the master is master, what lives is healthy", () =>
    expect(marks(remembered({ health: ALIVE }))).toBe("h1=master h2=healthy h3=healthy"));
  test("a mark that is right is not written again", () =>
    expect(marks(remembered({ health: ALIVE }), ["master", "failed", "healthy"])).toBe("h2=healthy"));
  test("an old master's mark is overwritten", () =>
    expect(marks(remembered({ health: ALIVE }), ["healthy", "master", "healthy"])).toBe(
      "h1=master h2=healthy",
    ));
  test("a host with an incident has failed, whatever it answers now", () =>
    expect(marks(remembered({ health: ALIVE, incidents: { h2: incidentOn(host(2), "answered") } }))).toBe(
      "h1=master h2=failed h3=healthy",
    ));
  test("one that has returned is healthy", () =>
    expect(marks(remembered({ health: ALIVE, incidents: { h2: incidentOn(host(2), "returned") } }))).toBe(
      "h1=master h2=healthy h3=healthy",
    ));
  test("a suspect, and a host that has not been probed, keep their mark", () =>
    expect(marks(remembered({ health: { h2: healthIn("suspect") } }))).toBe("h1=master"));
  test("nothing is written while a take-over is open", () =>
    expect(marks(remembered({ health: ALIVE, promotion: takeOver() }))).toBe(""));
  test("a mark that is on its way is not written twice", () =>
    expect(marks(remembered({ health: ALIVE }), [], ["mark-host:h2"])).toBe("h1=master h3=healthy"));
});
