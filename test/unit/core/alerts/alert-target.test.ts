import { describe, expect, test } from "bun:test";
import { alertTarget } from "../../../../src/core/alerts/alert-target.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import type { Reason } from "../../../../src/core/model/reason.ts";
import { host, vm } from "../fixtures.ts";

const known = (number: number, name: string): KnownHost => ({
  uuid: host(number),
  name,
  address: "",
  otherAddresses: [],
  enabled: true,
  xapiStartTime: null,
  bootTime: "100.",
  xapiStartedAtMs: 0,
  bootedAtMs: 0,
  enabledSinceMs: 0,
  disabledSinceMs: null,
  disabledByStart: false,
  work: null,
});
const HOSTS = [known(1, "xcp1"), known(2, "xcp2"), known(3, "twin"), known(4, "twin")];

describe("alertTarget", () => {
  const rows: readonly [string, Reason, object][] = [
    ["a host by its name", { kind: "host-back", host: "xcp2" }, { kind: "host", uuid: host(2) }],
    [
      "a host that has no name yet, by its uuid",
      { kind: "host-back", host: "h1" },
      { kind: "host", uuid: host(1) },
    ],
    ["a name that two hosts have", { kind: "host-back", host: "twin" }, { kind: "pool" }],
    ["a host that nobody knows", { kind: "host-back", host: "xcp9" }, { kind: "pool" }],
    ["a VM", { kind: "vm-started", vm: "web", uuid: vm("v1") }, { kind: "vm", uuid: vm("v1") }],
    ["an appliance", { kind: "vm-started", vm: "shop", uuid: null }, { kind: "pool" }],
    ["what this host says of itself", { kind: "toolstack-restarted" }, { kind: "host", uuid: host(1) }],
    ["what is everybody's", { kind: "no-successor" }, { kind: "pool" }],
  ];
  for (const [what, reason, target] of rows)
    test(`${what}: on the ${"kind" in target ? target.kind : ""}`, () =>
      expect(alertTarget(reason, host(1), HOSTS)).toEqual(target as never));
});
