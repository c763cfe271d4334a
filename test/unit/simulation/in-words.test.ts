import { describe, expect, test } from "bun:test";
import { inWords } from "../../../src/simulation/in-words.ts";

const nameOf = (host: number): string => ["", "alpha", "beta"][host] ?? "?";
const said = (what: string, details: object = {}) => inWords({ atMs: 0, what, ...details }, nameOf);

describe("inWords", () => {
  test("an event is a sentence with the names of its hosts", () => {
    expect(said("power-off", { host: 2 })).toBe("beta loses power");
    expect(said("fence-begun", { by: 1, host: 2, method: "IPMI" })).toBe(
      "alpha asks the fence agent IPMI to cut beta",
    );
    expect(said("fence-ended", { by: 1, host: 2, outcome: "fenced" })).toBe(
      "the fence agent says to alpha that beta is off",
    );
    expect(said("fence-ended", { by: 1, host: 2, outcome: "not-fenced" })).toBe(
      "the fence agent of alpha cannot cut beta",
    );
    expect(said("domain-ended", { host: 2, vm: "web", why: "power-off" })).toBe("web runs no more on beta");
    expect(said("log", { host: 1, severity: "error", text: "It is so." })).toBe(
      "alpha says (error): It is so.",
    );
  });

  test("noise, and what another event says, is nothing", () => {
    expect([said("pass", { host: 1 }), said("transition-to-master", { host: 1 })]).toEqual([null, null]);
  });

  test("what has no sentence keeps its name and its details", () => {
    expect(said("new-thing", { host: 1, count: 3, why: "x" })).toBe("new-thing alpha count=3 why=x");
  });
});
