import { describe, expect, test } from "bun:test";
import { adviceOn } from "../../../../src/core/alerts/advice.ts";
import { REASONS } from "./reasons.ts";

const ADVISED = Object.values(REASONS).filter(({ kind }) => adviceOn(kind) !== "");

describe("adviceOn", () => {
  test("a kind that says itself what to do has no advice", () => expect(adviceOn("rival-master")).toBe(""));
  test("nor has what is only logged", () => expect(adviceOn("ha-off")).toBe(""));
  test("whose xapi is held reads where to look, and what ends it", () => {
    expect(adviceOn("xapi-held")).toContain("ha-cfg confirm-off HOST");
    expect(adviceOn("xapi-held")).toContain("ha-cfg ha-disable");
  });
  test("what was ended for safety says how it goes on", () =>
    expect(adviceOn("ha-switched-off")).toContain("ha-cfg ha-enable"));
  for (const { kind } of ADVISED)
    test(`${kind}: a full sentence`, () => expect(adviceOn(kind)).toMatch(/^[A-Z].*[A-Za-z]\.$/));
});
