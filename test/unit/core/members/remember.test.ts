import { describe, expect, test } from "bun:test";
import { rememberView } from "../../../../src/core/members/remember.ts";
import type { HostHealth } from "../../../../src/core/memory/host-health.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { poolUuid } from "../../../../src/core/model/ids.ts";
import { CHANGES_KEY, OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import type { HostView, PeerProbe } from "../../../../src/core/model/pool-view.ts";
import {
  ALIVE,
  type Brain,
  DEAD,
  database,
  FLAG,
  goodView,
  healthIn,
  host,
  hostView,
  knownHost,
  MASTER,
  master,
  slave,
} from "../fixtures.ts";
import { incidentOn, remembered, takeOver } from "../memory/remembered.ts";

/** In seconds; every xapi has been up since 0. */
const NOW_S = 1_000;
const FIELD = "ha-lizard-enabled";

type Pool = ReturnType<typeof database>["pool"];

/** The last good view after one more read by `brain`; h3 is as `h3` says, the pool's record as `pool` says. */
function remember(
  memory: Memory,
  options: {
    brain?: Brain;
    h3?: Partial<HostView>;
    pool?: Partial<Pool>;
    probe?: PeerProbe;
  } = {},
) {
  const { brain = master(), h3 = {}, pool = {}, probe } = options;
  const hosts = [hostView(host(1)), hostView(host(2)), hostView(host(3), h3)];
  const read = database(hosts);
  const value = { ...read, pool: { ...read.pool, ...pool } };
  const probes = probe === undefined ? {} : { h3: probe };
  const { view } = brain.input(NOW_S, { database: { ok: true, value }, probes });
  return rememberView(memory, value, { view, fieldName: FIELD });
}

describe("rememberView", () => {
  test("what the pool database says, at the time of the read", () =>
    expect(remember(remembered())).toEqual(goodView({ atMs: NOW_S * 1_000, poolName: "pool" })));

  test("the count of changes; a key that is missing for a moment is what it was, under another master it is not known", () => {
    const counted = (text: string | null, pool: Partial<Pool> = {}) => {
      const keys = text === null ? {} : { [CHANGES_KEY]: text };
      const memory = { ...remembered(), lastGood: goodView({ changes: 7 }) };
      return remember(memory, { pool: { otherConfig: { [FLAG]: "true", ...keys }, ...pool } })?.changes;
    };
    expect(counted("8")).toBe(8);
    expect(counted(null)).toBe(7);
    expect(counted(null, { master: host(2) })).toBeNull();
  });

  test("the office, where this host is the master of that database; what a slave reads is its master's", () => {
    const office = (over: Parameters<typeof remember>[1]) => remember(remembered(), over)?.office;
    const written = "7.11111111-1111-4111-8111-111111111111.1";
    const pool = { otherConfig: { [FLAG]: "true", [OFFICE_KEY]: written } };
    expect(office({ pool })).toBe(written);
    expect(office({ pool: { otherConfig: { [OFFICE_KEY]: "7" } } })).toBeNull();
    expect(office({ pool, brain: slave(2) })).toBeNull();
    expect(office({ pool: { ...pool, master: host(2) } })).toBeNull();
  });

  test("the time at which addresses were read stays until they are read again", () => {
    const memory = { ...remembered(), lastGood: goodView({ addressesAtMs: 5 }) };
    expect(remember(memory)?.addressesAtMs).toBe(5);
    expect(remember(memory, { h3: { otherAddresses: [] } })?.addressesAtMs).toBe(NOW_S * 1_000);
  });

  test("HA as the pool's custom field has it", () => {
    const flag = (value: string) =>
      remember(remembered(), { pool: { otherConfig: { [FLAG]: value } } })?.haFlag;
    expect([flag("true"), flag("false"), flag("yes")]).toEqual(["on", "off", "unset"]);
  });

  test("a pool whose record names no master is not remembered: the last good view stays", () => {
    const memory = remembered();
    expect(remember(memory, { pool: { master: null } })).toBe(memory.lastGood);
  });

  test("what was copied to the slaves is still what they have", () =>
    expect(remember(remembered({ lastGood: goodView({ parameters: "3:abc" }) }))?.parameters).toBe("3:abc"));

  test("nothing of another pool is taken over: this host has joined", () => {
    const lastGood = goodView({
      pool: poolUuid("pool-2"),
      members: [host(1), host(2)],
      parameters: "3:abc",
      hosts: [knownHost(host(1)), knownHost(host(3), { enabled: false, disabledSinceMs: 0 })],
    });
    const view = remember(remembered({ lastGood }), { h3: { enabled: false } });
    expect(view).toMatchObject({ parameters: "", members: [host(1), host(2), host(3)] });
    expect(view?.hosts[2]?.disabledSinceMs).toBe(NOW_S * 1_000);
  });
});

/** h3 has been disabled for ever, by a person unless a test says otherwise. */
const disabledH3 = (over: { byStart?: boolean } & Partial<Memory> = {}) => {
  const { byStart = false, ...memory } = over;
  const h3 = knownHost(host(3), { enabled: false, disabledSinceMs: 0, disabledByStart: byStart });
  return remembered({
    lastGood: goodView({ hosts: [knownHost(host(1)), knownHost(host(2)), h3] }),
    ...memory,
  });
};
const OFF: Partial<HostView> = { enabled: false };

describe("rememberView: whose maintenance is believed", () => {
  const rows: readonly [string, ReturnType<typeof remember>, string][] = [
    ["a master hears that h3 follows it", remember(disabledH3(), { h3: OFF, probe: ALIVE() }), "h1 h2"],
    ["h3 is silent", remember(disabledH3(), { h3: OFF, probe: DEAD }), "h1 h2 h3"],
    ["h3 was not probed in this round", remember(disabledH3(), { h3: OFF }), "h1 h2 h3"],
    ["h3 follows another master", remember(disabledH3(), { h3: OFF, probe: ALIVE(host(2)) }), "h1 h2 h3"],
    ["h3 is a master itself", remember(disabledH3(), { h3: OFF, probe: MASTER }), "h1 h2 h3"],
    [
      "a slave has the master's word: h3 is live",
      remember(disabledH3(), { brain: slave(2), h3: OFF }),
      "h1 h2",
    ],
    [
      "the master's word: h3 is not live",
      remember(disabledH3(), { brain: slave(2), h3: { ...OFF, live: false }, probe: ALIVE() }),
      "h1 h2 h3",
    ],
    [
      "h3 itself knows that it lives",
      remember(disabledH3(), { brain: slave(3), h3: { ...OFF, live: false } }),
      "h1 h2",
    ],
    [
      "a take-over is open",
      remember(disabledH3({ promotion: takeOver() }), { h3: OFF, probe: ALIVE() }),
      "h1 h2 h3",
    ],
  ];
  for (const [what, view, expected] of rows)
    test(`${what}: ${expected} count`, () => expect(view?.members.join(" ")).toBe(expected));
});

describe("rememberView: a host that a start has disabled, and that nobody enables", () => {
  const after = (health: HostHealth | undefined) =>
    remember(disabledH3({ byStart: true, health: health === undefined ? {} : { h3: health } }), {
      h3: OFF,
      probe: ALIVE(),
    })?.members.join(" ");
  const aliveFor = (seconds: number) => healthIn("alive", { sinceMs: (NOW_S - seconds) * 1_000 });

  test("it counts while it may still be looking for its master", () =>
    expect(after(aliveFor(299))).toBe("h1 h2 h3"));
  test("it is in maintenance when it has answered for 300 s", () =>
    expect(after(aliveFor(300))).toBe("h1 h2"));
  test("it counts while its xapi is down", () => expect(after(healthIn("xapi-down"))).toBe("h1 h2 h3"));
  test("it is in maintenance when this host has never had to watch it", () =>
    expect(after(undefined)).toBe("h1 h2"));
});

describe("rememberView: who was declared dead", () => {
  const members = (...incident: Parameters<typeof incidentOn>) =>
    remember(remembered({ incidents: { h3: incidentOn(...incident) } }))?.members.join(" ");

  test("with a proof it counts no more", () =>
    expect(members(host(3), "declared", { proved: true })).toBe("h1 h2"));
  test("without a proof it counts", () => expect(members(host(3), "declared")).toBe("h1 h2 h3"));
  for (const phase of ["fenced", "returned"] as const)
    test(`an incident that is ${phase} is no declared death, whatever was proved`, () =>
      expect(members(host(3), phase, { proved: true })).toBe("h1 h2 h3"));
});
