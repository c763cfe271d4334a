import { GROUP_TIMINGS } from "../../../src/core/group/timings.ts";
import { EXACT, type LeasesSize } from "./lease-size.ts";
import { leasesRules } from "./leases.ts";
import type { Search } from "./searches.ts";
import { worldOf } from "./world.ts";

const TWO = ["a", "h"];
const THREE = ["a", "b", "h"];

/** One leader, whose clock is exact, and a roll that shows the lease and stands still. */
const RENEWED: LeasesSize = {
  names: TWO,
  inFlight: 1,
  terms: 1,
  reports: false,
  passes: false,
  leaseUnits: 4,
  lateUnits: 1,
  versions: null,
  begins: "shown",
  heardBy: [],
  accidents: 0,
  kills: false,
  wishes: false,
  boots: false,
  stale: false,
  slowDisarm: false,
  faster: 1,
  oldNumberUnits: null,
  timings: EXACT,
};
/** With a third host, in fewer units. */
const BRIEF: LeasesSize = { ...RENEWED, names: THREE, leaseUnits: 3, lateUnits: 0 };
/** The roll changes, and no slot fires. */
const CHANGED: LeasesSize = { ...RENEWED, names: THREE, leaseUnits: null, versions: 2, begins: "said" };
const TAKEN_BACK: LeasesSize = { ...CHANGED, begins: "unwished", lateUnits: 0 };
/** The clock of the leader is faster by as much as the program allows for. */
const DRIFTING = { faster: 1.01, timings: { ...EXACT, leaseDrift: GROUP_TIMINGS.leaseDrift } };

const quick = (name: string, size: LeasesSize): Search => ({
  ...{ name, world: () => worldOf(leasesRules(size)), isQuick: true },
});
const long = (name: string, size: LeasesSize): Search => ({ ...quick(name, size), isQuick: false });

/** One host has a lease, and each rule of it is looked at with as little else as it needs. */
export const LEASE_SEARCHES: readonly Search[] = [
  quick("a lease is renewed", { ...RENEWED, kills: true, accidents: 1 }),
  quick("a lease is renewed by clocks that differ", { ...RENEWED, ...DRIFTING }),
  quick("a host that has booted renews its lease", { ...RENEWED, oldNumberUnits: 5 }),
  quick("a lease is renewed, and another host leads", { ...BRIEF, terms: 2 }),
  quick("a lease is renewed by what another host reports", { ...BRIEF, reports: true }),
  quick("a lease is renewed by what another host passes on", { ...BRIEF, passes: true }),
  quick("a lease begins", { ...RENEWED, lateUnits: 0, versions: 3, begins: "bare" }),
  quick("a lease begins and ends", { ...CHANGED, wishes: true, accidents: 1 }),
  quick("a lease ends, and acknowledgements are passed on", {
    ...TAKEN_BACK,
    ...{ heardBy: ["a", "b"], passes: true, stale: true },
  }),
  quick("a lease ends, and another host leads", { ...TAKEN_BACK, heardBy: ["b"], terms: 2 }),
  quick("a host with a lease boots", {
    ...CHANGED,
    ...{ names: TWO, begins: "shown", versions: 3, lateUnits: 0, boots: true, accidents: 1 },
  }),
  quick("a lease is wished again while its slots are disarmed", {
    ...{ ...TAKEN_BACK, names: TWO, wishes: true, accidents: 1, slowDisarm: true },
  }),
  long("a lease begins, and disarming takes a while", {
    ...{ ...RENEWED, lateUnits: 0, versions: 3, begins: "bare", slowDisarm: true },
  }),
  long("a lease ends, and its numbers are reported", {
    ...{ ...CHANGED, inFlight: 2, reports: true, wishes: true, accidents: 1 },
  }),
  long("a lease of four units is renewed, and another host leads", {
    ...{ ...RENEWED, names: THREE, terms: 2, lateUnits: 0 },
  }),
  long("a lease is renewed, and two others lead in turn", { ...BRIEF, terms: 3 }),
  long("a lease is renewed, another host leads, and one monitor is killed", {
    ...{ ...BRIEF, terms: 2, kills: true, accidents: 1 },
  }),
  long("a lease is renewed by clocks that differ, and another host leads", {
    ...{ ...BRIEF, ...DRIFTING, terms: 2 },
  }),
  long("a lease is renewed by reports, and acknowledgements are passed on", {
    ...{ ...BRIEF, reports: true, passes: true },
  }),
  long("a lease begins and ends twice", { ...CHANGED, versions: 3, wishes: true, accidents: 2 }),
  long("a lease begins and ends, and another host leads", {
    ...{ ...CHANGED, lateUnits: 0, terms: 2, wishes: true, accidents: 1 },
  }),
];
