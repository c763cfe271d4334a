import { describe, expect, test } from "bun:test";
import type { DomainRecord } from "../../../../src/core/model/pool-view.ts";
import { destroyLeftovers, findLeftovers } from "../../../../src/core/restart/leftover-domains.ts";
import { database, host, hostView, three, vm } from "../fixtures.ts";
import { masterScene } from "../rounds.ts";

const here = [vm("web")];
const domain = (over: Partial<DomainRecord> = {}): DomainRecord => ({
  uuid: vm("web"),
  residentOn: host(2),
  powerState: "Running",
  busy: false,
  ...over,
});

function leftovers(over: Partial<DomainRecord>, hosts = three(), domains: typeof here | "unknown" = here) {
  const { round } = masterScene();
  return findLeftovers({ ...round.view.self, domains }, database(hosts, { domains: [domain(over)] })).length;
}

describe("findLeftovers", () => {
  const rows: readonly [string, number, number][] = [
    ["a VM that runs here and on a host in service", leftovers({}), 1],
    ["one with an operation in progress", leftovers({ busy: true }), 0],
    ["one that the database calls halted", leftovers({ powerState: "Halted" }), 0],
    ["one that the database has on this host", leftovers({ residentOn: host(1) }), 0],
    ["one that is nowhere for the database", leftovers({ residentOn: null }), 0],
    [
      "one of a host that is disabled",
      leftovers({}, [hostView(host(1)), hostView(host(2), { enabled: false })]),
      0,
    ],
    [
      "one of a host that is not live",
      leftovers({}, [hostView(host(1)), hostView(host(2), { live: false })]),
      0,
    ],
    ["one of a host that nobody knows", leftovers({ residentOn: host(9) }), 0],
    ["one that does not run here", leftovers({}, three(), []), 0],
    ["domains that could not be listed", leftovers({}, three(), "unknown"), 0],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected === 1 ? "a leftover" : "none"}`, () => expect(found).toBe(expected));
});

test("destroyLeftovers: the domain here, and not the VM elsewhere", () => {
  const { memory, round } = masterScene({ read: database(three(), { domains: [domain()] }) });
  const self = { ...round.view.self, domains: here };
  const step = destroyLeftovers(memory, { ...round, view: { ...round.view, self } });
  expect(step).toEqual({ memory, actions: [{ kind: "destroy-domain", vm: vm("web") }], reasons: [] });
});
