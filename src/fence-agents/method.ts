import type { Clock } from "../ports/clock.ts";
import type { PowerDevice } from "./device.ts";
import type { AgentRequest } from "./request.ts";

export interface MethodContext {
  readonly clock: Clock;
  /** Environment of the programs it runs: PATH and the like, no secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** How this program is started again as a child: ssh asks it for the password. */
  readonly self: readonly string[];
  /** Folder for what is learnt about devices and must last: pinned keys and certificates. */
  readonly pins: string;
  readonly say: (text: string) => void;
}

/** Finds the device of a host from the method's files; a string says why there is none. Contacts nobody. */
export type OpenDevice = (request: AgentRequest, context: MethodContext) => PowerDevice | string;
