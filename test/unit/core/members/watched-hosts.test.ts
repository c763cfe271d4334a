import { describe, expect, test } from "bun:test";
import { onlyOfPool, onlyWatched, watchedHosts } from "../../../../src/core/members/watched-hosts.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PoolView } from "../../../../src/core/model/pool-view.ts";
import {
  database,
  goodView,
  healthIn,
  host,
  hostView,
  knownHost,
  masterRound,
  memoryWith,
} from "../fixtures.ts";
import { incidentOn, remembered } from "../memory/remembered.ts";

const DISABLED = { enabled: false };
/** h1 is this host, a master; h2 a member, h3 enabled and no member yet, h4 in maintenance. */
const LAST_GOOD = goodView({ members: [host(1), host(2)] });
const POOL = database([
  hostView(host(1)),
  hostView(host(2), DISABLED),
  hostView(host(3)),
  hostView(host(4), DISABLED),
]);

/** What h1 sees, of which an administrator has said that these hosts are off. */
const viewOf = (...confirmedOff: readonly HostUuid[]): PoolView =>
  masterRound(memoryWith(), { group: { confirmedOff } }).view;

describe("watchedHosts", () => {
  const watched = (over: Parameters<typeof remembered>[0] = {}, ...words: readonly HostUuid[]) =>
    watchedHosts(remembered({ lastGood: LAST_GOOD, ...over }), POOL, viewOf(...words)).join(" ");

  test("members and enabled hosts, not this host itself, not one in maintenance", () =>
    expect(watched()).toBe("h2 h3"));
  test("a host with an incident, though it is disabled and no member", () =>
    expect(watched({ incidents: { h4: incidentOn(host(4), "declared") } })).toBe("h2 h3 h4"));
  test("not one that has returned: it is only waiting to be enabled", () =>
    expect(watched({ incidents: { h4: incidentOn(host(4), "returned") } })).toBe("h2 h3"));
  test("one in maintenance that is off by a word", () => expect(watched({}, host(4))).toBe("h2 h3 h4"));
  test("not this host itself, nor one that the pool does not have", () =>
    expect(watched({}, host(1), host(9))).toBe("h2 h3"));
  test("without a good view, what is enabled", () => expect(watched({ lastGood: null })).toBe("h3"));
  test("in order of uuid, whatever the order of the database is and who is a member", () => {
    const hosts = [host(3), host(2), host(1)].map((uuid) => hostView(uuid));
    const memory = remembered({ lastGood: goodView({ members: [host(3), host(1)] }) });
    expect(watchedHosts(memory, database(hosts), viewOf()).join(" ")).toBe("h2 h3");
  });
});

describe("onlyWatched", () => {
  const health = {
    h2: healthIn("alive"),
    h3: healthIn("suspect"),
    h4: healthIn("failed"),
    h5: healthIn("failed"),
  };
  const kept = (over: Parameters<typeof remembered>[0] = {}, ...words: readonly HostUuid[]) =>
    onlyWatched(health, remembered(over), [host(2)], POOL, viewOf(...words));

  test("one in maintenance, and one that is gone, are no suspects", () =>
    expect(kept()).toEqual({ h2: health.h2, h3: health.h3 }));
  test("one in maintenance that is off by a word is judged", () =>
    expect(Object.keys(kept({}, host(4)))).toEqual(["h2", "h3", "h4"]));
  test("one that was declared dead is neither enabled nor a member: its incident keeps its health", () =>
    expect(Object.keys(kept({ incidents: { h4: incidentOn(host(4), "declared") } }))).toEqual([
      "h2",
      "h3",
      "h4",
    ]));
  test("the incident of one that has returned keeps nothing", () =>
    expect(Object.keys(kept({ incidents: { h4: incidentOn(host(4), "returned") } }))).toEqual(["h2", "h3"]));
});

test("onlyOfPool: of hosts that the database has, or an older one has forgotten", () => {
  const all = [2, 3, 9].map((number) => [host(number), incidentOn(host(number), "open")]);
  const hosts = [knownHost(host(1)), knownHost(host(2))];
  const lastGood = goodView({ hosts, forgotten: [knownHost(host(3))] });
  expect(Object.keys(onlyOfPool(Object.fromEntries(all), lastGood))).toEqual(["h2", "h3"]);
});
