import type { AlertTarget, Severity } from "../model/alert.ts";
import type { TargetedNotice } from "./alert-policy.ts";

/** The hook that is told everything. */
export const EVERY_EVENT = "all";

/** What a hook of an administrator gets on its standard input, as JSON. Fields may be added; those that are here keep their name and meaning. */
export interface HookEvent {
  readonly schema: 1;
  /** The kind of what is said (core/model/reason.ts): `host-fenced`, `vm-started`. It is the name of the hook, too. */
  readonly event: string;
  readonly severity: Severity;
  readonly text: string;
  /** What a person should do; empty when the text says it, or there is nothing to do. */
  readonly advice: string;
  /** What it is about. */
  readonly target: AlertTarget;
  /** An alert: it is mailed and posted, too, as the parameters have it. */
  readonly alert: boolean;
  /** The uuid of the host that says it. */
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A storm is cut: what a hook is told twenty times in one round it cannot use. */
const MOST_EVENTS = 20;

/** The events of a round, the first ones of a storm. */
export function hookEvents(
  told: readonly TargetedNotice[],
  host: string,
  wallMs: number,
): readonly HookEvent[] {
  const at = new Date(wallMs).toISOString();
  return told.slice(0, MOST_EVENTS).map(({ key, severity, body, advice, target, alert }) => ({
    ...{ schema: 1, event: key.split(":", 1)[0] ?? key, severity, text: body, advice },
    ...{ target, alert, host, at },
  }));
}
