import { describe, expect, test } from "bun:test";
import {
  heardOf,
  heardPeer,
  heldHosts,
  isHeardNow,
  saidOfItself,
} from "../../../../src/core/members/heard.ts";
import { host } from "../fixtures.ts";
import { hearing, OWN, peer } from "./hearing.ts";

describe("heardOf", () => {
  const seen = hearing(peer(2), peer(3, { heard: "reported" }), peer(4, { heard: "silent" }));
  test("as the monitor says", () =>
    expect([2, 3, 4].map((number) => heardOf(seen, host(number)))).toEqual(["direct", "reported", "silent"]));
  test("a host that the monitor does not know is not silent", () =>
    expect(heardOf(seen, host(5))).toBe("unknown"));
  test("without a monitor nobody is", () => expect(heardOf("unknown", host(2))).toBe("unknown"));
});

test("saidOfItself: the word of a host that is heard directly, of no other one", () => {
  const seen = hearing(peer(2), peer(3, { heard: "reported", own: null }));
  expect([2, 3, 4].map((number) => saidOfItself(seen, host(number)))).toEqual([OWN, null, null]);
  expect(saidOfItself("unknown", host(2))).toBeNull();
});

test("heardPeer: all that is known of it", () => {
  const two = peer(2);
  expect(heardPeer(hearing(two), host(2))).toBe(two);
  expect(heardPeer("unknown", host(2))).toBe("unknown");
});

test("isHeardNow: directly or by report; unknown is neither", () =>
  expect((["direct", "reported", "silent", "unknown"] as const).map(isHeardNow)).toEqual([
    true,
    true,
    false,
    false,
  ]));

describe("heldHosts", () => {
  test("who says so", () =>
    expect(heldHosts(hearing(peer(2), peer(3, { own: { ...OWN, xapi: "held" } })))).toEqual([host(3)]));
  test("who is not heard, or whose monitor is not, says nothing", () => {
    expect(heldHosts(hearing(peer(3, { heard: "silent" })))).toEqual([]);
    expect(heldHosts("unknown")).toEqual([]);
  });
});
