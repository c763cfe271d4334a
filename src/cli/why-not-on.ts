import { heardOf, isHeardNow } from "../core/members/heard.ts";
import type { KnownHost } from "../core/memory/last-good.ts";
import type { Memory } from "../core/memory/memory.ts";
import type { Hearing } from "../core/model/hearing.ts";
import { ledElsewhere } from "./hearing-now.ts";
import { nameIn } from "./host-argument.ts";

/** What this host knows of a host that is to be switched on, and of the others. */
export interface SightOfOff {
  readonly host: KnownHost;
  readonly hosts: readonly KnownHost[];
  readonly hearing: Hearing;
  readonly memory: Memory | null;
  /** This host has an unreachable route to it, for the time of a take-over. */
  readonly isBlocked: boolean;
  /** By the uptime of this host. */
  readonly nowMs: number;
}

/** So long what follows a failure is let alone (core/fencing/recover-hosts.ts, `SWITCH_ON_MS`). */
const RECOVERY_MS = 5 * 60_000;

/** Why a host must not be switched on by this one now, as far as is known without a question to anybody; null: nothing speaks against it. */
export function whyNotOn(sight: SightOfOff): string | null {
  const { host, hosts, hearing, isBlocked } = sight;
  if (hearing.self === host.uuid) return "it is this host";
  if (isHeardNow(heardOf(hearing, host.uuid))) return "its monitor is heard";
  // Only who leads fences, and knows how far that has come.
  const elsewhere = ledElsewhere(
    hearing,
    (leader) => nameIn(hosts, leader),
    "knows whether it is being fenced",
  );
  if (elsewhere !== null) return elsewhere;
  if (isBlocked) return "this host takes over from it, and would not let it in; try again in a minute";
  return recovery(sight);
}

/** What is being done about its failure: in the middle of that its device would say on, and prove nothing any more. */
function recovery({ host, memory, nowMs }: SightOfOff): string | null {
  const incident = memory?.incidents[host.uuid];
  if (memory === null || incident === undefined) return null;
  const { phase, openedAtMs, offSinceMs, vms } = incident;
  if (phase === "fencing") return "it is being fenced; see ha-cfg status";
  const isNew = nowMs - (offSinceMs ?? openedAtMs) < RECOVERY_MS;
  if (!isNew) return null;
  if (phase === "open") return "it has just failed, and may be fenced at any moment; see ha-cfg status";
  const down = vms.filter((vm) => Object.hasOwn(memory.down, vm));
  if (phase === "fenced" || (phase === "declared" && down.length > 0))
    return "its VMs are being started elsewhere, by the proof that it is off; try again when they run, or in five minutes";
  return null;
}
