import { type Check, isNumber, isText, objectOf, recordOf } from "./shape.ts";

/** The last look at the devices that cut the hosts' power. */
export interface FenceDevices {
  /** FENCE_METHOD at that time: another one is looked at anew. */
  readonly method: string;
  readonly checkedAtMs: number;
  /** What is wrong with the device of a host, by uuid; empty is good. */
  readonly wrong: Readonly<Record<string, string>>;
}

export const isFenceDevices: Check<FenceDevices> = objectOf<FenceDevices>({
  method: isText,
  checkedAtMs: isNumber,
  wrong: recordOf(isText),
});
