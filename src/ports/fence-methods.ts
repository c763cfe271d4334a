import type { HostUuid } from "../core/model/ids.ts";
import type { FenceRequest } from "./fencer.ts";

/** A method and its settings, whichever host is fenced with it. */
export type MethodRequest = Omit<FenceRequest, "host" | "action">;

/** What is known of a fence method without asking any device. */
export interface MethodReport {
  /** Why it could not fence these hosts, each with its cure; empty when nothing speaks against it. */
  readonly faults: readonly string[];
  /** An agent of a built-in method's name, which is not run; null when there is none. */
  readonly ignoredAgent: string | null;
  /** An agent of the administrator's own that `remember` has not been told of since it last changed; null: there is none. */
  readonly untestedAgent: string | null;
}

/** The fence methods of this host: what can be said of them before they are needed. */
export interface FenceMethods {
  /** Looks at files only: contacts no device, runs no agent. Never rejects. */
  examine(request: MethodRequest, hosts: readonly HostUuid[]): Promise<MethodReport>;
  /** An agent has told the truth about a host that is on. Returns why that cannot be remembered, else null. Never rejects. */
  remember(request: MethodRequest): Promise<string | null>;
}
