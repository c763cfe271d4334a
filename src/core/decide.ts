import type { Decision, DecisionInput } from "./members/decision.ts";
import { rebaseMemory } from "./memory/memory.ts";
import type { Reason } from "./model/reason.ts";
import { stepToolstack } from "./pace/toolstack.ts";
import { decideMaster } from "./roles/master.ts";
import { decideSlave } from "./roles/slave.ts";
import { assertSafe } from "./safety.ts";

/** One round: from what is seen and remembered to what is done and said. Pure; the same input gives the same output. */
export function decide(raw: DecisionInput): Decision {
  const input = { ...raw, memory: rebaseMemory(raw.memory, raw.view.self.bootId) };
  const decision = watchToolstack(decideByRole(input), input);
  assertSafe(decision.actions, decision.memory, input.settings);
  return decision;
}

function watchToolstack(decision: Decision, input: DecisionInput): Decision {
  const haOn = decision.memory.lastGood?.haFlag === "on";
  if (!haOn || decision.memory.promotion !== null) return decision;
  const own = stepToolstack(decision.memory.toolstack, input.view, input.settings);
  return {
    ...decision,
    memory: { ...decision.memory, toolstack: own.toolstack },
    actions: [...decision.actions, ...own.actions],
  };
}

function decideByRole(input: DecisionInput): Decision {
  const { role } = input.view.self;
  switch (role.kind) {
    case "master":
      return decideMaster(input);
    case "slave":
      return decideSlave(input);
    case "broken":
      return idle(
        input,
        "xapi has set the role to broken; see xe host-emergency-ha-disable and the xensource.log",
      );
    case "unknown":
      return idle(input, role.why);
  }
}

function idle(input: DecisionInput, why: string): Decision {
  const reason: Reason = { kind: "role-unknown", why };
  return { memory: input.memory, actions: [], reasons: [reason] };
}
