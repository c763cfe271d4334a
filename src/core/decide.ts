import { noteFences } from "./fencing/note-fences.ts";
import { isDisarmed } from "./group/disarmed.ts";
import { keepMaintenance } from "./members/keep-maintenance.ts";
import { noteDisarm } from "./members/note-disarm.ts";
import { noteOwnBoots } from "./members/own-boots.ts";
import { rebaseMemory } from "./memory/rebase.ts";
import { nothing, type Round, type Step } from "./memory/step.ts";
import type { Action } from "./model/action.ts";
import type { Reason } from "./model/reason.ts";
import { stepToolstack } from "./pace/toolstack.ts";
import { decideMaster } from "./roles/master.ts";
import { decideSlave } from "./roles/slave.ts";
import { assertSafe } from "./safety.ts";
import { namedUnderHa } from "./takeover/named.ts";
import { endHold, followNamed, reportHold } from "./takeover/own-xapi.ts";
import { resignUnserved } from "./takeover/resign.ts";
import { endRoutes } from "./takeover/route.ts";

/** One round: from what is seen and remembered to what is done and said. Pure; the same input gives the same output. */
export function decide(raw: Round): Step {
  const based = rebaseMemory(raw.memory, raw.view.self.bootId);
  const view = keepMaintenance(based, raw.view);
  const memory = noteOwnBoots(noteFences(based, view), view);
  const round = { ...raw, view, memory };
  const step = watchToolstack(decideByRole(round), round);
  const decision = endRoutes(resignUnserved(step, round), round);
  assertSafe(decision.actions, decision.memory, round);
  const noted = noteDisarm(decision.memory, view);
  return { ...decision, memory: noted.memory, reasons: [...noted.reasons, ...decision.reasons] };
}

/**
 * What a host does that does not know its parameters, or its pool: its own xapi follows the master whom the group has named, a hold of
 * it ends, and so does a blocked route; the named master that cannot serve gives up its place. No parameter says anything of that.
 */
export function decideOwnXapi(raw: Round): Step {
  const memory = rebaseMemory(raw.memory, raw.view.self.bootId);
  const round = { ...raw, memory };
  const own = endHold(memory, round) ?? followNamed(memory, round) ?? nothing(memory);
  const unknown: Reason = {
    kind: "parameters-unknown",
    starting: raw.view.self.initCompleteAtMs === null,
  };
  const told: Step = { ...own, reasons: [unknown, ...reportHold(memory, raw.view), ...own.reasons] };
  const step = endRoutes(resignUnserved(told, round), round);
  assertSafe(step.actions, step.memory, round);
  return step;
}

/** A xapi that was told to be master answers again within seconds. */
const BECOMING_MS = 60_000;

function watchToolstack(decision: Step, { view, settings }: Round): Step {
  const { lastGood, promotion, toolstack } = decision.memory;
  const isBecomingMaster = promotion !== null && view.nowMs - promotion.sinceMs < BECOMING_MS;
  if (lastGood?.haFlag !== "on" || isBecomingMaster || isDisarmed(view, view.self.uuid)) return decision;
  const own = stepToolstack(toolstack, view, settings);
  // A slave's starts again only when the database of its master agrees with what runs here; while nobody leads, nobody can say so.
  const waits = view.self.role.kind === "slave" && namedUnderHa(view) !== view.self.uuid;
  const actions: readonly Action[] = own.actions.length > 0 && waits ? [{ kind: "hold-xapi" }] : own.actions;
  return {
    ...decision,
    memory: { ...decision.memory, toolstack: own.toolstack },
    actions: [...decision.actions, ...actions],
  };
}

function decideByRole(round: Round): Step {
  const { role } = round.view.self;
  switch (role.kind) {
    case "master":
      return decideMaster(round);
    case "slave":
      return decideSlave(round);
    case "broken":
      return idle(
        round,
        "xapi has set the role to broken; see xe host-emergency-ha-disable and the xensource.log",
      );
    case "unknown":
      return idle(round, role.why);
  }
}

function idle({ memory }: Round, why: string): Step {
  return { ...nothing(memory), reasons: [{ kind: "role-unknown", why }] };
}
