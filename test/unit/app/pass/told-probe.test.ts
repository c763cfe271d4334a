import { describe, expect, test } from "bun:test";
import { toldProbe } from "../../../../src/app/pass/told-probe.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import type { Follows } from "../../../../src/core/model/pool-view.ts";
import { address, host } from "../../core/fixtures.ts";
import { OWN, peer } from "../../core/members/hearing.ts";

const ask = (given: Parameters<typeof toldProbe>[0]) =>
  toldProbe(given, (uuid) => (uuid === host(9) ? null : address(uuid)));
const told = (own: Partial<OwnState>) => ask(peer(2, { own: { ...OWN, ...own } }));

describe("toldProbe: nobody has to be asked", () => {
  const rows: readonly [string, Partial<OwnState>, Follows][] = [
    [
      "a slave names its master, by the address known here",
      {},
      { kind: "slave-of", address: address(host(1)) },
    ],
    ["a master that serves", { role: "master", master: host(2) }, { kind: "is-master" }],
    ["a master that starts may find another one", { role: "master", xapi: "starting" }, { kind: "unknown" }],
    ["a slave that starts", { xapi: "starting" }, { kind: "slave-of", address: address(host(1)) }],
    ["a host in emergency mode", { xapi: "lost" }, { kind: "lost" }],
    ["a slave of somebody unknown", { master: null }, { kind: "unknown" }],
    ["a slave of a host whose address is not known here", { master: host(9) }, { kind: "unknown" }],
    ["a broken host", { role: "broken", master: null }, { kind: "unknown" }],
  ];
  for (const [title, own, follows] of rows)
    test(title, () => expect(told(own)).toEqual({ icmp: "unknown", xapi: "answered", follows }));
});

describe("toldProbe: it has to be asked", () => {
  test("it says itself that its xapi is silent", () => expect(told({ xapi: "silent" })).toBeNull());
  test("or held", () => expect(told({ xapi: "held" })).toBeNull());
  test("it is only reported", () => expect(ask(peer(2, { heard: "reported" }))).toBeNull());
  test("it is silent", () => expect(ask(peer(2, { heard: "silent" }))).toBeNull());
  test("nothing is known of it", () => expect(ask("unknown")).toBeNull());
});
