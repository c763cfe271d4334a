import { describe, expect, test } from "bun:test";
import type { DomainRecord, HostView, LocalView } from "../../../../src/core/model/pool-view.ts";
import { isStartMarked, START_MARK_KEY } from "../../../../src/core/takeover/start-mark.ts";
import { database, FLAG, host, hostView, MASTER, slave, vm } from "../fixtures.ts";

const STARTED = "1795426874.";
const STARTED_MS = 1_795_426_874_000;

/** What a slave that follows its master does about its own mark. */
function marks(
  over: Partial<HostView>,
  initCompleteAtMs: number | null,
  { flag = "true", domains = [] as LocalView["domains"], strangers = [] as readonly DomainRecord[] } = {},
) {
  const brain = slave(2);
  brain.self = { ...brain.self, initCompleteAtMs, domains };
  const hosts = [hostView(host(1)), hostView(host(2), { xapiStartTime: STARTED, ...over })];
  const read = database(hosts, { domains: strangers });
  const pool = { ...read.pool, otherConfig: { ...read.pool.otherConfig, [FLAG]: flag } };
  const { actions } = brain.look(0, {
    database: { ok: true, value: { ...read, pool } },
    probes: { h1: MASTER },
  });
  return actions;
}

describe("markOwnStart", () => {
  test("a slave whose xapi has finished its start says which start that was, once", () => {
    const mark = { kind: "mark-start", host: host(2), key: START_MARK_KEY, value: STARTED } as const;
    expect(marks({}, STARTED_MS + 12_000)).toEqual([mark]);
    expect(marks({ otherConfig: { [START_MARK_KEY]: "1795400000." } }, STARTED_MS)).toEqual([mark]);
    expect(marks({ otherConfig: { [START_MARK_KEY]: STARTED } }, STARTED_MS + 12_000)).toEqual([]);
  });

  test("nothing is said while it starts, and the cookie of the start before is no proof", () => {
    expect(marks({}, null)).toEqual([]);
    expect(marks({}, STARTED_MS - 1)).toEqual([]);
  });

  test("nor of a start that the database does not know, or whose time is no number", () => {
    expect(marks({ xapiStartTime: null }, STARTED_MS)).toEqual([]);
    expect(marks({ xapiStartTime: "yesterday" }, STARTED_MS)).toEqual([]);
  });

  test("nor while a domain runs here that is no resident, or nobody knows what runs here", () => {
    const a = vm("a");
    const halted: DomainRecord = { uuid: a, name: "a", residentOn: null, powerState: "Halted", busy: false };
    const domains = [a];
    expect(marks({}, STARTED_MS + 12_000, { domains, strangers: [halted] })).toEqual([]);
    expect(marks({}, STARTED_MS + 12_000, { domains: "unknown" })).toEqual([]);
    expect(marks({}, STARTED_MS + 12_000, { domains }).length).toBe(1);
  });

  test("nothing is written while HA is off", () => {
    expect(marks({}, STARTED_MS + 12_000, { flag: "false" })).toEqual([]);
  });
});

test("isStartMarked: only by the mark of the start that the database knows", () => {
  const of = (xapiStartTime: string | null, mark: string) =>
    isStartMarked(hostView(host(2), { xapiStartTime, otherConfig: { [START_MARK_KEY]: mark } }));
  expect(of(STARTED, STARTED)).toBe(true);
  expect(of(STARTED, "1795400000.")).toBe(false);
  expect(of(null, "null")).toBe(false);
});
