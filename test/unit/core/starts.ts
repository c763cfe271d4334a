import type { Action } from "../../../src/core/model/action.ts";
import { applianceUuid, type HostUuid } from "../../../src/core/model/ids.ts";
import { host, vm } from "./fixtures.ts";

/** The start of a VM on h1, which rests on the proof that these hosts are off. */
export const startVm = (rests: readonly HostUuid[] = []): Extract<Action, { kind: "start-vm" }> => ({
  kind: "start-vm",
  vm: vm("web"),
  name: "web",
  candidates: [host(1)],
  asks: [],
  rests,
  unlessOn: [],
});

/** The same of an appliance. */
export const startShop = (rests: readonly HostUuid[] = []): Extract<Action, { kind: "start-appliance" }> => ({
  kind: "start-appliance",
  appliance: applianceUuid("shop"),
  name: "shop",
  asks: [],
  rests,
  unlessOn: [],
});
