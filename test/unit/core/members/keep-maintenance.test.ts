import { describe, expect, test } from "bun:test";
import { keepMaintenance } from "../../../../src/core/members/keep-maintenance.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import type { HeardPeer, OwnState } from "../../../../src/core/model/hearing.ts";
import type { HostView, HostWork } from "../../../../src/core/model/pool-view.ts";
import {
  database,
  goodView,
  host,
  hostView,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  vm,
} from "../fixtures.ts";
import { localView, published } from "../own-host.ts";
import { leads } from "../sight.ts";

const NOW_MS = 1_000_000;
const SERVING: OwnState = {
  ...{ role: "slave", master: host(1), xapi: "serving", startComplete: true, enabled: true },
  ...{ haWished: true, leaving: false, changes: null, office: null },
};

interface Case {
  readonly known?: Partial<KnownHost>;
  readonly seen?: Partial<HostView>;
  /** What h3 says of itself; null: it is silent. */
  readonly own?: OwnState | null;
  readonly masterStarts?: boolean;
  readonly declared?: "declared" | "returned";
}

/** What becomes of h3 in the view of the master h1. */
function keep({ known = {}, seen = {}, own = SERVING, masterStarts = false, declared }: Case): string {
  const hosts = [
    hostView(host(1), { xapiStartTime: masterStarts ? "2." : "1." }),
    hostView(host(2)),
    hostView(host(3), seen),
  ];
  const peer: HeardPeer = {
    ...{ host: host(3), heard: own === null ? "silent" : "direct", sinceMs: 0, ageMs: 0, by: null },
    ...{ ways: [], own, hears: null },
  };
  const self = localView(host(1), { kind: "master" });
  const group = leads(host(1), [host(1), host(2), host(3)]);
  const memory = memoryWith({
    lastGood: goodView({ hosts: [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), known)] }),
    incidents: declared === undefined ? {} : incidentIn(declared),
  });
  const { view } = masterRound(memory, {
    nowMs: NOW_MS,
    database: database(hosts),
    hearing: published(self, NOW_MS, [peer], group),
  });
  const { database: read } = keepMaintenance(memory, view);
  const after = read.ok ? read.value.hosts[2] : undefined;
  return `${after?.enabled === true ? "enabled" : "disabled"}, ${after?.work?.kind ?? "no work"}`;
}

const DISABLED: HostWork = { kind: "disabled", isSettled: true, vms: [] };
const UNSETTLED: HostWork = { kind: "disabled", isSettled: false, vms: [] };
const OFF = { enabled: false };
const BOOTED = { xapiStartTime: "2." };
const KEPT: HostWork = { kind: "enabled-by-start", vms: [vm("old")] };
const running = (name: string) => ({ residents: [{ uuid: vm(name), homePool: null }] });

describe("keepMaintenance", () => {
  const cases: readonly [string, Case, string][] = [
    ["a host that is enabled stays so", {}, "enabled, no work"],
    ["a person disables it", { seen: OFF }, "disabled, disabled"],
    [
      "its own start disables it",
      { seen: OFF, own: { ...SERVING, startComplete: false } },
      "disabled, no work",
    ],
    ["the master's start disables it", { seen: OFF, masterStarts: true }, "disabled, no work"],
    [
      "a person has disabled it while the master started, or an earlier master has declared it dead",
      { known: { ...OFF, disabledByStart: true, disabledSinceMs: 950_000 }, seen: OFF },
      "disabled, no work",
    ],
    [
      "its own start has ended without enabling it",
      {
        known: { ...OFF, disabledByStart: true, disabledSinceMs: 950_000, xapiStartedAtMs: 950_000 },
        seen: OFF,
      },
      "disabled, no work",
    ],
    ["it is disabled while it is silent", { seen: OFF, own: null }, "disabled, no work"],
    ["it was declared dead", { seen: OFF, declared: "declared" }, "disabled, no work"],
    ["it was, and is back, disabled still", { seen: OFF, declared: "returned" }, "disabled, no work"],
    [
      "it was disabled, and is silent",
      { known: { ...OFF, work: DISABLED }, seen: OFF, own: null },
      "disabled, disabled",
    ],
    [
      "its start enables it",
      { known: { ...OFF, work: DISABLED }, seen: BOOTED },
      "disabled, enabled-by-start",
    ],
    [
      "its start enables it some time after it was seen",
      { known: { ...OFF, work: UNSETTLED } },
      "disabled, enabled-by-start",
    ],
    [
      "the master's start enables it",
      { known: { ...OFF, work: DISABLED }, masterStarts: true },
      "disabled, enabled-by-start",
    ],
    [
      "its start ends without enabling it, and then a person does",
      { known: { ...OFF, work: DISABLED } },
      "enabled, no work",
    ],
    ["it stays so", { known: { ...OFF, work: KEPT }, seen: running("old") }, "disabled, enabled-by-start"],
    [
      "for half an hour",
      { known: { ...OFF, work: KEPT, xapiStartedAtMs: NOW_MS - 1_799_999 } },
      "disabled, enabled-by-start",
    ],
    ["no longer", { known: { ...OFF, work: KEPT, xapiStartedAtMs: NOW_MS - 1_800_000 } }, "enabled, no work"],
    [
      "from a further start on anew",
      { known: { ...OFF, work: KEPT, xapiStartedAtMs: NOW_MS - 1_800_000 }, seen: BOOTED },
      "disabled, enabled-by-start",
    ],
    ["while it is silent, too", { known: { ...OFF, work: KEPT }, own: null }, "disabled, enabled-by-start"],
    [
      "its start enables it, and a VM has come before that is seen",
      { known: { ...OFF, work: UNSETTLED }, seen: { ...BOOTED, ...running("new") } },
      "enabled, no work",
    ],
    ["a VM comes", { known: { ...OFF, work: KEPT }, seen: running("new") }, "enabled, no work"],
    ["a person disables it once more", { known: { ...OFF, work: KEPT }, seen: OFF }, "disabled, disabled"],
    ["it is being emptied, and enabled", { seen: { isEmptied: true } }, "disabled, no work"],
  ];
  for (const [what, given, expected] of cases) test(what, () => expect(keep(given)).toBe(expected));

  test("the VMs that are there at its start are remembered", () => {
    const before = goodView({
      hosts: [
        knownHost(host(1)),
        knownHost(host(3), { ...OFF, work: { ...DISABLED, vms: [vm("a"), vm("gone")] } }),
      ],
    });
    const read = database([hostView(host(1)), hostView(host(3), { ...BOOTED, ...running("a") })]);
    const { view } = masterRound(memoryWith({ lastGood: before }), { database: read });
    const kept = keepMaintenance(memoryWith({ lastGood: before }), view).database;
    expect(kept.ok && kept.value.hosts[1]?.work).toEqual({ kind: "enabled-by-start", vms: [vm("a")] });
  });

  test("where no other host is enabled it is over", () => {
    const before = goodView({ hosts: [knownHost(host(3), { ...OFF, work: KEPT })] });
    const { view } = masterRound(memoryWith({ lastGood: before }), {
      database: database([hostView(host(3))]),
    });
    const kept = keepMaintenance(memoryWith({ lastGood: before }), view).database;
    expect(kept.ok && kept.value.hosts[0]).toMatchObject({ enabled: true, work: null });
  });

  test("without a last good view nothing is known", () => {
    const { view } = masterRound(memoryWith({ lastGood: null }));
    expect(keepMaintenance(memoryWith({ lastGood: null }), view)).toBe(view);
  });
});
