import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import { type Action, actionKey } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { hostName } from "./host-rows.ts";

/**
 * Has this slave fetch a copy of its master's database when that has counted changes which the own copy does not have
 * (core/README.md, "The slaves' copies"): a slave that takes over begins with its copy, and XAPI hands out one every five
 * minutes, to one slave after the other. Only then, because nothing in XAPI keeps an older copy from replacing a newer one.
 */
export function keepCopyFresh(memory: Memory, round: MasterRound): Step {
  const { copy, lastGood } = memory;
  const { view, database } = round;
  const { master } = database.pool;
  const changes = lastGood?.changes ?? null;
  // A database that does not know this host is older than its join: XAPI refuses, and the own copy knows more.
  const isKnown = database.hosts.some(({ uuid }) => uuid === view.self.uuid);
  if (changes === null || master === null || !isKnown) return nothing(memory);
  if (copy?.master === master && copy.changes >= changes)
    return nothing({ ...memory, copy: { ...copy, currentAtMs: view.nowMs } });
  const action: Action = { kind: "fetch-database", host: view.self.uuid, master, changes };
  const failures = memory.retries[actionKey(action)]?.failures ?? 0;
  const reasons: readonly Reason[] =
    failures >= FETCH_TROUBLE ? [{ kind: "copy-is-old", master: hostName(memory, master) }] : [];
  const isTooSoon = copy?.master === master && view.nowMs < copy.notBeforeMs;
  return { memory, actions: isTooSoon ? [] : whenDue(action, round), reasons };
}

/** A master whose xapi is just starting refuses: that is no trouble. After so many failures there is one, and it is told once. */
export const FETCH_TROUBLE = 3;

const AGAIN_MS = 10_000;
/** A copy costs a master of a thousand VMs a tenth of a second of its processor. */
const AGAIN_PER_HOST_MS = 1_000;

/** So long a slave waits after a fetch, whatever has changed; the first successor not longer in a big pool either. */
export function fetchAgainMs({ lastGood }: Memory, self: HostUuid): number {
  const hosts = lastGood?.ranking[0] === self ? 0 : (lastGood?.hosts.length ?? 0);
  return Math.max(AGAIN_MS, hosts * AGAIN_PER_HOST_MS);
}

/** The first successor is woken first, and the others one after the other: they need not ask the master all at once. */
const SUCCESSOR_FIRST_MS = 2_000;
const NEXT_MS = 250;

/** So long after the master has told of a change this slave is woken to fetch its copy. */
export function fetchAfterMs({ ranking }: LastGoodView, self: HostUuid): number {
  const place = ranking.includes(self) ? ranking.indexOf(self) : ranking.length;
  return place === 0 ? 0 : SUCCESSOR_FIRST_MS + NEXT_MS * place;
}
