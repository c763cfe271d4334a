import { describe, expect, test } from "bun:test";
import { byMainAddress, toldProbe } from "../../../../src/app/pass/told-probe.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import type { Follows } from "../../../../src/core/model/pool-view.ts";
import { address, host, knownHost } from "../../core/fixtures.ts";
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

describe("byMainAddress", () => {
  const hosts = [knownHost(host(1), { otherAddresses: ["192.0.2.1"] }), knownHost(host(2))];
  const followed = (follows: Follows, known = hosts) =>
    byMainAddress({ icmp: "unknown", xapi: "answered", follows }, known).follows;

  test("another address of a host is that host", () =>
    expect(followed({ kind: "slave-of", address: "192.0.2.1" })).toEqual({
      kind: "slave-of",
      address: address(host(1)),
    }));
  const kept: readonly [string, Follows][] = [
    ["the one that XAPI uses", { kind: "slave-of", address: address(host(2)) }],
    ["one that nobody here has", { kind: "slave-of", address: "192.0.2.77" }],
    ["who follows nobody", { kind: "is-master" }],
  ];
  for (const [title, follows] of kept) test(title, () => expect(followed(follows)).toEqual(follows));
  test("a host whose own address is not known just now is left by the one that was said", () => {
    const without = [knownHost(host(1), { address: "", otherAddresses: ["192.0.2.1"] })];
    const follows: Follows = { kind: "slave-of", address: "192.0.2.1" };
    expect(followed(follows, without)).toEqual(follows);
  });
});

describe("toldProbe: it has to be asked", () => {
  test("it says itself that its xapi is silent", () => expect(told({ xapi: "silent" })).toBeNull());
  test("or held", () => expect(told({ xapi: "held" })).toBeNull());
  test("it is only reported", () => expect(ask(peer(2, { heard: "reported" }))).toBeNull());
  test("it is silent", () => expect(ask(peer(2, { heard: "silent" }))).toBeNull());
  test("nothing is known of it", () => expect(ask("unknown")).toBeNull());
});
