import { rebaseAlerts } from "./alert-memory.ts";
import { emptyMemory, type Memory } from "./memory.ts";

/**
 * The memory of an earlier boot, made usable in this one. Times since boot mean nothing any more, so what is timed is
 * forgotten and observed again; what must survive a reboot is the last good view, an unfinished promotion (it holds
 * back starts) and "this incident already cost a reboot".
 */
export function rebaseMemory(memory: Memory, bootId: string): Memory {
  if (memory.bootId === bootId) return memory;
  const { lastGood, promotion } = memory;
  const declared = Object.values(memory.incidents)
    .filter(({ wasDeclared }) => wasDeclared)
    .map(({ host }) => host);
  const hosts = (lastGood?.hosts ?? []).map((host) => ({
    ...host,
    // By our declaration that it is dead: without its incident that looks like maintenance, which nobody fences, and which ends with no VM.
    disabledByStart: host.disabledByStart || (!host.enabled && declared.includes(host.uuid)),
    xapiStartedAtMs: 0,
    bootedAtMs: 0,
    enabledSinceMs: host.enabledSinceMs === null ? null : 0,
    disabledSinceMs: host.disabledSinceMs === null ? null : 0,
  }));
  // Whom this host had fenced may be back since: a proof of death does not outlive the one who was away.
  const fenced = Object.values(memory.incidents)
    .filter(({ phase }) => phase !== "returned")
    .map(({ host }) => host);
  const members = [...new Set([...(lastGood?.members ?? []), ...fenced])].sort();
  return {
    ...emptyMemory(bootId),
    lastGood: lastGood && {
      ...lastGood,
      office: null,
      atMs: 0,
      masterStartedAtMs: 0,
      addressesAtMs: null,
      hosts,
      members,
    },
    // Before this host was named nothing had been decided, and what was proved is not known any more.
    promotion: promotion === null || promotion.phase === "proved" ? null : { ...promotion, sinceMs: 0 },
    promoted: memory.promoted,
    // By the wall clocks of the hosts.
    ownBootsS: memory.ownBootsS,
    // It was told, and lasts as long as the roll says.
    disarmed: memory.disarmed,
    // It is on the disk. When it was current last, no time of this boot says.
    copy: memory.copy && { ...memory.copy, currentAtMs: 0, notBeforeMs: 0 },
    alerts: rebaseAlerts(memory.alerts, lastGood?.atMs ?? 0),
    isolation: memory.isolation && { ...memory.isolation, wellSinceMs: null },
  };
}
