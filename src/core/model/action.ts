import type { Alert } from "./alert.ts";
import type { ApplianceUuid, HostUuid, PoolUuid, VmUuid } from "./ids.ts";
import type { XapiFault } from "./pool-view.ts";
import type { Stop } from "./stop.ts";

/** Everything an iteration can do to the world. Each is safe to repeat. */
export type Action =
  /**
   * `candidates` in the order to try; empty: XAPI picks the host (HOST_SELECT_METHOD=1). `rests`, here and below: it rests on the
   * proof that these hosts are off, which is taken again right before (app/pass/proofs.ts). `unlessOn`: nor does it begin when the device
   * of one of these says that it is on.
   */
  | {
      readonly kind: "start-vm";
      readonly vm: VmUuid;
      readonly name: string;
      readonly candidates: readonly HostUuid[];
      readonly asks: readonly Asked[];
      readonly rests: readonly HostUuid[];
      readonly unlessOn: readonly HostUuid[];
    }
  | {
      readonly kind: "start-appliance";
      readonly appliance: ApplianceUuid;
      readonly name: string;
      readonly asks: readonly Asked[];
      readonly rests: readonly HostUuid[];
      readonly unlessOn: readonly HostUuid[];
    }
  /** Who stopped the VM is kept with it; null: it runs, and that is over. */
  | { readonly kind: "keep-stop"; readonly vm: VmUuid; readonly stop: Stop | null }
  | {
      readonly kind: "stamp-home-pool";
      readonly vm: VmUuid;
      readonly pool: PoolUuid;
    }
  /** `pingIsLife`: in the last probe before the agent runs, ICMP alone means alive (it was silent when the host failed). */
  | {
      readonly kind: "fence-host";
      readonly host: HostUuid;
      readonly address: string;
      readonly pingIsLife: boolean;
      /** By the leader of the group: it ends with the mandate. false: by the administrator's choice, without one. */
      readonly byLeader: boolean;
    }
  /** `proved`: a fence agent confirmed the power-off, so XAPI may be told at once (`host.tickle_heartbeat`). */
  | {
      readonly kind: "declare-host-dead";
      readonly host: HostUuid;
      readonly proved: boolean;
    }
  /** `name`: as people know it; once it is done, no view lists the host any more. */
  | { readonly kind: "forget-host"; readonly host: HostUuid; readonly name: string }
  /** FENCE_ACTION=reset: the device of a host that is off is told to switch it on. */
  | { readonly kind: "switch-on-host"; readonly host: HostUuid }
  | { readonly kind: "enable-host"; readonly host: HostUuid }
  /** The xapi of another host starts again, and compares its VMs with the database of this master. */
  | {
      readonly kind: "restart-xapi";
      readonly host: HostUuid;
      /** Its comparison may end these VMs there and no other, which is made sure of right before. */
      readonly mayEnd: readonly VmUuid[];
    }
  | {
      readonly kind: "mark-host";
      readonly host: HostUuid;
      readonly key: string;
      readonly value: HostMark;
    }
  | {
      readonly kind: "set-pool-key";
      readonly key: string;
      readonly value: string;
    }
  /** `parameters`: the fingerprint that the slaves then have (core/members/remember.ts). */
  | { readonly kind: "sync-database"; readonly parameters: string }
  /** The master writes its own database to disk at once (core/members/on-disk.ts). */
  | {
      readonly kind: "store-database";
      readonly master: HostUuid;
      /** The fingerprint that is there then. */
      readonly placement: string;
      /** What the database counts from then on. */
      readonly changes: number;
    }
  /** A slave fetches a copy of its master's database, which has counted so many changes (core/members/own-copy.ts). */
  | {
      readonly kind: "fetch-database";
      readonly host: HostUuid;
      readonly master: HostUuid;
      readonly changes: number;
    }
  | {
      readonly kind: "promote-self";
      readonly rests: readonly HostUuid[];
      /** The address of the old master, to which the route is blocked first (core/takeover/route.ts); null: of nobody. */
      readonly route: string | null;
    }
  /** Every route that this host has blocked is taken back. */
  | { readonly kind: "unblock-routes" }
  /** The own xapi is to follow the host at that address. It is held, until the database of that one agrees with what runs here. */
  | { readonly kind: "follow-master"; readonly address: string }
  /** The own xapi is to start again, when the database of its master agrees with what runs here. */
  | { readonly kind: "hold-xapi" }
  | { readonly kind: "release-xapi" }
  /** This host is master no more (core/takeover/resign.ts); `address`: its own one. */
  | { readonly kind: "resign-master"; readonly address: string }
  | {
      readonly kind: "correct-database";
      /** It runs on this host and nowhere else, which is asked once more. */
      readonly vm: VmUuid;
      readonly host: HostUuid;
      /** The host on which the database has it; null: nowhere, it calls it halted. */
      readonly says: HostUuid | null;
      readonly ask: Asked;
    }
  | { readonly kind: "restart-toolstack" }
  /** Asks the devices of these hosts whether they are on; `live`: one of a host that is up cannot be off. */
  | {
      readonly kind: "check-fence-devices";
      readonly method: string;
      readonly hosts: readonly { readonly host: HostUuid; readonly live: boolean }[];
    }
  | { readonly kind: "reboot-self" }
  /** One mail for all of them; not empty. */
  | { readonly kind: "mail"; readonly alerts: readonly Alert[] }
  /** As XAPI message, on what it is about. */
  | { readonly kind: "post-message"; readonly alert: Alert };

