import { describe, expect, test } from "bun:test";
import { refusedText } from "../../../../src/core/group/publish.ts";
import { Group, OWN, REFUSED_NOTHING } from "./group.ts";

describe("publishHearing", () => {
  test("of a host that is heard: what it says, whom it hears, over which address and since when", () => {
    const group = new Group("abc");
    group.run(10);
    const peer = group.peer("a", "b");
    expect(peer).toMatchObject({ host: "b", heard: "direct", by: null, own: OWN });
    expect(peer.ways.map(({ address }) => address)).toEqual(["10.0.0.b"]);
    expect(peer.hears?.map(({ host }) => host)).toEqual(["a", "c"] as never);
  });

  test("of one that is silent what it said last is not passed on", () => {
    const group = new Group("ab");
    group.run(5);
    group.powerOff("b");
    group.run(10);
    expect(group.peer("a", "b")).toMatchObject({ heard: "silent", own: null, hears: null });
  });

  test("between two ticks it is what it is now, not what the last one saw", () => {
    const group = new Group("ab");
    group.run(5);
    group.nowMs += 30_000;
    expect(group.peer("a", "b")).toMatchObject({ heard: "silent", sinceMs: group.uptime("a") });
  });
});

describe("refusedText", () => {
  test("nothing", () => expect(refusedText(REFUSED_NOTHING)).toBe("none"));
  test("what it was, and how often", () =>
    expect(refusedText({ ...REFUSED_NOTHING, wrongTag: 3, malformed: 1 })).toBe(
      "3 with a wrong signature, 1 that are no heartbeats of this version",
    ));
});
