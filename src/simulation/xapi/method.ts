import type { Database, Json } from "../database.ts";
import type { World, XapiProcess } from "../world.ts";

/** One API call while it is carried out. */
export interface Call {
  readonly world: World;
  /** The xapi that carries it out: the master's, but for the emergency calls. */
  readonly process: XapiProcess;
  readonly channel: "unix" | "tcp";
  readonly session: string;
  /** The session is one of this host only (`session.slave_local_login`). */
  readonly local: boolean;
  /** The uuid of its task, by which it stands in current_operations; most calls are none. */
  readonly task: () => string;
  /** Only on a master. */
  readonly database: Database;
}

/** Reference of the call's task. */
export function taskRef(call: Pick<Call, "task">): string {
  return `OpaqueRef:${call.task()}`;
}

export type ParameterType = "string" | "bool" | "int" | "float" | "map" | "set";

export interface Method {
  /** Without the session. */
  readonly params: readonly ParameterType[];
  /** How many of the last parameters may be left out. */
  readonly optional?: number;
  /** `none`: a login. `local`: pool-internal, refused to ordinary sessions. */
  readonly session?: "none" | "local";
  /** Carried out by a slave itself, also in emergency mode (adapters/xapi/README.md, "Who answers a call"). */
  readonly emergency?: true;
  /** Carried out by a slave itself, but not in emergency mode. */
  readonly notForwarded?: true;
  readonly async?: true;
  /** Nobody sees its task, so it has no uuid: the chances of a story do not hang on how often it is asked. */
  readonly taskless?: true;
  run(call: Call, args: readonly Json[]): Json | Promise<Json>;
}

export type Methods = Readonly<Record<string, Method>>;
