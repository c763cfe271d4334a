import { describe, expect, test } from "bun:test";
import { isHeardNews, isNews } from "../../../../src/core/group/news.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { OWN } from "./group.ts";
import { groupState, MASTER, type Other } from "./states.ts";
import { A, B, C, NOW_MS, type Voter } from "./votes.ts";

const changes: readonly [string, Partial<OwnState>, boolean][] = [
  ["nothing", {}, false],
  ["it is master now", { role: "master" }, true],
  ["it follows another one", { master: C }, true],
  ["its xapi serves no more", { xapi: "silent" }, true],
  ["its xapi is held", { xapi: "held" }, true],
  ["its database has another office", { office: "7.b.2" }, true],
  ["it is disabled", { enabled: false }, false],
  ["it has more changes", { changes: 9 }, false],
];

describe("isNews: what others wait for, of what this host says", () => {
  for (const [what, over, expected] of changes)
    test(`${what}: ${expected}`, () =>
      expect(isNews({ own: OWN, agreed: [] }, { own: { ...OWN, ...over }, agreed: [] })).toBe(expected));

  const agreed = [{ host: B, atMs: 5, bootId: "boot-b" }];
  test("a host agrees", () => expect(isNews({ own: OWN, agreed: [] }, { own: OWN, agreed })).toBe(true));
  test("as before", () =>
    expect(isNews({ own: OWN, agreed }, { own: OWN, agreed: [...agreed] })).toBe(false));
  test("what is said first is no news", () => expect(isNews(null, { own: OWN, agreed })).toBe(false));
});

describe("isHeardNews: the same of another host", () => {
  /** b follows a, which leads and is named. */
  const given: Voter = {
    ...{ self: B, term: "1a", roll: "1a.1 abc" },
    said: { a: { lead: "leads", term: "1a" } },
  };
  const seen = (a: Other | null) => groupState(given, { a, c: {} });
  const news = (before: Other | null, after: Other | null) =>
    isHeardNews(seen(before), seen(after), A, NOW_MS);
  for (const [what, over, expected] of changes)
    test(`${what}: ${expected}`, () => expect(news({}, over)).toBe(expected));

  test("it is heard for the first time", () => expect(news(null, MASTER)).toBe(false));
  test("it says that this host agrees", () =>
    expect(news(MASTER, { ...MASTER, agreed: { b: 5 } })).toBe(true));
  test("that another one does", () => expect(news(MASTER, { ...MASTER, agreed: { c: 5 } })).toBe(false));
  test("nothing was heard", () => {
    const state = seen(MASTER);
    expect(isHeardNews(state, { ...state }, A, NOW_MS)).toBe(false);
  });
});
