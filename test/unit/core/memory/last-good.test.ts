import { expect, test } from "bun:test";
import { isLastGoodView, type LastGoodView } from "../../../../src/core/memory/last-good.ts";
import { address, host, POOL } from "../fixtures.ts";
import { expectShape } from "./expect-shape.ts";

const view: LastGoodView = {
  atMs: 1,
  pool: POOL,
  poolName: "pool",
  master: host(1),
  masterStartedAtMs: null,
  without: [],
  office: null,
  disarm: [],
  forgotten: [],
  haFlag: "on",
  hosts: [
    {
      uuid: host(1),
      name: "h1",
      address: address(host(1)),
      otherAddresses: ["192.0.2.1"],
      enabled: true,
      xapiStartTime: "1.",
      bootTime: "100.",
      xapiStartedAtMs: 0,
      bootedAtMs: 0,
      enabledSinceMs: 0,
      disabledSinceMs: null,
      disabledByStart: false,
      work: null,
    },
  ],
  members: [host(1)],
  ranking: [],
  addressesAtMs: 1,
  parameters: "0:",
  changes: 7,
};

test("isLastGoodView: what a slave decides by when the master is gone", () =>
  expectShape(isLastGoodView, view));

test("isLastGoodView: one host of which a field is missing makes the whole view none", () => {
  const [known] = view.hosts;
  for (const key of Object.keys(known ?? {}))
    expect({ key, ok: isLastGoodView({ ...view, hosts: [{ ...known, [key]: undefined }] }) }).toEqual({
      key,
      ok: false,
    });
});
