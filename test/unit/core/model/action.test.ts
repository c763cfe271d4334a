import { describe, expect, test } from "bun:test";
import { type Action, type ActionKind, actionKey, restsOf } from "../../../../src/core/model/action.ts";
import type { ApplianceUuid } from "../../../../src/core/model/ids.ts";
import { ALERT } from "../alerts/mail/mail.ts";
import { address, host, POOL, vm } from "../fixtures.ts";

const appliance = "shop" as ApplianceUuid;
const web = vm("web");

/** One action of each kind, with its key; a kind that is missing does not compile. */
const KEYS: { readonly [Kind in ActionKind]: readonly [string, Extract<Action, { kind: Kind }>] } = {
  "start-vm": [
    "start-vm:web",
    {
      kind: "start-vm",
      vm: web,
      name: "Web server",
      candidates: [host(1)],
      asks: [],
      rests: [],
      unlessOn: [],
    },
  ],
  "correct-database": [
    "correct-database:web",
    { kind: "correct-database", vm: web, host: host(1), says: null, ask: { vm: web, witnesses: [] } },
  ],
  "stamp-home-pool": ["stamp-home-pool:web", { kind: "stamp-home-pool", vm: web, pool: POOL }],
  "keep-stop": ["keep-stop:web", { kind: "keep-stop", vm: web, stop: null }],
  "start-appliance": [
    "start-appliance:shop",
    { kind: "start-appliance", appliance, name: "Shop", asks: [], rests: [], unlessOn: [] },
  ],
  "fence-host": [
    "fence-host:h2",
    { kind: "fence-host", host: host(2), address: address(host(2)), pingIsLife: true, byLeader: true },
  ],
  "declare-host-dead": ["declare-host-dead:h2", { kind: "declare-host-dead", host: host(2), proved: true }],
  "forget-host": ["forget-host:h2", { kind: "forget-host", host: host(2), name: "h2" }],
  "switch-on-host": ["switch-on-host:h2", { kind: "switch-on-host", host: host(2) }],
  "enable-host": ["enable-host:h2", { kind: "enable-host", host: host(2) }],
  "restart-xapi": ["restart-xapi:h2", { kind: "restart-xapi", host: host(2), mayEnd: [] }],
  "mark-host": ["mark-host:h2", { kind: "mark-host", host: host(2), key: "field", value: "healthy" }],
  "set-pool-key": ["set-pool-key:field", { kind: "set-pool-key", key: "field", value: "true" }],
  mail: ["mail:host-failed:h2", { kind: "mail", alerts: [ALERT, { ...ALERT, key: "host-failed:h3" }] }],
  "post-message": ["post-message:host-failed:h2", { kind: "post-message", alert: ALERT }],
  "store-database": [
    "store-database",
    { kind: "store-database", master: host(1), placement: "abc", changes: 8 },
  ],
  "fetch-database": [
    "fetch-database",
    { kind: "fetch-database", host: host(2), master: host(1), changes: 8 },
  ],
  "sync-database": ["sync-database", { kind: "sync-database", parameters: "1:abc" }],
  "promote-self": ["promote-self", { kind: "promote-self", rests: [], route: null }],
  "follow-master": ["follow-master", { kind: "follow-master", address: address(host(2)) }],
  "hold-xapi": ["hold-xapi", { kind: "hold-xapi" }],
  "release-xapi": ["release-xapi", { kind: "release-xapi" }],
  "resign-master": ["resign-master", { kind: "resign-master", address: address(host(1)) }],
  "unblock-routes": ["unblock-routes", { kind: "unblock-routes" }],
  "restart-toolstack": ["restart-toolstack", { kind: "restart-toolstack" }],
  "check-fence-devices": ["check-fence-devices", { kind: "check-fence-devices", method: "ILO", hosts: [] }],
  "reboot-self": ["reboot-self", { kind: "reboot-self" }],
};

describe("actionKey", () => {
  for (const [kind, [key, action]] of Object.entries(KEYS))
    test(`${kind} has the key ${key}`, () => expect(actionKey(action)).toBe(key));

  test("how a thing is done makes no other action of it", () => {
    const [, start] = KEYS["start-vm"];
    expect(actionKey({ ...start, candidates: [host(3)] })).toBe(actionKey(start));
    const [, mark] = KEYS["mark-host"];
    expect(actionKey({ ...mark, value: "failed" })).toBe(actionKey(mark));
  });
});

describe("restsOf", () => {
  const off = [host(2), host(3)];
  /** Kinds that rest on proofs, with an example of each; no other kind does. */
  const rows: readonly [string, Action, readonly string[]][] = [
    ["a start", { ...KEYS["start-vm"][1], rests: off }, ["h2", "h3"]],
    ["the start of an appliance", { ...KEYS["start-appliance"][1], rests: off }, ["h2", "h3"]],
    ["a take-over", { kind: "promote-self", rests: [host(2)], route: null }, ["h2"]],
    ["a declaration after a proof", KEYS["declare-host-dead"][1], ["h2"]],
    ["a declaration without one", { ...KEYS["declare-host-dead"][1], proved: false }, []],
  ];
  for (const [what, action, expected] of rows)
    test(`${what} rests on the proofs of ${expected.join(" and ") || "nobody"}`, () =>
      expect(restsOf(action).map(String)).toEqual([...expected]));

  test("nothing else rests on any proof", () => {
    const resting = Object.values(KEYS).filter(([, action]) => restsOf(action).length > 0);
    expect(resting.map(([, { kind }]) => kind)).toEqual(["declare-host-dead"]);
  });
});
