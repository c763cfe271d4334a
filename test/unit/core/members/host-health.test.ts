import { describe, expect, test } from "bun:test";
import { isAlive, stepAllHealth, stepHealth } from "../../../../src/core/members/host-health.ts";
import type { HostHealth } from "../../../../src/core/memory/host-health.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { ALIVE, DEAD, healthIn, master } from "../fixtures.ts";
import { remembered } from "../memory/remembered.ts";
import { meaning, number, oneOf, table } from "../table.ts";

const SETTINGS = { XAPI_COUNT: 2, XAPI_DELAY: 10, XAPI_DOWN_TOLERANCE: 300 };

const state = oneOf("unseen", "alive", "xapi-down", "suspect", "failed");
/** What one probe found. `unlearnt`: XAPI was silent, and the ping could not be sent or its answer not be read. */
const probe = meaning<PeerProbe>({
  answers: { icmp: "unknown", xapi: "answered", follows: { kind: "unknown" } },
  "answers+ping": { icmp: "answered", xapi: "answered", follows: { kind: "unknown" } },
  "answers-no-ping": { icmp: "silent", xapi: "answered", follows: { kind: "unknown" } },
  "only-ping": { icmp: "answered", xapi: "silent", follows: { kind: "unknown" } },
  silent: { icmp: "silent", xapi: "silent", follows: { kind: "unknown" } },
  unlearnt: { icmp: "unknown", xapi: "silent", follows: { kind: "unknown" } },
});
const step = (before: HostHealth | undefined, seen: PeerProbe, atS: number, settings = SETTINGS) =>
  stepHealth(before, seen, atS * 1_000, settings);

/** A peer that is probed again and again: `at` in seconds, and the state after each probe. */
function story(title: string, text: string, settings: Partial<typeof SETTINGS> = {}): void {
  describe(`stepHealth: ${title}`, () => {
    const rows = table({ at: number, probe, state }, text);
    let health: HostHealth | undefined;
    for (const row of rows) {
      health = step(health, row.probe, row.at, { ...SETTINGS, ...settings });
      const found = health?.state ?? "unseen";
      const why = row.why === "" ? "" : ` (${row.why})`;
      test(`at ${row.at} s the host is ${row.state}${why}`, () => expect(found).toBe(row.state));
    }
  });
}

story(
  "a silent host is a suspect, and failed after XAPI_COUNT retries, XAPI_DELAY apart",
  `
   at  probe   | state
    0  answers | alive
    5  silent  | suspect  # the probe that raises the suspicion is no retry
   15  silent  | suspect  # first retry
   25  silent  | failed   # second retry
   35  silent  | failed
  `,
);

story(
  "passes that are woken early do not shorten the patience",
  `
   at  probe  | state
    0  silent | suspect
    1  silent | suspect
    2  silent | suspect
    3  silent | suspect
    9  silent | suspect
   10  silent | suspect  # first retry
   11  silent | suspect
   20  silent | failed   # second retry
  `,
);

story(
  "a probe up to a quarter of a second early is a retry",
  `
      at  probe  | state
    0     silent | suspect
    9.74  silent | suspect  # too early by a hundredth: no retry
    9.75  silent | suspect  # first retry
   19.49  silent | suspect  # too early after the first retry
   19.5   silent | failed   # second retry
  `,
);

story(
  "with XAPI_COUNT=1 the first retry is the last",
  `
   at  probe  | state
    0  silent | suspect
    9  silent | suspect
   10  silent | failed
  `,
  { XAPI_COUNT: 1 },
);

story(
  "one good probe clears a suspicion, and the retries begin anew",
  `
   at  probe   | state
    0  silent  | suspect
   10  silent  | suspect  # first retry
   15  answers | alive
   20  silent  | suspect
   30  silent  | suspect  # first retry again
   40  silent  | failed
  `,
);

story(
  "one good probe clears a failure",
  `
   at  probe   | state
    0  silent  | suspect
   10  silent  | suspect
   20  silent  | failed
   30  answers | alive
  `,
);

