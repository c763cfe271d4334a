/** Why a request brought no answer that can be used; `final` as of a `PowerReading`. */
export interface Fault {
  readonly ok: false;
  readonly why: string;
  readonly final: boolean;
}

/** Asking again may help. */
export function passing(why: string): Fault {
  return { ok: false, why, final: false };
}

/** Asking again changes nothing, or does harm. */
export function final(why: string): Fault {
  return { ok: false, why, final: true };
}
