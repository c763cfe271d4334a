import type { Hearing } from "../../core/model/hearing.ts";
import type { LocalView, PoolView } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { HearingReader } from "../../ports/group.ts";

/** A monitor publishes once a second: what is older says how it was, and not who lives. */
export const STALE_MS = 3_000;
/** A small file in memory. */
const READ_MS = 1_000;

/**
 * What the monitor of this host hears now; unknown when it does not run, or hears nobody because of a trouble of this
 * host: from that nobody may conclude that the others are silent.
 */
export async function readHearing(
  ports: { readonly clock: Clock; readonly hearing: HearingReader },
  self: Pick<LocalView, "uuid" | "bootId">,
): Promise<PoolView["hearing"]> {
  const { clock } = ports;
  const read = await withDeadline<Hearing | null>(
    clock,
    READ_MS,
    neverAborts(),
    () => ports.hearing.read(),
    () => null,
  );
  if (read === null || read.trouble !== null) return "unknown";
  return isOfNow(read, self, clock.uptimeMs()) ? read : "unknown";
}

/** Was it published by this boot of this host, within the last three seconds? */
export function isOfNow(
  { self, bootId, atMs }: Hearing,
  own: Pick<LocalView, "uuid" | "bootId">,
  nowMs: number,
): boolean {
  if (self !== own.uuid || bootId !== own.bootId) return false;
  return atMs <= nowMs && nowMs - atMs <= STALE_MS;
}