story(
  "a silent XAPI is xapi-down for XAPI_DOWN_TOLERANCE while the host answers ping, then like any silence",
  `
   at  probe     | state
    0  answers   | alive
   10  only-ping | xapi-down  # silent from now on
  300  only-ping | xapi-down
  310  only-ping | xapi-down  # exactly XAPI_DOWN_TOLERANCE
  311  only-ping | suspect
  321  only-ping | suspect    # first retry
  331  only-ping | failed     # second retry
  341  only-ping | failed     # ping is no life any more
  `,
);

story(
  "the tolerance counts from the first silence of XAPI, with or without ping",
  `
   at  probe     | state
    0  answers   | alive
   10  silent    | suspect    # silent from now on
   15  only-ping | xapi-down
  310  only-ping | xapi-down
  311  only-ping | suspect
  `,
);

story(
  "a host whose XAPI answers once has its whole tolerance again",
  `
   at  probe     | state
    0  only-ping | xapi-down
  290  answers   | alive
  300  only-ping | xapi-down
  600  only-ping | xapi-down
  601  only-ping | suspect
  `,
);

story(
  "ping that stops ends the tolerance",
  `
   at  probe     | state
    0  only-ping | xapi-down
   10  silent    | suspect
   20  silent    | suspect
   30  silent    | failed
   40  only-ping | xapi-down  # within the tolerance ping clears even a failure
  `,
);

story(
  "with XAPI_DOWN_TOLERANCE=0 a silent XAPI is silence at once, as in HA-Lizard 2.x",
  `
   at  probe     | state
    0  answers   | alive
   10  only-ping | suspect
   20  only-ping | suspect
   30  only-ping | failed
  `,
  { XAPI_DOWN_TOLERANCE: 0 },
);

story(
  "unknown is not dead: a probe that learnt nothing changes nothing",
  `
   at  probe    | state
    0  unlearnt | unseen
   10  answers  | alive
   20  unlearnt | alive
   30  unlearnt | alive
   40  unlearnt | alive
  `,
);

story(
  "a probe that learnt nothing is no retry",
  `
   at  probe    | state
    0  silent   | suspect
   10  unlearnt | suspect
   20  unlearnt | suspect
   30  silent   | suspect  # first retry
   40  silent   | failed   # second retry
  `,
);

test("stepHealth: a toolstack restart of 60 s never makes a suspect", () => {
  const states = new Set<string>();
  let health = step(undefined, probe("answers"), 0);
  for (let second = 1; second <= 61; second++) {
    health = step(health, probe(second <= 60 ? "only-ping" : "answers"), second);
    states.add(health?.state ?? "unseen");
  }
  expect(states).toEqual(new Set(["xapi-down", "alive"]));
});

describe("stepHealth: every state and every probe, XAPI_DELAY after the one before", () => {
  /** Ten seconds ago the host was in this state. `suspect` has one retry left, so that a silence decides. */
  const before: Readonly<Record<string, HostHealth | undefined>> = {
    unseen: undefined,
    alive: healthIn("alive"),
    "xapi-down": healthIn("xapi-down", { xapiSilentSinceMs: 0 }),
    suspect: healthIn("suspect", { xapiSilentSinceMs: 0, failedRetries: 1 }),
    failed: healthIn("failed", { xapiSilentSinceMs: 0, failedRetries: 2 }),
  };

  const rows = table(
    {
      before: state,
      answers: state,
      "answers+ping": state,
      "answers-no-ping": state,
      "only-ping": state,
      silent: state,
      unlearnt: state,
    },
    `
    before    | answers  answers+ping  answers-no-ping  only-ping  silent   unlearnt
    unseen    | alive    alive         alive            xapi-down  suspect  unseen
    alive     | alive    alive         alive            xapi-down  suspect  alive
    xapi-down | alive    alive         alive            xapi-down  suspect  xapi-down
    suspect   | alive    alive         alive            xapi-down  failed   suspect
    failed    | alive    alive         alive            xapi-down  failed   failed
    `,
  );
  for (const { before: name, why: _, ...columns } of rows) {
    for (const [seen, after] of Object.entries(columns)) {
      test(`${name}, then ${seen}: ${after}`, () =>
        expect(step(before[name], probe(seen), 10)?.state ?? "unseen").toBe(after));
    }
  }
});

