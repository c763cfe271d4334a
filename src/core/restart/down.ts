import type { StopVerdict } from "../intent/judge-stop.ts";
import type { Down, DownReason } from "../memory/down.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { ApplianceUuid, VmUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { isLeftDown, managedDown } from "./stops.ts";
import { supplyOf } from "./supply.ts";

/** After this long an administrator is told of a managed VM that is down, whatever the reason. */
const TELL_AFTER_MS = 5 * 60_000;
/** A reason that has just begun may be over in a second, as a start that has just been asked: told is one that has lasted. */
const LASTING_MS = 60_000;
/** Where they change faster than that, the one of the moment is told after this long. */
const CHANGING_MS = 2 * LASTING_MS;

/** A managed VM, or with OP_MODE=1 an appliance, of which something is halted. */
interface DownOne {
  readonly key: VmUuid | ApplianceUuid;
  readonly name: string;
  readonly uuid: VmUuid | null;
}

/**
 * Remembers what is down since when and why, and tells what has been down for five minutes, with the reason in words: one that has lasted for a
 * minute. Until another one has, what was told holds. `whyOf` answers null when there is nothing to tell, and must not change while the reason
 * stays the same: a condition is told again when its words change.
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
  const downReasons = Object.fromEntries(
    ones.flatMap(({ key }): [string, DownReason][] => {
      const downMs = nowMs - (down[key]?.sinceMs ?? nowMs);
      const reason = stepReason(memory.downReasons[key] ?? null, whyOf(key), downMs, nowMs);
      return reason === null ? [] : [[key, reason]];
    }),
  );
  const reasons = ones.flatMap(({ key, name, uuid }): readonly Reason[] => {
    const why = downReasons[key]?.told ?? null;
    return why === null ? [] : [{ kind: "vm-down", vm: name, uuid, why }];
  });
  return { memory: { ...memory, down, downReasons }, actions: [], reasons };
}

/** null: there is nothing to tell, and was nothing for a minute. */
function stepReason(
  before: DownReason | null,
  why: string | null,
  downMs: number,
  nowMs: number,
): DownReason | null {
  if (why === null) return before !== null && nowMs - before.seenMs < LASTING_MS ? before : null;
  const sinceMs = before?.why === why ? before.sinceMs : nowMs;
  const hasLasted = before !== null && before.seenMs - before.sinceMs >= LASTING_MS;
  const changingSinceMs =
    before === null || (hasLasted && before.why !== why) ? nowMs : before.changingSinceMs;
  const told = before?.told ?? null;
  const isLasting =
    nowMs - sinceMs >= LASTING_MS || (told === null && nowMs - changingSinceMs >= CHANGING_MS);
  const isToTell = isLasting && downMs >= TELL_AFTER_MS;
  return { why, sinceMs, changingSinceMs, seenMs: nowMs, told: isToTell ? why : told };
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
