import { rememberedHosts } from "../app/pass/remembered.ts";
import type { Settings } from "../config/params.ts";
import type { KnownHost } from "../core/memory/last-good.ts";
import { nextWordId } from "../core/model/disarm-words.ts";
import type { Hearing } from "../core/model/hearing.ts";
import type { HostUuid } from "../core/model/ids.ts";
import { audit } from "./audit.ts";
import { awaitDisarm } from "./await-switch.ts";
import { type CliPorts, EXIT, type ExitCode } from "./cli-ports.ts";
import { hearingNow, ledElsewhere, MONITOR_SILENT } from "./hearing-now.ts";
import { findHost, nameIn } from "./host-argument.ts";

/**
 * Ends a rest of HA where the pool database cannot be read, as when the master has died meanwhile, whom nobody replaces as long as HA rests: the
 * host that leads takes the word from here (state document `armed`). `typed`: for this host alone.
 */
export async function armHere(
  ports: CliPorts,
  settings: Settings,
  typed: string | undefined,
): Promise<ExitCode> {
  const known = await rememberedHosts(ports.store);
  const host = typed === undefined ? null : findHost("arm", typed, known);
  const what = host?.name ?? "the pool";
  const hearing = await hearingNow(ports);
  const why = whyNotHere(hearing, known);
  if (hearing === null || why !== null) {
    ports.stderr(`Cannot arm HA here: ${why}.\n`);
    return EXIT.failed;
  }
  const word = {
    id: nextWordId([hearing.group.roll?.disarmWord ?? 0], ports.clock.wallMs()),
    host: host?.uuid ?? null,
    forS: 0,
  };
  await ports.store.save("armed", { words: [word] });
  audit(ports, settings, `HA armed for ${what}`);
  await ports.wakeMonitor();
  const nameOf = (uuid: HostUuid) => nameIn(known, uuid);
  if (!(await awaitDisarm({ ports, settings, nameOf, say: ports.stdout }, word))) return EXIT.failed;
  ports.stdout(`HA is armed for ${what}.\n`);
  return EXIT.done;
}

/** Why the word cannot be given on this host, as the end of a sentence; null: it can. */
function whyNotHere(hearing: Hearing | null, known: readonly KnownHost[]): string | null {
  if (hearing === null) return MONITOR_SILENT;
  const { lead, roll } = hearing.group;
  if (lead === "leads") return (roll?.disarms ?? []).length > 0 ? null : "it is not disarmed";
  const nobody = "no host leads this pool, so that nobody can take the word";
  return ledElsewhere(hearing, (leader) => nameIn(known, leader), "takes the word") ?? nobody;
}
