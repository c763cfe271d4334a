import type { Settings } from "../config/params.ts";
import type { DisarmWord } from "../core/model/disarm-words.ts";
import type { Hearing } from "../core/model/hearing.ts";
import type { HostUuid } from "../core/model/ids.ts";
import { neverAborts } from "../ports/deadline.ts";
import type { CliPorts } from "./cli-ports.ts";
import { hearingNow, MONITOR_SILENT } from "./hearing-now.ts";

/** The master is woken by the switch, or reads it with its next iteration; a majority of the group has it a second later. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 500;

interface Awaiting {
  readonly ports: CliPorts;
  readonly settings: Pick<Settings, "MONITOR_DELAY">;
  readonly nameOf: (host: HostUuid) => string;
  readonly say: (text: string) => void;
}

/**
 * Waits until the group has taken it that HA is off: then no later leader takes it for on. Says whom nobody has told, for they are
 * silent. Without a group, or a monitor on this host, there is nothing to wait for.
 */
export async function awaitOff(awaiting: Awaiting): Promise<void> {
  const { ports } = awaiting;
  const before = await hearingNow(ports);
  if (before?.group.roll?.ha !== true) return;
  const hearing = await until(awaiting, (now) => isTaken(now, false));
  if (hearing !== null && isTaken(hearing, false)) return tellTaken(hearing, awaiting);
  const why = "more than half of the hosts have not confirmed it; see ha-cfg status for who is heard";
  ports.stderr(`Warning: HA is switched off in the pool database, but ${why}.\n`);
}

/**
 * Waits until the group has taken it that HA is on, or is founded: until then nothing is done about a failure. Says what it waits for.
 * Without a monitor on this host there is nothing to wait for.
 */
export async function awaitOn(awaiting: Awaiting): Promise<void> {
  const { ports, nameOf } = awaiting;
  if ((await hearingNow(ports)) === null) return;
  const hearing = await until(awaiting, isBegun);
  if (hearing !== null && isBegun(hearing)) return tellTaken(hearing, awaiting);
  const missing = hearing?.group.awaited.map(nameOf) ?? [];
  const why =
    missing.length === 0
      ? "more than half of the hosts have not confirmed it; see ha-cfg status for who is heard"
      : `the hosts have not begun: these are not heard, or do not follow this master: ${missing.join(", ")}. Start their service, or leave out who stays dead: ha-cfg ha-enable --without HOST`;
  ports.stderr(`Warning: HA is switched on in the pool database, but ${why}.\n`);
}

/** Others have stored it a second later. */
const STORED_MS = 3_000;

/**
 * Waits until the group has taken this word: then every later leader knows it. Says who has stored it, and who has not. false: it has not been
 * taken, or nobody here can tell.
 */
export async function awaitDisarm(awaiting: Awaiting, word: DisarmWord): Promise<boolean> {
  const { ports, nameOf, say } = awaiting;
  const isTakenBy = ({ group: { roll } }: Hearing) => roll?.settled === true && roll.disarmWord >= word.id;
  const first = await hearingNow(ports);
  if (first === null) {
    ports.stderr(
      `Cannot tell whether the hosts have it: ${MONITOR_SILENT}. See ha-cfg status on another host.\n`,
    );
    return false;
  }
  const taken = await until(awaiting, isTakenBy);
  if (taken === null || !isTakenBy(taken)) {
    ports.stderr(
      "The hosts have not taken it: more than half of them have not confirmed it, or no master leads them. Rely on nothing; see ha-cfg status for who is heard. Where they take it later, it holds from then on.\n",
    );
    return false;
  }
  if (!isDone(word, taken)) {
    ports.stderr(
      "It does not hold: another word was given at the same time, or HA is disarmed for too many hosts. Give it again, or for the whole pool; see ha-cfg status.\n",
    );
    return false;
  }
  const isStoredByAll = ({ group: { roll } }: Hearing) =>
    roll?.hosts.every((host) => roll.storedBy.includes(host)) === true;
  const { group } = (await until(awaiting, isStoredByAll, STORED_MS)) ?? taken;
  const all = group.roll?.hosts ?? [];
  const missing = all.filter((host) => group.roll?.storedBy.includes(host) !== true);
  const who =
    all.length === 1
      ? "This host has it"
      : missing.length === 0
        ? `All ${all.length} hosts have it`
        : `${all.length - missing.length} of ${all.length} hosts have it`;
  say(missing.length === 0 ? `${who}.\n` : `${who}; not confirmed by: ${missing.map(nameOf).join(", ")}.\n`);
  return true;
}

/** Do the hosts do what this word wants? That a later one was taken says nothing of it: it may have been written over, or one too many. */
function isDone({ host, forS }: DisarmWord, { group: { roll } }: Hearing): boolean {
  const targets = (roll?.disarms ?? []).map((one) => one.host);
  if (forS > 0) return targets.includes(host);
  return host === null ? targets.length === 0 : !targets.includes(host);
}

/** What the monitor of this host has heard when that is so, or the time is over. */
async function until(
  { ports, settings }: Awaiting,
  isDone: (hearing: Hearing) => boolean,
  patienceMs = settings.MONITOR_DELAY * 1_000 + PATIENCE_MS,
): Promise<Hearing | null> {
  const { clock } = ports;
  const endMs = clock.uptimeMs() + patienceMs;
  let hearing = await hearingNow(ports);
  while (hearing !== null && !isDone(hearing) && clock.uptimeMs() < endMs) {
    await clock.sleep(LOOK_MS, neverAborts());
    hearing = await hearingNow(ports);
  }
  return hearing;
}

function tellTaken(hearing: Hearing, { nameOf, say }: Awaiting): void {
  const silent = silentHosts(hearing).map(nameOf);
  const missing = silent.length === 0 ? "" : `; not heard: ${silent.join(", ")}`;
  say(`${confirmed(hearing, silent.length)}${missing}.\n`);
}

const isTaken = ({ group: { roll } }: Hearing, ha: boolean): boolean =>
  roll !== null && roll.ha === ha && roll.settled;

/** A group begins with its master alone, and takes in all others that are heard within seconds. */
const isBegun = (hearing: Hearing): boolean =>
  isTaken(hearing, true) &&
  hearing.peers.every(({ host, heard }) => heard === "silent" || hearing.group.roll?.hosts.includes(host));

function silentHosts({ group, peers }: Hearing): readonly HostUuid[] {
  const hosts = group.roll?.hosts ?? [];
  return hosts.filter((host) => peers.some((peer) => peer.host === host && peer.heard === "silent"));
}

function confirmed({ group }: Hearing, silent: number): string {
  const all = group.roll?.hosts.length ?? 0;
  if (all === 1) return "This host has it";
  return silent === 0 ? `All ${all} hosts have it` : `${all - silent} of ${all} hosts have it`;
}
