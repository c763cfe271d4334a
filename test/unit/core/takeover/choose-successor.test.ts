import { describe, expect, test } from "bun:test";
import { fingerprintParameters } from "../../../../src/core/members/parameters.ts";
import type { HostView } from "../../../../src/core/model/pool-view.ts";
import { chooseSuccessor } from "../../../../src/core/takeover/choose-successor.ts";
import { database, host, hostView, three } from "../fixtures.ts";
import { healthOf, masterScene, type Situation } from "../rounds.ts";

const alive = healthOf({ h2: "alive", h3: "alive" });

/** The keys that are written, and what is said. */
function choose(situation: Situation) {
  const { memory, round } = masterScene({ memory: { health: alive }, ...situation });
  const step = chooseSuccessor(memory, round);
  const keys = step.actions.map((action) =>
    action.kind === "set-pool-key" ? `${action.key}=${action.value}` : action.kind,
  );
  return {
    keys,
    said: step.reasons.map((reason) => ("host" in reason ? `${reason.kind} ${reason.host}` : reason.kind)),
  };
}
const withHosts = (...hosts: readonly HostView[]) => database([hostView(host(1)), ...hosts]);

describe("chooseSuccessor", () => {
  test("the ranking that stands is kept, and the slaves get a copy of what has changed", () => {
    expect(choose({})).toEqual({ keys: ["sync-database"], said: ["successor-chosen h2"] });
    const { memory } = masterScene({});
    const { otherConfig } = database(three()).pool;
    const lastGood = memory.lastGood && {
      ...memory.lastGood,
      parameters: fingerprintParameters(otherConfig),
    };
    expect(choose({ memory: { health: alive, lastGood } }).keys).toEqual([]);
  });

  test("when the first one has failed, the next one is stored", () =>
    expect(choose({ memory: { health: healthOf({ h2: "failed", h3: "alive" }) } })).toEqual({
      keys: ["autopromote_uuid=h3", "autopromote_ranking=h3"],
      said: ["successor-chosen h3"],
    }));

  test("nobody can: it is stored and said, once nobody is about to", () => {
    const none = { keys: ["autopromote_uuid=none_available", "autopromote_ranking="] };
    expect(choose({ memory: { health: healthOf({ h2: "failed", h3: "failed" }) } })).toEqual({
      ...none,
      said: ["no-successor"],
    });
    const starting = withHosts(hostView(host(2), { enabled: false }));
    expect(choose({ read: starting, memory: { health: healthOf({ h2: "suspect" }) } })).toEqual({
      ...none,
      said: [],
    });
  });

  test("a pool of one has nobody to choose, and says nothing", () =>
    expect(choose({ read: withHosts() }).said).toEqual([]));
});
