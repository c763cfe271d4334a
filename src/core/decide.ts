import { rebaseMemory } from "./memory/rebase.ts";
import { nothing, type Round, type Step } from "./memory/step.ts";
import { stepToolstack } from "./pace/toolstack.ts";
import { decideMaster } from "./roles/master.ts";
import { decideSlave } from "./roles/slave.ts";
import { assertSafe } from "./safety.ts";

/** One round: from what is seen and remembered to what is done and said. Pure; the same input gives the same output. */
export function decide(raw: Round): Step {
  const round = { ...raw, memory: rebaseMemory(raw.memory, raw.view.self.bootId) };
  const decision = watchToolstack(decideByRole(round), round);
  assertSafe(decision.actions, decision.memory, round);
  return decision;
}

function watchToolstack(decision: Step, { view, settings }: Round): Step {
  const isHaOn = decision.memory.lastGood?.haFlag === "on";
  if (!isHaOn || decision.memory.promotion !== null) return decision;
  const own = stepToolstack(decision.memory.toolstack, view, settings);
  return {
    ...decision,
    memory: { ...decision.memory, toolstack: own.toolstack },
    actions: [...decision.actions, ...own.actions],
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
