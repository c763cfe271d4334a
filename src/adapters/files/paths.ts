import { join } from "node:path";

/**
 * Every file and folder the program touches, below one root directory (src/README.md, "What is kept where"; tests move
 * the root).
 */
export interface Paths {
  readonly root: string;
  readonly override: string;
  readonly lastGood: string;
  readonly state: string;
  /** Folder of what the monitor has stored of its vote and the roll (adapters/group/vote-files.ts). */
  readonly votes: string;
  /** Folder of what the iterations have seen and decided (src/record/README.md). */
  readonly record: string;
  /** Where that goes on, of this boot. */
  readonly recordNote: string;
  /** Keys and certificates of fence devices, as they were first seen. */
  readonly pins: string;
  /** A folder for each fence method: lists of devices, options, agents. FENCE_FILE_LOC may name another. */
  readonly fence: string;
  /** Programs of an administrator that are told what happens; usually there is none. */
  readonly hooks: string;
  /** By which this host logs in at the tie-breaker (adapters/ties/README.md), and the keys of the machines that were one. */
  readonly tieBreakerKey: string;
  readonly tieBreakerHosts: string;
  /** A folder for each SR with files that is plugged in here. */
  readonly srMounts: string;
  readonly poolConf: string;
  /** The pool secret; another one after `pool.rotate_secret`. */
  readonly poolSecret: string;
  /** Certificates by which the hosts of the pool know each other; none before XCP-ng 8.3. */
  readonly poolCertificates: string;
  readonly inventory: string;
  readonly initComplete: string;
  readonly bootId: string;
  readonly xapiSocket: string;
  /** Not below the root: in a test's namespace the real machine's stands there (HA_LIZARD_SYSRQ moves it). */
  readonly sysrq: string;
  /** Of this program alone, mode 0700, gone with a reboot: locks, and what the monitor hears. */
  readonly run: string;
  readonly hearing: string;
  /** Since when the own xapi is held (adapters/files/held-xapi.ts); `service ha-lizard stop` reads it, too. */
  readonly heldXapi: string;
  /** What this host has blocked by unreachable routes (adapters/files/blocked-routes.ts); the service script reads it, too. */
  readonly blockedRoutes: string;
  /** State of this boot, below it. */
  readonly runState: string;
  readonly monitorPid: string;
  /** Left by a deliberate stop, so that the watchdog does not undo it. */
  readonly monitorStopped: string;
  /** Stands while systemd stops the monitor in order to start it again. */
  readonly monitorRestarting: string;
  readonly watchdogPid: string;
  readonly watchdogStopped: string;
  /** Links to the services that are started at boot: these two of one or the other make, and systemd's own. */
  readonly runLevel: string;
  readonly runLevelOther: string;
  readonly bootUnits: string;
  readonly serviceScript: string;
  readonly listDomains: string;
  /** Arms a slot of Xen's watchdog (adapters/watchdog/README.md). */
  readonly xenWatchdog: string;
  /** Notes a start of it that has not come to its end (adapters/watchdog/start-note.ts). */
  readonly watchdogStart: string;
  /** Stands while XAPI's own HA has taken that watchdog. */
  readonly xhaWatchdog: string;
  /** What xenopsd keeps of the VMs that it was told of, by backend. */
  readonly xenopsd: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The paths for an environment: HA_LIZARD_ROOT is the root directory, `/` when unset. */
export function pathsFrom(environment: Environment): Paths {
  const root = environment["HA_LIZARD_ROOT"] || "/";
  const below = (path: string) => join(root, path);
  const state = below("etc/ha-lizard/state");
  return {
    root,
    override: below("etc/ha-lizard/ha-lizard.conf"),
    lastGood: below("etc/ha-lizard/ha-lizard.pool.conf"),
    state,
    votes: join(state, "group"),
    record: join(state, "record"),
    recordNote: below("run/ha-lizard/record.json"),
    pins: join(state, "fence-pins"),
    fence: below("etc/ha-lizard/fence"),
    hooks: below("etc/ha-lizard/hooks"),
    tieBreakerKey: below("etc/ha-lizard/tie-breaker-key"),
    tieBreakerHosts: below("etc/ha-lizard/tie-breaker-hosts"),
    srMounts: below("run/sr-mount"),
    poolConf: below("etc/xensource/pool.conf"),
    poolSecret: below("etc/xensource/ptoken"),
    poolCertificates: below("etc/stunnel/xapi-pool-ca-bundle.pem"),
    inventory: below("etc/xensource-inventory"),
    initComplete: below("var/run/xapi_init_complete.cookie"),
    bootId: below("proc/sys/kernel/random/boot_id"),
    xapiSocket: below("var/lib/xcp/xapi"),
    sysrq: environment["HA_LIZARD_SYSRQ"] || "/proc/sysrq-trigger",
    run: below("run/ha-lizard"),
    hearing: below("run/ha-lizard/hearing.json"),
    heldXapi: below("run/ha-lizard/held-xapi.json"),
    blockedRoutes: below("run/ha-lizard/blocked-routes.json"),
    runState: below("run/ha-lizard/state"),
    monitorPid: below("var/run/ha-lizard.pid"),
    monitorStopped: below("var/run/ha-lizard.stopped"),
    monitorRestarting: below("var/run/ha-lizard.restarting"),
    watchdogPid: below("var/run/ha-lizard-watchdog.pid"),
    watchdogStopped: below("var/run/ha-lizard-watchdog.stopped"),
    runLevel: below("etc/rc3.d"),
    runLevelOther: below("etc/rc.d/rc3.d"),
    bootUnits: below("etc/systemd/system/multi-user.target.wants"),
    serviceScript: below("etc/init.d/ha-lizard"),
    listDomains: below("opt/xensource/bin/list_domains"),
    xenWatchdog: below("usr/sbin/xenwatchdogd"),
    watchdogStart: below("run/ha-lizard/watchdog-start.json"),
    xhaWatchdog: below("var/run/xhad.wd.id"),
    xenopsd: below("var/run/nonpersistent/xenopsd"),
  };
}

const KEPT_VARIABLES = ["LANG", "TZ", "HA_LIZARD_ROOT", "HA_LIZARD_SYSRQ"];
const DEFAULT_PATH = "/opt/xensource/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of a child: only what is known. BUN_OPTIONS and its like would open doors into the executable
 * (adapters/processes/README.md, "Environment"); the just-in-time compiler costs more memory than it saves time here.
 */
export function cleanEnvironment(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = { PATH: environment["PATH"] || DEFAULT_PATH, BUN_JSC_useJIT: "0" };
  for (const name of KEPT_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
