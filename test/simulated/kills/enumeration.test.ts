import { describe, expect, test } from "bun:test";
import { savesTooLate, trustsItsBeginnings } from "./damaged.ts";
import type { LostHost } from "./lost-host.ts";
import { strike } from "./strike.ts";
import { type Kill, killsOf, traceStory } from "./trace.ts";

describe("the enumeration sees a program that", () => {
  const story: LostHost = { hosts: 3, role: "master" };

  /** A damaged program tells the story like a whole one: only a kill brings it out. */
  function killInFence(kills: readonly Kill[], withAgents: boolean): Kill {
    const kill = kills.find(
      ({ moment, ...rest }) =>
        moment.call === "fence" && moment.when === "begun" && rest.withAgents === withAgents,
    );
    if (kill === undefined) throw new Error("Cannot kill the iteration in its fence: it makes none");
    return kill;
  }

  test("takes a fence that it has begun for one that is done: VMs run twice", async () => {
    const kills = killsOf(await traceStory(story, trustsItsBeginnings()));
    const wrong = await strike(story, killInFence(kills, true), trustsItsBeginnings());
    expect(wrong).toContain("killed begun call");
    expect(wrong).toContain("(fence)");
    expect(wrong).toContain("vm-twice: vm1 on 1 and 2");
  });

  test("writes its memory when the pass ends, not before it acts: what was told is told again", async () => {
    const kills = killsOf(await traceStory(story, savesTooLate));
    const wrong = await strike(story, killInFence(kills, false), savesTooLate);
    expect(wrong).toContain("alert-twice: h2 tells host-failed:h1 again");
  });

  test("tells the story otherwise than the trace: its kill points would not be these", async () => {
    const { moment } = killInFence(killsOf(await traceStory(story)), false);
    const elsewhere = { ...moment, atMs: moment.atMs + 1 };
    expect(await strike(story, { moment: elsewhere, withAgents: false })).toContain(
      "the kill was another one",
    );
  });
});
