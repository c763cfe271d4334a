/** Does the firewall of this host let a datagram in that answers nothing? `unknown`: its rules say no clear word. */
export type PortGate =
  | { readonly kind: "open" | "unknown" }
  | { readonly kind: "closed"; readonly by: "firewalld" | "iptables" };

/** A program in a folder of XAPI's. `unusable`: it cannot be run, or is a link that leads nowhere. */
export type Runnable = "there" | "missing" | "unusable";

/** What install.sh has put into XAPI's own folders, where an upgrade of the host removes it. */
export interface Installed {
  /** The hook before the start of a VM. */
  readonly guard: Runnable;
  /** By which a host whose monitor is silent is asked. */
  readonly plugin: Runnable;
  /** Hooks before a start, ours or anybody's, that cannot be run: XAPI takes that for a refusal (adapters/xapi/README.md, "Hooks"). */
  readonly brokenHooks: readonly string[];
}

/** What Xen's watchdog needs of this host. */
export interface WatchdogTools {
  /** xenwatchdogd, by which it is armed; null: it is not there. */
  readonly program: string | null;
  /** xen-watchdog.service is started at boot, or runs: it keeps one of the two slots. */
  readonly serviceOn: boolean;
}

/** A folder that this program, or the log of this host, writes to. */
export interface Room {
  readonly path: string;
  readonly freeBytes: number;
}

/** A program in the folder of hooks. */
export interface FoundHook {
  readonly path: string;
  readonly name: string;
  /** Why it is not run, whatever happens; null: it is. */
  readonly why: string | null;
  /** The command that cures that; null: there is none. */
  readonly cure: string | null;
}

/** What only people ask of the host on which they are: looked at, and nothing more. No method rejects. */
export interface HostSurvey {
  /** UDP. Asks firewalld or iptables, with deadlines of its own. */
  gate(port: number, signal: AbortSignal): Promise<PortGate>;
  /** The name under which `portreserve` keeps this UDP port for another program; null: it does not. */
  keeperOf(port: number): Promise<string | null>;
  installed(): Promise<Installed>;
  /** The first fifty of those of this host. */
  hooks(): Promise<readonly FoundHook[]>;
  watchdogTools(): Promise<WatchdogTools>;
  /** Only the folders that are there. */
  room(): Promise<readonly Room[]>;
}
