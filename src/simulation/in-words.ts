import type { LogEntry } from "./world.ts";

/** The name of the host of this number. */
export type NameOfHost = (host: number) => string;

type Details = Readonly<Record<string, unknown>>;
type Sentence = (details: Details, host: (key: string) => string) => string | null;

/** What every pool does all the time, or what another line tells better. */
export const NOISE: ReadonlySet<string> = new Set([
  "pass",
  "database-copied",
  "database-stored",
  "declaring-dead",
  "cookie",
  "link",
  "pool-key",
  "vm-changed",
  "vm-cloned",
  "address",
  "gone-for-good",
  "state-lost",
  "vouched-dead",
  "lease-ended",
  "administrator",
  "two-mandates",
]);

/** null: another event says the same. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  "power-off": (_, host) => `${host("host")} loses power`,
  "power-on": (_, host) => `${host("host")} has power again`,
  "host-shutdown": (_, host) => `Dom0 of ${host("host")} is shut down`,
  "reboot-self": (_, host) => `${host("host")} reboots itself`,
  "watchdog-fired": (_, host) => `the watchdog of ${host("host")} resets it`,
  "toolstack-restart": (_, host) => `the toolstack of ${host("host")} is restarted`,
  "service-stopped": (_, host) => `the service on ${host("host")} is stopped`,
  "service-killed": (_, host) => `the service on ${host("host")} is killed`,
  killed: (_, host) => `the iteration on ${host("host")} is killed`,
  "killed-by-monitor": (_, host) => `the monitor of ${host("host")} kills an iteration that hangs`,
  stalled: ({ process, ms }, host) =>
    `on ${host("host")} ${process === "all" ? "every process of this program" : process} stands still for ${seconds(ms)}`,
  heal: () => "every broken link is mended",
  maintenance: ({ on }, host) => `${host("host")} is ${on === true ? "in maintenance" : "back in service"}`,
  storage: ({ sr, attached }) =>
    `${sr === "shared" ? "the shared storage" : `the local storage of ${sr}`} is ${attached === true ? "plugged" : "unplugged"}`,
  "clock-step": ({ byMs }, host) => `the wall clock of ${host("host")} is stepped by ${seconds(byMs)}`,
  bmc: ({ state }, host) => `the fence device of ${host("host")} is ${state}`,
  "host-joined": (_, host) => `${host("host")} joins the pool`,
  "vm-snapshot": ({ vm }) => `a snapshot of ${vm} is taken`,
  "vm-reverted": ({ vm }) => `${vm} is reverted to its snapshot`,
  evacuate: (_, host) => `${host("host")} is evacuated`,

  "fence-begun": ({ method }, host) => `${host("by")} asks the fence agent ${method} to cut ${host("host")}`,
  "fence-ended": ({ outcome }, host) =>
    outcome === "fenced"
      ? `the fence agent says to ${host("by")} that ${host("host")} is off`
      : `the fence agent of ${host("by")} cannot cut ${host("host")}`,
  "switch-on-begun": ({ method }, host) => `${host("by")} asks ${method} to switch ${host("host")} on`,
  "switch-on-ended": ({ outcome }, host) =>
    `${host("host")} was ${outcome === "fenced" ? "" : "not "}switched on`,
  "told-dead": (_, host) => `XAPI is told that ${host("host")} is dead`,
  "declared-dead": (_, host) => `XAPI has declared ${host("host")} dead: its VMs may be started elsewhere`,

  "promote-asked": (_, host) => `${host("by")} asks its xapi to become master`,
  "transition-to-master": () => null,
  "pool-conf": () => null,
  "xapi-started": ({ role }, host) =>
    `xapi of ${host("host")} starts as ${role === "master" ? "master" : "slave"}`,
  "xapi-ended": ({ why }, host) => (why === "power-off" ? null : `xapi of ${host("host")} ends: ${why}`),
  "master-serving": (_, host) => `xapi of ${host("host")} serves as master`,
  "emergency-mode": (_, host) => `xapi of ${host("host")} finds no master: emergency mode`,
  "slave-blocked": (_, host) => `xapi of ${host("host")} has lost its master`,
  "slave-reconnected": (_, host) => `xapi of ${host("host")} has its master again`,
  hello: (_, host) => `xapi of ${host("host")} has found its master ${host("master")}`,
  "reset-master": (_, host) => `${host("host")} is told of another master`,
  designated: (_, host) => `${host("host")} is made master by hand`,
  "recover-slaves": (_, host) => `${host("host")} calls the members of the pool`,
  "xapi-held": (_, host) => `xapi of ${host("host")} is held: it does not start yet`,
  "xapi-released": (_, host) => `xapi of ${host("host")} may start`,
  "route-blocked": (_, host) => `${host("host")} blocks its route to the dead host`,
  "route-unblocked": (_, host) => `${host("host")} takes that route back`,
  xapi: ({ state }, host) => `xapi of ${host("host")}: ${state}`,

  "start-asked": ({ vm }, host) => `${host("by")} asks XAPI to start ${vm}`,
  "start-refused": ({ vm, why }) => `XAPI refuses to start ${vm}: ${why}`,
  "domain-started": ({ vm }, host) => `${vm} runs on ${host("host")}`,
  "domain-ended": ({ vm, why }, host) =>
    `${vm} runs no more on ${host("host")}${why === "power-off" ? "" : `: ${why}`}`,
  "auto-poweron": ({ vm }, host) => `${host("host")} starts ${vm} with its boot (auto_poweron)`,
  "tie-claimed": (_, host) => `${host("host")} has claimed the tie`,
  "vm-twice": ({ vm, hosts }) => `TWO COPIES of ${vm} run: on ${hostList(hosts)}`,
  "disk-two-writers": ({ vm, hosts }) => `THE DISK of ${vm} has two writers: ${hostList(hosts)}`,

  script: ({ line }) => `> ${line}`,
  log: ({ severity, text }, host) =>
    `${host("host")} says${severity === "info" ? "" : ` (${severity})`}: ${text}`,
  mail: ({ severity, subject }, host) => `${host("host")} mails (${severity}): ${subject}`,
  alarm: ({ severity, subject }, host) => `${host("host")} raises an alarm (${severity}): ${subject}`,
  message: ({ body }) => `XAPI message: ${String(body ?? "").split("\n")[0]}`,
};

const HOST_KEYS: ReadonlySet<string> = new Set(["host", "by", "from", "to", "master"]);
const hostList = (hosts: unknown): string =>
  (hosts as readonly number[]).map((host) => `h${host}`).join(" and ");
const seconds = (ms: unknown): string => `${Number(ms) / 1_000} s`;

/**
 * An event of the world as a sentence for people, without its end; null: it is noise, or another event says it. What has no sentence yet is
 * its name and its details.
 */
export function inWords({ atMs: _, what, ...details }: LogEntry, nameOf: NameOfHost): string | null {
  if (NOISE.has(what)) return null;
  const host = (key: string): string => {
    const value = details[key];
    return typeof value === "number" ? nameOf(value) : String(value);
  };
  const sentence = SENTENCES[what];
  if (sentence !== undefined) return sentence(details, host);
  const rest = Object.entries(details).map(([key, value]) =>
    HOST_KEYS.has(key) ? host(key) : `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [what, ...rest].join(" ");
}
