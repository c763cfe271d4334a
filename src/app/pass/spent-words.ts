import { isAlive } from "../../core/members/host-health.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { type ConfirmedOff, readConfirmedOff } from "../daemons/report.ts";

/** By then it has been noticed that a host does not answer any more. */
const NOTICED_MS = 60_000;

/**
 * Takes away an administrator's word about a host (`ha-cfg confirm-off`) when it has been taken, or the host lives: one word is about one
 * death. While it stands, a monitor that starts again would believe it anew.
 */
export async function forgetSpentWords(
  store: Pick<StateStore, "load" | "save">,
  { incidents, health }: Pick<Memory, "incidents" | "health">,
  nowMs: number,
): Promise<void> {
  const words = await readConfirmedOff(store, Number.NEGATIVE_INFINITY);
  const isSpent = ({ host, atMs }: ConfirmedOff) =>
    incidents[host]?.isWord === true || (nowMs - atMs >= NOTICED_MS && isAlive(health[host] ?? null));
  const left = words.filter((word) => !isSpent(word));
  if (left.length === words.length) return;
  // What cannot be written now is tried again in the next round.
  await store.save("confirmed-off", { hosts: left }).catch(() => undefined);
}
