import type { HostUuid, VmUuid } from "../core/model/ids.ts";
import type { DatabaseView, Inventory, InventoryVm } from "../core/model/pool-view.ts";

/** A pool as the database has it, one of whose hosts dies: nothing of it is touched. */
export interface DrillRequest {
  readonly database: DatabaseView;
  readonly inventory: Inventory;
  /** The VMs that are part of it: what runs, and what is down and would be started. */
  readonly vms: readonly InventoryVm[];
  /** Parameters by name, as every host has them; no secrets. */
  readonly params: Readonly<Record<string, string>>;
  /** Addresses outside the pool that answer ping. */
  readonly answering: readonly string[];
  readonly host: HostUuid;
  readonly assumed: DrillAssumptions;
  /** VMs of the host that are expected to run again: when they do, it is soon over. */
  readonly expected: readonly VmUuid[];
  /** Without them it is over when nothing has happened for so long. */
  readonly quietMs: number;
}

/** What no database says, in milliseconds. */
export interface DrillAssumptions {
  /** A fence agent needs so long until it confirms. */
  readonly agentMs: number;
  /** The fence device dies with its host. */
  readonly deviceDies: boolean;
  /** A VM needs so long until it runs. */
  readonly vmStartMs: number;
  /** The guest of a started VM speaks after so long. */
  readonly guestMs: number;
}

/** A line of the story. Times are milliseconds since the host died. */
export interface DrillMoment {
  readonly atMs: number;
  readonly text: string;
}

/** When each of the steps was done, in milliseconds since the host died; null: it never was. */
export interface DrillTimes {
  /** No monitor heard it any more. */
  readonly missedMs: number | null;
  /** It was probed, and did not answer. */
  readonly suspectedMs: number | null;
  /** It counted as failed. */
  readonly failedMs: number | null;
  /** It was proved off. */
  readonly provedMs: number | null;
  /** Another host's XAPI served as master; null as well where no master died. */
  readonly newMasterMs: number | null;
  /** XAPI was told that it is dead. */
  readonly declaredMs: number | null;
  readonly firstVmMs: number | null;
  readonly lastVmMs: number | null;
}

/** What became of a VM that ran on the host. */
export interface DrilledVm {
  readonly uuid: VmUuid;
  /** null: it did not run again. */
  readonly to: HostUuid | null;
  readonly atMs: number | null;
}

export interface DrillResult {
  readonly moments: readonly DrillMoment[];
  readonly times: DrillTimes;
  readonly vms: readonly DrilledVm[];
  /** How long it was looked at. */
  readonly playedMs: number;
}

/** Plays it in virtual time. */
export type PlayDrill = (request: DrillRequest) => Promise<DrillResult>;
