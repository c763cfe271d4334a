import { isAlive } from "../../core/members/host-health.ts";
import type { Pass } from "./pass.ts";

/** One line about a pass that has ended, for who reads along at debug: role, members, HA, what was done. */
export function summarise({ self, memory, view, begun, xapi }: Pass, tookMs: number): string {
  const { lastGood, health } = memory;
  const members = lastGood?.members ?? [];
  const alive = members.filter((uuid) => uuid === self.uuid || isAlive(health[uuid]));
  const halted =
    view?.database.ok === true ? `${view.database.value.halted.length} VMs halted` : "no database";
  const done = doneIn(begun);
  return [
    self.role.kind,
    `${alive.length} of ${members.length} members alive`,
    `HA ${lastGood?.haFlag ?? "not known"}`,
    halted,
    done.length === 0 ? "nothing to do" : `begun: ${done.join(", ")}`,
    `${xapi.calls()} calls`,
    `${Math.round(tookMs)} ms`,
  ].join("; ");
}

/** More names than this are no line any more. */
const MOST_NAMED = 8;

function doneIn(begun: ReadonlyMap<string, number>): readonly string[] {
  const keys = [...begun.keys()];
  return keys.length > MOST_NAMED ? [...keys.slice(0, MOST_NAMED), `${keys.length - MOST_NAMED} more`] : keys;
}
