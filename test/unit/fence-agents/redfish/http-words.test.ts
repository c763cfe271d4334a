import { describe, expect, test } from "bun:test";
import { explainRefusal, type HttpRefusal } from "../../../../src/fence-agents/redfish/http-words.ts";

const refusal = (status: number, texts: readonly string[] = [], method: HttpRefusal["method"] = "POST") =>
  explainRefusal({
    ...{ status, method, texts, link: "/x", authenticate: null, host: "192.0.2.7:8443", user: "bob" },
  });

describe("explainRefusal: only the login is final, everything else may pass", () => {
  const rows: readonly (readonly [number, string, boolean])[] = [
    [400, "it refuses the order, or cannot carry it out now (HTTP 400)", false],
    [401, "wrong user or password of bob (HTTP 401)", true],
    [403, "the user bob may not do this; it needs the right to switch power (HTTP 403)", true],
    [404, "it has no /x; it may be starting, or is no Redfish service (HTTP 404)", false],
    [405, "it does not take this request; update its firmware (HTTP 405)", false],
    [408, "it was too slow for itself", false],
    [409, "something else is under way on it (HTTP 409)", false],
    [412, "something else is under way on it (HTTP 412)", false],
    [418, "HTTP 418", false],
    [421, "it refuses the request, perhaps because it does not know itself as 192.0.2.7:8443: write", false],
    [423, "something else is under way on it (HTTP 423)", false],
    [429, "it has too many requests (HTTP 429)", false],
    [500, "it has a fault of its own; if that lasts, reset the controller (HTTP 500)", false],
    [501, "it does not know this command; update its firmware (HTTP 501)", false],
    [502, "it is busy (HTTP 502)", false],
    [503, "it is busy (HTTP 503)", false],
    [504, "it was too slow for itself", false],
  ];
  test.each(rows)("%d", (status, words, final) => {
    expect(refusal(status).why).toStartWith(words);
    expect(refusal(status).final).toBe(final);
    expect(refusal(status, ["Its own words."]).why).toContain(`HTTP ${status}: Its own words.`);
  });

  test("a question that is a bad request: the Host header, which some controllers check", () => {
    expect(refusal(400, [], "GET").why).toContain("does not know itself as 192.0.2.7:8443");
    expect(refusal(403, ["Invalid Host header"]).why).toContain("switch off its check of the Host header");
  });

  const locked = [
    "The account is locked.",
    "User locked out",
    "X.AccountLocked",
    "iLO.2.LoginAttemptDelayed",
  ];
  test.each([...locked, "Too many failed attempts"])("a locked account: %s", (text) => {
    for (const status of [401, 403])
      expect(refusal(status, [text])).toMatchObject({
        final: true,
        why: expect.stringContaining("the account bob is locked; unlock it on the controller"),
      });
    expect(refusal(423, [text]).why).not.toContain("account bob");
  });
});
