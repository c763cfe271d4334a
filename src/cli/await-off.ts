import type { Settings } from "../config/params.ts";
import type { Hearing } from "../core/model/hearing.ts";
import type { HostUuid } from "../core/model/ids.ts";
import { neverAborts } from "../ports/deadline.ts";
import type { CliPorts } from "./cli-ports.ts";
import { hearingNow } from "./hearing-now.ts";

/** The master is woken by the switch, or reads it with its next iteration; a majority of the group has it a second later. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 500;

/**
 * Waits until the group has taken it that HA is off: then no later leader takes it for on. Says whom nobody has told, for they are
 * silent. Without a group, or a monitor on this host, there is nothing to wait for.
 */
export async function awaitOff(
  ports: CliPorts,
  { MONITOR_DELAY }: Pick<Settings, "MONITOR_DELAY">,
  nameOf: (host: HostUuid) => string,
  say: (text: string) => void,
): Promise<void> {
  const { clock } = ports;
  const endMs = clock.uptimeMs() + MONITOR_DELAY * 1_000 + PATIENCE_MS;
  let hearing = await hearingNow(ports);
  if (hearing?.group.roll?.ha !== true) return;
  while (hearing !== null && !isTaken(hearing) && clock.uptimeMs() < endMs) {
    await clock.sleep(LOOK_MS, neverAborts());
    hearing = await hearingNow(ports);
  }
  if (hearing === null || !isTaken(hearing)) {
    const why = "more than half of the hosts have not confirmed it; see ha-cfg status for who is heard";
    ports.stderr(`Warning: HA is switched off in the pool database, but ${why}.\n`);
    return;
  }
  const silent = silentHosts(hearing).map(nameOf);
  say(
    `${confirmed(hearing, silent.length)}${silent.length === 0 ? "" : `; not heard: ${silent.join(", ")}`}.\n`,
  );
}

const isTaken = ({ group: { roll } }: Hearing): boolean => roll !== null && !roll.ha && roll.settled;

function silentHosts({ group, peers }: Hearing): readonly HostUuid[] {
  const hosts = group.roll?.hosts ?? [];
  return hosts.filter((host) => peers.some((peer) => peer.host === host && peer.heard === "silent"));
}

function confirmed({ group }: Hearing, silent: number): string {
  const all = group.roll?.hosts.length ?? 0;
  return silent === 0 ? `All ${all} hosts have it` : `${all - silent} of ${all} hosts have it`;
}
