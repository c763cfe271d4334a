import { type Check, isNumber, isText, objectOf } from "./shape.ts";

/** When a host whose xapi is held had said what it runs: by its own uptime, in that boot of it. */
export interface Agreed {
  readonly atMs: number;
  readonly bootId: string;
}

export const isAgreed: Check<Agreed> = objectOf<Agreed>({ atMs: isNumber, bootId: isText });
