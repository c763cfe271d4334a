import type { ActionKind, Result } from "./action.ts";
import type { Severity } from "./alert.ts";

/** The exclusive vote outside the pool (TIE_BREAKER), or the heuristic IPs. */
export type EventTie = "tie-breaker" | "heuristic-ips";

/** Whose votes there were when something was decided; hosts by name. */
export interface EventVotes {
  /** Who leads, as the host that decides knows it; null: nobody, or it does not know. */
  readonly leader: string | null;
  /** Whose votes count. */
  readonly counts: readonly string[];
  /** Which of them were heard, itself among them. */
  readonly heard: readonly string[];
  /** What decided where exactly half of them were heard; null: nothing had to, or nothing did. Earlier versions do not say. */
  readonly tie?: EventTie | null | undefined;
}

/**
 * Something that happened to a pool, as one host of it has seen or done it. Hosts and VMs by the names that people know. Times are ISO 8601 by
 * the wall clock of that host.
 */
export type PoolEvent =
  /** Another host answers, or does not. */
  | {
      readonly kind: "health";
      readonly at: string;
      readonly of: string;
      readonly state: "alive" | "xapi-down" | "suspect" | "failed";
    }
  /** How far the incident of a failed host has come (core/memory/incident.ts); `over`: it is a member like any other. */
  | {
      readonly kind: "incident";
      readonly at: string;
      readonly of: string;
      readonly phase: string;
      readonly proved: boolean;
      /** The fence method that has proved it, or `a person`; null: none. */
      readonly by: string | null;
    }
  /** How far the host that has seen this has come in its take-over (core/memory/promotion.ts); `over`: the pool is whole, or the old master answers. */
  | { readonly kind: "take-over"; readonly at: string; readonly phase: string }
  /** An action begins. `from`: where a VM ran that is started. */
  | {
      readonly kind: "begun";
      readonly at: string;
      readonly what: ActionKind;
      readonly of: string;
      readonly from: string | null;
      readonly votes: EventVotes | null;
    }
  /** An action has ended. `on`: where a VM that was started runs; null: it is not seen yet. */
  | {
      readonly kind: "ended";
      readonly at: string;
      readonly what: ActionKind;
      readonly of: string;
      readonly result: Result["kind"];
      readonly why: string | null;
      readonly on: string | null;
    }
  /** A line of the log, which is no repetition. */
  | { readonly kind: "said"; readonly at: string; readonly severity: Severity; readonly text: string };
