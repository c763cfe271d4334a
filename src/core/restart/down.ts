import type { StopVerdict } from "../intent/judge-stop.ts";
import type { Down } from "../memory/down.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { ApplianceUuid, VmUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { isLeftDown, managedDown } from "./stops.ts";
import { supplyOf } from "./supply.ts";

/** After this long an administrator is told of a managed VM that is down, whatever the reason. */
const TELL_AFTER_MS = 5 * 60_000;

/** A managed VM, or with OP_MODE=1 an appliance, of which something is halted. */
interface DownOne {
  readonly key: VmUuid | ApplianceUuid;
  readonly name: string;
  readonly uuid: VmUuid | null;
}

/**
 * Remembers what is down since when, and tells what has been down for five minutes, with the reason in words. `whyOf`
 * answers null when there is nothing to tell, and must not change while the reason stays the same: a condition is told again when its words change.
 */
export function reportDown(
  memory: Memory,
  round: MasterRound,
  verdicts: ReadonlyMap<VmUuid, StopVerdict>,
  whyOf: (key: string) => string | null,
): Step {
  const { nowMs } = round.view;
  const now = supplyOf(round.database);
  const ones = downNow(round, verdicts);
  const down = Object.fromEntries(
    ones.map(({ key }): [string, Down] => {
      const before = memory.down[key] ?? { sinceMs: nowMs, failure: null };
      const { failure } = before;
      // The storage was not read when the first start failed: what is attached in the next round is what was then.
      if (failure === null || failure.supply.storage !== null) return [key, before];
      return [
        key,
        { ...before, failure: { ...failure, supply: { ...failure.supply, storage: now.storage } } },
      ];
    }),
  );
  const reasons = ones
    .filter(({ key }) => nowMs - (down[key]?.sinceMs ?? nowMs) >= TELL_AFTER_MS)
    .flatMap(({ key, name, uuid }): readonly Reason[] => {
      const why = whyOf(key);
      return why === null ? [] : [{ kind: "vm-down", vm: name, uuid, why }];
    });
  return { memory: { ...memory, down }, actions: [], reasons };
}

/** What was stopped on purpose is as it should be. */
function downNow(
  { database, settings }: MasterRound,
  verdicts: ReadonlyMap<VmUuid, StopVerdict>,
): readonly DownOne[] {
  const isMissed = (vm: VmUuid) => !isLeftDown(verdicts.get(vm));
  if (settings.OP_MODE === 1) {
    return (database.appliances ?? [])
      .filter(({ uuid, haltedVms }) => haltedVms.some(isMissed) && !settings.DISABLED_VAPPS.includes(uuid))
      .map(({ uuid, name }) => ({ key: uuid, name, uuid: null }));
  }
  return managedDown(database, settings)
    .filter(({ uuid }) => isMissed(uuid))
    .map(({ uuid, name }) => ({ key: uuid, name, uuid }));
}