/** A VM that is going to be started, and who must say once more, right before that, that he does not run it. */
export interface Asked {
  readonly vm: VmUuid;
  readonly witnesses: readonly Witness[];
  /** The stop by a client that was known of when its start was decided, as in `StopMessages.stoppedAtMs`: a newer one holds the start. Absent: none. */
  readonly knownStopMs?: number;
}

/** A host that is asked before a VM is started: every one that is neither proved off nor written off. */
export interface Witness {
  readonly host: HostUuid;
  /** Its no counts for nothing yet: a start may be under way inside its xapi. */
  readonly isUnsettled: boolean;
  /** Its silence means nothing: the VM was seen running elsewhere after this host was last heard. */
  readonly isExcused: boolean;
}

export type HostMark = "master" | "healthy" | "failed";
export type ActionKind = Action["kind"];

/** The hosts on whose proof that they are off it rests. */
export function restsOf(action: Action): readonly HostUuid[] {
  if (action.kind === "declare-host-dead") return action.proved ? [action.host] : [];
  return "rests" in action ? action.rests : [];
}

/** One action of a kind on one thing at a time: the key under which it is in flight and backs off. */
export function actionKey(action: Action): string {
  switch (action.kind) {
    case "start-vm":
    case "correct-database":
    case "stamp-home-pool":
    case "keep-stop":
      return `${action.kind}:${action.vm}`;
    case "start-appliance":
      return `${action.kind}:${action.appliance}`;
    case "fence-host":
    case "declare-host-dead":
    case "forget-host":
    case "switch-on-host":
    case "enable-host":
    case "restart-xapi":
    case "mark-host":
      return `${action.kind}:${action.host}`;
    case "set-pool-key":
      return `${action.kind}:${action.key}`;
    case "mail":
      return `${action.kind}:${action.alerts[0]?.key}`;
    case "post-message":
      return `${action.kind}:${action.alert.key}`;
    default:
      return action.kind;
  }
}

/** Why a fence attempt is not a success. Only a verified power-off is one (fence-agents/README.md, "The contract of an agent"). */
export type FenceFault =
  | "agent-missing"
  | "agent-not-executable"
  | "agent-failed"
  | "agent-timeout"
  | "agent-killed"
  | "already-running"
  | "last-probe-unknown"
  | "host-answers-again";

/** What became of an action. `pending`: begun, not finished when the pass had to end. */
export type Result =
  /** `by`: the fence method that succeeded. */
  | { readonly kind: "done"; readonly by?: string }
  /** What is wrong with the fence device of a host, by the host's uuid. */
  | { readonly kind: "checked"; readonly wrong: Readonly<Record<string, string>> }
  | { readonly kind: "pending" }
  | { readonly kind: "refused"; readonly fault: XapiFault }
  | {
      readonly kind: "not-fenced";
      readonly fault: FenceFault;
      readonly detail: string;
    }
  /** Not begun, because of what the hosts said right before it, or did not say. */
  | { readonly kind: "held"; readonly why: string }
  /** Not begun, for it rests on a proof that is over (the device says on), or cannot be taken again now. */
  | { readonly kind: "unproved"; readonly host: HostUuid; readonly isOver: boolean; readonly why: string }
  | { readonly kind: "failed"; readonly detail: string };

/** An action with its result. */
export interface Outcome {
  readonly action: Action;
  readonly result: Result;
}
