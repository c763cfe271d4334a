import { type Check, isFlag, isNumber, objectOf } from "./shape.ts";

/** The silence of this host's own xapi. */
export interface ToolstackSilence {
  readonly silentSinceMs: number;
  /** This silence already cost a restart of the toolstack. */
  readonly restarted: boolean;
}

export const isToolstackSilence: Check<ToolstackSilence> = objectOf<ToolstackSilence>({
  silentSinceMs: isNumber,
  restarted: isFlag,
});
