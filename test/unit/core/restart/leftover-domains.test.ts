import { describe, expect, test } from "bun:test";
import type { DomainRecord } from "../../../../src/core/model/pool-view.ts";
import { destroyLeftovers, findLeftovers } from "../../../../src/core/restart/leftover-domains.ts";
import { database, host, hostView, masterRound, memoryWith, vm } from "../fixtures.ts";

const RUNS_ON_H2: DomainRecord = { uuid: vm("web"), residentOn: host(2), powerState: "Running", busy: false };

/** A domain of web runs on h1; the database has it so, and h2 so. */
function look(
  record: Partial<DomainRecord> | null,
  h2 = {},
  domains: "unknown" | readonly string[] = ["web"],
) {
  const hosts = [hostView(host(1)), hostView(host(2), h2)];
  const read = database(hosts, { domains: record === null ? [] : [{ ...RUNS_ON_H2, ...record }] });
  const here = domains === "unknown" ? domains : domains.map(vm);
  return masterRound(memoryWith(), { self: { domains: here }, database: read });
}
const found = (...situation: Parameters<typeof look>) => {
  const { view, database: read } = look(...situation);
  return findLeftovers(view.self, read);
};

describe("findLeftovers", () => {
  test("findLeftovers: a VM that the database says runs on another host", () =>
    expect(found({})).toEqual([{ vm: vm("web"), runsOn: host(2) }]));

  const rows: readonly [string, ReturnType<typeof found>][] = [
    ["one that is no VM of the database", found(null)],
    ["one that runs here in the database, too", found({ residentOn: host(1) })],
    ["one that is resident nowhere", found({ residentOn: null })],
    ["one on which an operation is in progress", found({ busy: true })],
    ["one that is halted in the database", found({ powerState: "Halted" })],
    ["one whose other host is disabled", found({}, { enabled: false })],
    ["one whose other host is not live", found({}, { live: false })],
    ["one whose other host is not in the pool", found({ residentOn: host(9) })],
    ["one that does not run here", found({}, {}, [])],
    ["any while the domains of this host are unknown", found({}, {}, "unknown")],
  ];
  for (const [title, leftovers] of rows) {
    test(`findLeftovers: not ${title}`, () => expect(leftovers).toEqual([]));
  }
});

test("destroyLeftovers: each is destroyed at once", () => {
  const round = look({});
  expect(destroyLeftovers(round.memory, round).actions).toEqual([{ kind: "destroy-domain", vm: vm("web") }]);
});