describe("stepHealth: what is remembered beside the state", () => {
  test("the last ICMP answer, because a host that fails although it answers ping is told apart", () => {
    const silentXapi = { ...SETTINGS, XAPI_DOWN_TOLERANCE: 0 };
    expect(step(undefined, probe("only-ping"), 0, silentXapi)?.pings).toBe(true);
    expect(step(undefined, probe("silent"), 0)?.pings).toBe(false);
  });

  test("a state that lasts keeps its beginning", () => {
    const alive = step(step(undefined, probe("answers"), 3), probe("answers"), 9);
    expect(alive?.sinceMs).toBe(3_000);
    const down = step(step(alive, probe("only-ping"), 12), probe("only-ping"), 20);
    expect(down?.sinceMs).toBe(12_000);
  });
});

test("stepAllHealth: every host that was probed takes a step, the others keep what they had", () => {
  const memory = remembered({ health: { h2: healthIn("alive"), h3: healthIn("alive") } });
  const health = stepAllHealth({ ...master().input(10, { probes: { h2: DEAD, h4: ALIVE() } }), memory });
  expect(Object.entries(health).map(([uuid, { state }]) => `${uuid} ${state}`)).toEqual([
    "h2 suspect",
    "h3 alive",
    "h4 alive",
  ]);
});

describe("isAlive", () => {
  const rows = table(
    { state, alive: oneOf("alive", "not-alive") },
    `
    state     | alive
    alive     | alive
    xapi-down | alive      # a toolstack restart must not cost a host its life
    suspect   | not-alive
    failed    | not-alive
    unseen    | not-alive  # nobody has probed it yet
    `,
  );
  for (const row of rows) {
    test(`${row.state} counts as ${row.alive}`, () => {
      expect(isAlive(row.state === "unseen" ? null : healthIn(row.state))).toBe(row.alive === "alive");
    });
  }
});

/** A peer whose monitor is heard, or not: `heard` beside what the probe found. */
function heardStory(title: string, text: string): void {
  describe(`stepHealth: ${title}`, () => {
    const heard = oneOf("direct", "reported", "silent", "unknown");
    let health: HostHealth | undefined;
    for (const row of table({ at: number, probe, heard, state }, text)) {
      health = stepHealth(health, row.probe, row.at * 1_000, SETTINGS, row.heard);
      const found = health?.state ?? "unseen";
      const why = row.why === "" ? "" : ` (${row.why})`;
      test(`at ${row.at} s the host is ${row.state}${why}`, () => expect(found).toBe(row.state));
    }
  });
}

heardStory(
  "heard directly it lives, however long its XAPI is silent",
  `
   at  probe     heard  | state
    0  answers   direct | alive
   10  silent    direct | xapi-down  # its monitor lives
   20  unlearnt  direct | xapi-down  # and needs no ping to say so
  900  silent    direct | xapi-down  # no tolerance runs out
  910  only-ping silent | xapi-down  # and XAPI_DOWN_TOLERANCE begins when it is heard no more
 1200  only-ping silent | xapi-down
 1201  only-ping silent | suspect
 1211  only-ping silent | suspect
 1221  only-ping silent | failed
 1230  silent    direct | xapi-down  # it is back
 1240  answers   silent | alive      # a silent monitor costs nobody his life
  `,
);

heardStory(
  "by report it lives, however long the way from here is broken",
  `
   at  probe   heard    | state
    0  answers direct   | alive
   10  silent  reported | xapi-down
  500  silent  reported | xapi-down
  900  silent  reported | xapi-down  # no tolerance runs out: the silence is that of the way
  910  silent  silent   | suspect    # now nobody hears it any more
  920  silent  silent   | suspect
  930  silent  silent   | failed
  940  silent  reported | xapi-down  # it is back
  `,
);

test("stepHealth: a XAPI that is held, as its host says itself, has only just fallen silent", () => {
  let health = stepHealth(healthIn("alive"), probe("silent"), 1_000, SETTINGS, "direct", true);
  for (const atS of [10, 400, 9_000])
    health = stepHealth(health, probe("only-ping"), atS * 1_000, SETTINGS, "direct", true);
  expect(health).toMatchObject({ state: "xapi-down", sinceMs: 9_000_000 });
  const released = stepHealth(health, probe("silent"), 9_060_000, SETTINGS, "direct", false);
  expect(released).toMatchObject({ state: "xapi-down", sinceMs: 9_000_000 });
});
