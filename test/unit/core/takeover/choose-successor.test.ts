import { describe, expect, test } from "bun:test";
import { fingerprintParameters } from "../../../../src/core/members/parameters.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostView } from "../../../../src/core/model/pool-view.ts";
import { chooseSuccessor } from "../../../../src/core/takeover/choose-successor.ts";
import {
  database,
  goodView,
  healthIn,
  host,
  hostView,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
  said,
} from "../fixtures.ts";

const stored = (first: string, ranking: string) => ({
  autopromote_uuid: first,
  autopromote_ranking: ranking,
});
const BOTH_ALIVE = { h2: healthIn("alive"), h3: healthIn("alive") };

interface Slaves {
  readonly config?: Readonly<Record<string, string>>;
  readonly records?: Readonly<Record<string, Partial<HostView>>>;
  readonly hosts?: readonly string[];
}

/** What a master does and says about its successor, with the pool's keys and its slaves like this. */
function choose(slaves: Slaves = {}, over: Partial<Memory> = {}, situation: Situation = {}) {
  const { config = stored("h2", "h2:h3"), records = {}, hosts = ["h2", "h3"] } = slaves;
  const number = (uuid: string) => host(Number(uuid.slice(1)));
  const all = [hostView(host(1)), ...hosts.map((uuid) => hostView(number(uuid), records[uuid]))];
  const { pool } = database([]);
  const read = database(all, { pool: { ...pool, otherConfig: config } });
  const lastGood = goodView({ parameters: fingerprintParameters(config) });
  const memory = memoryWith({ health: BOTH_ALIVE, lastGood, ...over });
  const { actions, reasons } = chooseSuccessor(memory, masterRound(memory, { database: read, ...situation }));
  const writes = actions.map((action) =>
    action.kind === "set-pool-key" ? `${action.key}=${action.value}` : action.kind,
  );
  return { writes, says: said(reasons).join() };
}

describe("chooseSuccessor", () => {
  test("chooseSuccessor: the same as stored: nothing is written, the choice is said", () =>
    expect(choose()).toEqual({ writes: [], says: "successor-chosen h2" }));

  test("chooseSuccessor: the first and the whole ranking are stored, each when it is another", () => {
    expect(choose({ config: {} }).writes).toEqual(["autopromote_uuid=h2", "autopromote_ranking=h2:h3"]);
    expect(choose({ config: stored("h2", "h2") }).writes).toEqual(["autopromote_ranking=h2:h3"]);
    expect(choose({ config: stored("h3", "h3") })).toEqual({
      writes: ["autopromote_ranking=h3:h2"],
      says: "successor-chosen h3",
    });
  });

  test("chooseSuccessor: a key that is being written, or waits after a failure, is not written", () => {
    const inFlight = ["set-pool-key:autopromote_uuid"];
    expect(choose({ config: {} }, {}, { inFlight }).writes).toEqual(["autopromote_ranking=h2:h3"]);
  });

  const failed = { health: { h2: healthIn("failed"), h3: healthIn("alive") } };
  const suspect = { health: { h2: healthIn("suspect"), h3: healthIn("alive") } };
  const silent = (sinceMs: number) => ({
    health: { h2: healthIn("xapi-down", { sinceMs }), h3: healthIn("alive") },
  });
  const joins: readonly [string, ReturnType<typeof choose>, string][] = [
    ["that has failed loses its place", choose({}, failed), "autopromote_uuid=h3,autopromote_ranking=h3"],
    ["that is a suspect keeps its place", choose({}, suspect), ""],
    ["whose xapi is silent keeps its place", choose({}, silent(1_000_000 - 119_999)), ""],
    [
      "whose xapi has been silent for two minutes loses its place",
      choose({}, silent(1_000_000 - 120_000)),
      "autopromote_uuid=h3,autopromote_ranking=h3",
    ],
    [
      "that is disabled loses its place",
      choose({ records: { h2: { enabled: false } } }),
      "autopromote_uuid=h3,autopromote_ranking=h3",
    ],
    ["that is a suspect gets none", choose({ config: stored("h3", "h3") }, suspect), ""],
    [
      "that is not live for XAPI gets none",
      choose({ config: stored("h3", "h3"), records: { h2: { live: false } } }),
      "",
    ],
  ];
  for (const [title, { writes }, expected] of joins) {
    test(`chooseSuccessor: a slave ${title}`, () => expect(writes.join()).toBe(expected));
  }
});

describe("chooseSuccessor, when no slave qualifies", () => {
  const NOW_MS = 1_000_000;
  const none = { config: stored("none_available", ""), hosts: ["h2"], records: { h2: { enabled: false } } };
  const disabled = (over: Parameters<typeof knownHost>[1]) => ({
    lastGood: goodView({
      hosts: [knownHost(host(1)), knownHost(host(2), { enabled: false, disabledSinceMs: 0, ...over })],
      parameters: fingerprintParameters(none.config),
    }),
  });

  test("chooseSuccessor: none_available is stored", () => {
    const { writes } = choose({ ...none, config: stored("h2", "h2") });
    expect(writes).toEqual(["autopromote_uuid=none_available", "autopromote_ranking="]);
  });

  const rows: readonly [string, ReturnType<typeof choose>, string][] = [
    ["its only slave is in maintenance", choose(none, disabled({})), "no-successor"],
    [
      "its only slave has failed",
      choose(none, { ...disabled({}), health: { h2: healthIn("failed") } }),
      "no-successor",
    ],
    ["its only slave was never heard", choose(none, { ...disabled({}), health: {} }), "no-successor"],
    [
      "its only slave is a suspect",
      choose(none, { ...disabled({}), health: { h2: healthIn("suspect") } }),
      "",
    ],
    [
      "the xapi of its only slave is silent",
      choose(none, { ...disabled({}), health: { h2: healthIn("xapi-down", { sinceMs: NOW_MS - 119_999 }) } }),
      "",
    ],
    [
      "the xapi of its only slave has been silent for two minutes",
      choose(none, { ...disabled({}), health: { h2: healthIn("xapi-down", { sinceMs: NOW_MS - 120_000 }) } }),
      "no-successor",
    ],
    ["its only slave is disabled by a start", choose(none, disabled({ disabledByStart: true })), ""],
    [
      "its only slave was disabled a moment ago",
      choose(none, disabled({ disabledSinceMs: NOW_MS - 59_999 })),
      "",
    ],
    [
      "its only slave was disabled a minute ago",
      choose(none, disabled({ disabledSinceMs: NOW_MS - 60_000 })),
      "no-successor",
    ],
    ["the pool has no slave at all", choose({ ...none, hosts: [] }, disabled({})), ""],
  ];
  for (const [title, { says }, expected] of rows) {
    test(`chooseSuccessor: ${title}: ${expected || "not worth a word"}`, () => expect(says).toBe(expected));
  }
});

describe("chooseSuccessor, the slaves' copies", () => {
  const changed = { lastGood: goodView({ parameters: "of an earlier copy" }) };
  test("chooseSuccessor: what slaves decide by has changed: the database is copied, once the successor is stored", () => {
    expect(choose({}, changed).writes).toEqual(["sync-database"]);
    expect(choose({ config: stored("h2", "h2") }, changed).writes).toEqual(["autopromote_ranking=h2:h3"]);
    expect(choose({}, changed, { inFlight: ["sync-database"] }).writes).toEqual([]);
  });
});
