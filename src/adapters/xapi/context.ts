import type { Clock } from "../../ports/clock.ts";
import type { Refs } from "./refs.ts";
import type { Session } from "./session.ts";
import type { VmIndex } from "./vm-index.ts";

/** What the parts of the client share during one pass. */
export interface XapiContext {
  readonly session: Session;
  readonly refs: Refs;
  readonly index: VmIndex;
  readonly clock: Clock;
}
