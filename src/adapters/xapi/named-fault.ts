import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";
import type { Session } from "./session.ts";

/** Classes whose references stand in the errors of a start, the likeliest first. A reference does not tell its class. */
const CLASSES = ["VM", "SR", "host", "VDI", "network"] as const;
type NamedClass = (typeof CLASSES)[number];

/** Which class the references among an error's parameters are of, by code (XAPI's datamodel); others are tried. */
const CLASSES_BY_CODE: Readonly<Record<string, readonly NamedClass[]>> = {
  HOST_DISABLED: ["host"],
  HOST_DISABLED_UNTIL_REBOOT: ["host"],
  HOST_OFFLINE: ["host"],
  CANNOT_CONTACT_HOST: ["host"],
  VM_BAD_POWER_STATE: ["VM"],
  VM_REQUIRES_SR: ["VM", "SR"],
  VM_REQUIRES_NETWORK: ["VM", "network"],
  VM_HVM_REQUIRED: ["VM"],
  VDI_IN_USE: ["VDI"],
};

/** An error names a few things at the most; more questions than this are not worth a wait. */
const MOST_NAMED = 4;
const REFERENCE = /OpaqueRef:[0-9A-Za-z-]+/g;

/**
 * The fault with names in place of XAPI's references, so that a person can read it: `VM_REQUIRES_SR web, nfs-1`. Asks for
 * `name_label` (some calls, only after a failure); a reference that has no name stays.
 */
export async function namedFault(
  session: Session,
  fault: XapiFault,
  signal: AbortSignal,
): Promise<XapiFault> {
  if (fault.kind !== "api") return fault;
  const references = [...new Set(fault.params.flatMap((param) => param.match(REFERENCE) ?? []))];
  const known = CLASSES_BY_CODE[fault.code] ?? [];
  const names = new Map<string, string>();
  for (const [index, reference] of references.slice(0, MOST_NAMED).entries()) {
    const expected = known[index];
    const name = await nameOf(session, reference, expected === undefined ? CLASSES : [expected], signal);
    if (name !== null) names.set(reference, name);
  }
  const params = fault.params.map((param) =>
    param.replaceAll(REFERENCE, (reference) => names.get(reference) ?? reference),
  );
  return { ...fault, params };
}

/** The same session, whose faults have names in them: for people who wait at a terminal, not for a pass. */
export function namingSession(session: Session): Session {
  const named = async <T>(result: XapiResult<T>, signal: AbortSignal): Promise<XapiResult<T>> =>
    result.ok ? result : { ok: false, fault: await namedFault(session, result.fault, signal) };
  return {
    call: async (method, params, signal, limitMs) =>
      named(await session.call(method, params, signal, limitMs), signal),
    callLocally: (method, params, signal, options) => session.callLocally(method, params, signal, options),
    close: () => session.close(),
    calls: () => session.calls(),
  };
}

async function nameOf(
  session: Session,
  reference: string,
  classes: readonly NamedClass[],
  signal: AbortSignal,
): Promise<string | null> {
  for (const cls of classes) {
    const answer = await session.call(`${cls}.get_name_label`, [reference], signal);
    if (answer.ok && typeof answer.value === "string" && answer.value !== "") return answer.value;
    if (signal.aborted) return null;
  }
  return null;
}
