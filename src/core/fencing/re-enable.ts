import { type DecisionInput, mayBegin } from "../members/decision.ts";
import { isSlaveOf } from "../members/slave-of.ts";
import type { Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import { omit } from "../model/record.ts";

/** xapi enables a host at the end of its own start; one that does not within this time never will. */
const OWN_ENABLE_MS = 60_000;

export interface ReEnableStep {
  readonly memory: Memory;
  readonly actions: readonly Action[];
}

/**
 * `host.declare_dead` disables a host, and xapi enables one only when it starts: a host that came back while it was
 * being declared dead stays disabled for ever. Such a host is enabled again, by the program that disabled it. One that
 * was seen enabled meanwhile is nobody's business any more: if it is disabled later, an administrator wants it.
 */
export function reEnable(memory: Memory, database: DatabaseView, input: DecisionInput): ReEnableStep {
  let { declaredBackAtMs } = memory;
  const actions: Action[] = [];
  const own = database.hosts.find((host) => host.uuid === input.view.self.uuid);
  for (const [uuid, backAtMs] of Object.entries(memory.declaredBackAtMs)) {
    const host = database.hosts.find((candidate) => candidate.uuid === uuid);
    if (host === undefined || host.enabled || memory.incidents[uuid] !== undefined) {
      declaredBackAtMs = omit(declaredBackAtMs, uuid);
      continue;
    }
    const mine = isSlaveOf(input.view.probes.get(uuid as HostUuid), own?.address);
    const action: Action = { kind: "enable-host", host: host.uuid };
    const due = mine && host.live && input.view.nowMs - backAtMs >= OWN_ENABLE_MS;
    if (due && mayBegin(action, input)) actions.push(action);
  }
  return { memory: { ...memory, declaredBackAtMs }, actions };
}
