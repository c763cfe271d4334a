import { describe, expect, test } from "bun:test";
import { type Executor, execute } from "../../../../src/app/pass/execute.ts";
import type { Action } from "../../../../src/core/model/action.ts";
import type { XapiResult } from "../../../../src/core/model/pool-view.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { goodView, host, SETTINGS } from "../../core/fixtures.ts";
import { FOR_LONG_MS } from "../../core/sight.ts";
import { leader, SELF } from "./leader.ts";

const DONE = { ok: true, value: undefined } as const;
const REFUSED = { ok: false, fault: { kind: "api", code: "INTERNAL_ERROR", params: [] } } as const;

interface Case {
  readonly stores?: XapiResult<void>;
  readonly does?: XapiResult<unknown>;
  readonly isSlave?: boolean;
  readonly counts?: () => Promise<XapiResult<void>>;
  readonly mandateUntilMs?: number;
}

/** What a host asks of XAPI for this action, in order, and what comes of it. */
async function calls(action: Action, given: Case = {}) {
  const { stores = DONE, does = DONE, isSlave = false, counts, mandateUntilMs = FOR_LONG_MS } = given;
  const clock = portClock(new VirtualClock(), () => 0);
  const asked: string[] = [];
  const answer = (name: string, value: unknown) => async () => {
    asked.push(name);
    return value;
  };
  const xapi = {
    declareDead: answer("declare", does),
    forgetHost: answer("forget", does),
    replacePoolKey: (key: string, count: string) => {
      asked.push(`${key}=${count}`);
      return counts?.() ?? Promise.resolve(DONE);
    },
    fetchDatabase: async (of: string) => {
      asked.push(`fetch ${of}`);
      return stores;
    },
    storeDatabase: answer("store", stores),
    syncDatabase: answer("sync", DONE),
  };
  const executor = {
    ...{
      ports: { clock, hearing: leader(clock, SELF, mandateUntilMs) },
      self: SELF,
      xapi,
      settings: SETTINGS,
      lastGood: goodView(),
      xapiStartTime: null,
    },
    followed: isSlave ? host(1) : null,
    proofs: { offAtMs: new Map([[host(3), clock.uptimeMs()]]), looks: new Map() },
    proofOf: () => ({ isWord: false, by: null }),
  } as unknown as Executor;
  const { kind } = await execute(action, executor, neverAborts());
  return { asked: asked.join(), kind };
}

const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
const forget: Action = { kind: "forget-host", host: host(3), name: "h3" };
const store: Action = { kind: "store-database", master: host(1), placement: "abc", changes: 8 };

describe("on the master's disk", () => {
  test("what was declared or forgotten is there before it counts as done", async () => {
    expect(await calls(declare)).toEqual({ asked: "declare,store", kind: "done" });
    expect(await calls(forget)).toEqual({ asked: "forget,store", kind: "done" });
  });

  test("what failed changes nothing", async () => {
    expect(await calls(declare, { does: REFUSED })).toEqual({ asked: "declare", kind: "refused" });
  });

  test("where the quick way is refused the slow one is taken, and a declared death does not wait for it", async () => {
    expect(await calls(declare, { stores: REFUSED })).toEqual({ asked: "declare,store", kind: "done" });
    expect(await calls(store, { stores: REFUSED })).toEqual({
      asked: "ha-lizard-changes=8,store,sync",
      kind: "done",
    });
  });

  test("a slave leaves the master's disk to the master", async () => {
    expect(await calls(declare, { isSlave: true })).toEqual({ asked: "declare", kind: "done" });
  });
});

describe("what is counted, and what a slave fetches", () => {
  test("the count is written before the database is stored, so that it is in it", async () =>
    expect(await calls(store)).toEqual({ asked: "ha-lizard-changes=8,store", kind: "done" }));

  test("a count that cannot be written holds nothing up", async () => {
    const refused = { counts: async () => REFUSED };
    expect(await calls(store, refused)).toEqual({ asked: "ha-lizard-changes=8,store", kind: "done" });
  });

  const fetch: Action = { kind: "fetch-database", host: host(2), master: host(1), changes: 8 };
  test("a slave fetches its own copy, and a refusal is told", async () => {
    expect(await calls(fetch, { isSlave: true })).toEqual({ asked: "fetch h2", kind: "done" });
    expect((await calls(fetch, { isSlave: true, stores: REFUSED })).kind).toBe("refused");
  });
});

describe("without a mandate", () => {
  const over = { mandateUntilMs: -1 };
  test("nothing is declared or forgotten", async () => {
    for (const action of [declare, forget])
      expect(await calls(action, over)).toEqual({ asked: "", kind: "held" });
  });
  test("the master puts its database on disk all the same", async () =>
    expect(await calls(store, over)).toEqual({ asked: "ha-lizard-changes=8,store", kind: "done" }));
});
