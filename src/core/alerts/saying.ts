import type { FunctionName, Severity } from "../model/alert.ts";
import type { Reason } from "../model/reason.ts";

/** A reason in words, before the alert policy. */
export interface Saying {
  readonly from: FunctionName;
  readonly severity: Severity;
  /** What it is about, so that two hosts are two conditions. */
  readonly about: string;
  readonly text: string;
  readonly event?: true;
  readonly alert?: boolean;
}

export type SayingOf<K extends Reason["kind"]> = (reason: Extract<Reason, { kind: K }>) => Saying;

/** Words for some kinds of reasons. */
export type SayingsOf<K extends Reason["kind"]> = { readonly [Kind in K]: SayingOf<Kind> };
