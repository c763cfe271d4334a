import { describe, expect, test } from "bun:test";
import { otherAddresses } from "../../../../src/adapters/xapi/host-addresses.ts";
import type { PifRecord } from "../../../../src/adapters/xapi/records.ts";
import { api, createMemoryStore, never, recordsOf, value } from "./fixtures.ts";
import { createPool, granted, HOST_1, HOST_2, open, PLAIN, withPifs } from "./recorded-pool.ts";

const HOSTS = new Map([
  ["h1", { address: "10.77.0.11" }],
  ["h2", { address: "10.77.0.12" }],
]);

const pif = (host: string, IP: string, over: Partial<PifRecord> = {}): PifRecord => ({
  ...{ host, currently_attached: true, IP, IPv6: [] },
  ...over,
});
const ofH1 = (...pifs: readonly PifRecord[]) => otherAddresses(HOSTS, pifs).get("h1");

describe("otherAddresses", () => {
  const rows: readonly [string, readonly PifRecord[], readonly string[]][] = [
    ["the one that XAPI uses is no other", [pif("h1", "10.77.0.11")], []],
    ["a storage network", [pif("h1", "10.77.0.11"), pif("h1", "10.78.0.11")], ["10.78.0.11"]],
    ["not plugged", [pif("h1", "10.78.0.11", { currently_attached: false })], []],
    ["no lease yet", [pif("h1", "")], []],
    ["of the other host", [pif("h2", "10.78.0.12")], []],
    ["of a host that is gone", [pif("h9", "10.78.0.19")], []],
    ["twice", [pif("h1", "10.78.0.11"), pif("h1", "10.78.0.11")], ["10.78.0.11"]],
    ["of both hosts: whose would it be?", [pif("h1", "192.168.0.1"), pif("h2", "192.168.0.1")], []],
    ["the other host's own", [pif("h1", "10.77.0.12")], []],
    ["in an order that stays", [pif("h1", "10.9.0.1"), pif("h1", "10.8.0.1")], ["10.8.0.1", "10.9.0.1"]],
  ];
  for (const [title, pifs, expected] of rows) test(title, () => expect(ofH1(...pifs)).toEqual([...expected]));

  const texts: readonly [string, string | null][] = [
    ["2001:db8::1/64", "2001:db8::1"],
    ["2001:DB8:0:0::1/64", "2001:db8::1"],
    ["fd00::5", "fd00::5"],
    ["", null],
    ["fe80::1/64", null],
    ["fd00::1%eth0", null],
    ["::1/128", null],
    ["::/0", null],
    ["::ffff:10.78.0.11", null],
    ["ff02::1", null],
    ["127.0.0.1", null],
    ["0.0.0.0", null],
    ["169.254.0.1", null],
    ["224.0.0.1", null],
    ["255.255.255.255", null],
    ["10.78.0.300", null],
    ["storage.example.org", null],
    ['10.0.0.1" or "1', null],
  ];
  for (const [text, expected] of texts)
    test(`"${text}" is ${expected === null ? "no way to a host" : expected}`, () =>
      expect(ofH1(pif("h1", "", { IPv6: [text] }))).toEqual(expected === null ? [] : [expected]));
});

describe("read: addresses of other networks", () => {
  const pifs = recordsOf("PIF.get_all_records");
  const [template = {}] = Object.values(pifs);
  const scope = { ...PLAIN, addresses: true };
  const read = async (given: Parameters<typeof open>[0]) =>
    granted(await open(given, createMemoryStore()).xapi.read(scope, never())).hosts.map(
      (host) => host.otherAddresses,
    );

  test("read: of the recorded pool there are none", async () =>
    expect(await read(withPifs(createPool(), pifs))).toEqual([[], []]));

  test("read: those of every host", async () => {
    const second = {
      "OpaqueRef:a": { ...template, host: HOST_1, IP: "10.78.0.11", management: false },
      "OpaqueRef:b": { ...template, host: HOST_2, IP: "", IPv6: ["", "fd00::12/64"], management: false },
    };
    expect(await read(withPifs(createPool(), { ...pifs, ...second }))).toEqual([
      ["10.78.0.11"],
      ["fd00::12"],
    ]);
  });

  test("read: unknown when XAPI refuses or a record is none, and the view is whole", async () => {
    const { handlers } = createPool();
    for (const answer of [() => api("INTERNAL_ERROR", "x"), () => value({ "OpaqueRef:a": { IP: 7 } })])
      expect(await read({ handlers: { ...handlers, "PIF.get_all_records_where": answer } })).toEqual([
        null,
        null,
      ]);
  });

  test("read: not asked for, not read", async () => {
    const { xapi, methods } = open();
    await xapi.read(PLAIN, never());
    expect(methods().filter((method) => method.startsWith("PIF"))).toEqual([]);
  });
});
