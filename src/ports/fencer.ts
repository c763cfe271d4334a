import type { FenceFault } from "../core/model/action.ts";
import type { HostUuid } from "../core/model/ids.ts";

export type FenceOutcome =
  | { readonly kind: "fenced" }
  | {
      readonly kind: "not-fenced";
      readonly fault: FenceFault;
      readonly detail: string;
    };

/** What an agent is given; all of it reaches it in the environment, nothing secret on the command line. */
export interface FenceRequest {
  readonly host: HostUuid;
  readonly method: string;
  readonly action: "start" | "stop" | "reset";
  /** Folder that holds `<METHOD>/<METHOD>.sh` (FENCE_FILE_LOC). */
  readonly agents: string;
  /** Total time of the agent run. */
  readonly timeoutMs: number;
  /** FENCE_PASSWD, FENCE_USER, FENCE_IPADDRESS. */
  readonly device: {
    readonly password: string;
    readonly user: string;
    readonly address: string;
  };
}

/** What the device of a host says about its power, asked and nothing more. */
export type DeviceState =
  | { readonly kind: "on" }
  | { readonly kind: "off" }
  | { readonly kind: "unknown"; readonly why: string }
  /** There is no device (POOL), or the agent does not say that it can be asked. */
  | { readonly kind: "not-asked"; readonly why: string };

/** Cuts a host off from its VMs' disks, by power or otherwise. */
export interface Fencer {
  /**
   * Resolves `fenced` only when the agent confirmed it (exit 0); any other status, a signal, a missing agent or a
   * timeout is `not-fenced`. The agent's whole process group ends with the call. Never rejects: the caller must
   * decide about an unfenced host.
   */
  fence(request: FenceRequest, signal: AbortSignal): Promise<FenceOutcome>;
  /**
   * Asks the agent for the power state; switches nothing. An agent is asked only when it says in a comment that it knows
   * `status`: one that does not look at its second argument would switch the host off. Never rejects.
   */
  status(request: Omit<FenceRequest, "action">, signal: AbortSignal): Promise<DeviceState>;
}
