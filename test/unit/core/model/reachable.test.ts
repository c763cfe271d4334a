import { describe, expect, test } from "bun:test";
import { hostWithAddress } from "../../../../src/core/model/reachable.ts";
import { address, host, knownHost } from "../fixtures.ts";

describe("hostWithAddress", () => {
  const hosts = [
    knownHost(host(1), { otherAddresses: ["192.0.2.1", address(host(2))] }),
    knownHost(host(2), { otherAddresses: ["192.0.2.2"] }),
    knownHost(host(3), { address: "", otherAddresses: [] }),
  ];
  const rows: readonly [string, string, string | undefined][] = [
    ["the address that XAPI uses", address(host(1)), "h1"],
    ["one of another network", "192.0.2.2", "h2"],
    ["XAPI's goes before another host's", address(host(2)), "h2"],
    ["nobody's", "192.0.2.3", undefined],
    ["none is nobody's", "", undefined],
  ];
  for (const [title, text, expected] of rows)
    test(title, () => expect(hostWithAddress(hosts, text)?.uuid as string | undefined).toBe(expected));
});
