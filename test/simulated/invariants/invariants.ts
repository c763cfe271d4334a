import type { SimDisk } from "../../../src/simulation/ports/disk.ts";
import type { LogEntry, SimHost, World } from "../../../src/simulation/world.ts";
import { Facts } from "./facts.ts";
import { RULES } from "./rules.ts";
import { STRICT_RULES } from "./strict-rules.ts";

/** A rule that was broken, and when. */
export interface Broken {
  readonly atMs: number;
  readonly rule: string;
  readonly text: string;
  /** It needs a proof that the administrator has done without: counted, not forbidden. */
  readonly counted: boolean;
}

export interface InvariantOptions {
  readonly disks: readonly SimDisk[];
  /** The fence method proves nothing (POOL), or proofs are not wanted, or a device lies: double runs are counted. */
  readonly withoutProof?: boolean;
  /** What this program is not yet good enough for (strict-rules.ts) is forbidden; else it is counted. */
  readonly strict?: boolean;
  /** Texts that may stand in no log, mail or message. */
  readonly secrets?: readonly string[];
}

/** What is told this soon after a failed write was not written down. */
const FORGETS_MS = 30_000;

/** Rules that only a proof of death can keep. */
const PROOF_RULES = new Set(["vm-twice", "disk-two-writers"]);

/**
 * Watches a world from now on and writes down every rule that is broken, after every event. It reads the world and its
 * log, never the program's memory: what the program believes is what is being tested.
 */
export class Invariants {
  readonly broken: Broken[] = [];
  private readonly facts: Facts;
  private readonly options: InvariantOptions;
  private readonly told = new Map<string, number>();
  private readonly forgotAtMs = new Map<number, number>();
  private seenViolations = 0;

  constructor(world: World, options: InvariantOptions) {
    this.options = options;
    this.facts = new Facts(world, options.disks);
    this.seenViolations = world.violations.length;
    world.listeners.push((entry) => this.watch(entry));
  }

  /** What must not have happened. */
  forbidden(): readonly Broken[] {
    return this.broken.filter(({ counted }) => !counted);
  }

  private watch(entry: LogEntry): void {
    for (const rule of RULES) {
      const text = rule.check(entry, this.facts);
      if (text !== null) this.add(entry.atMs, rule.name, text, rule.needsProof === true);
    }
    for (const rule of STRICT_RULES) {
      const text = rule.check(entry, this.facts);
      if (text === null) continue;
      const counted = this.options.strict !== true;
      this.broken.push({ atMs: entry.atMs, rule: rule.name, text, counted });
    }
    this.facts.note(entry);
    this.watchWorld(entry);
    this.watchWords(entry);
  }

  /** The world's own two: a VM alive twice, a disk with two writers. */
  private watchWorld(entry: LogEntry): void {
    const { violations } = this.facts.world;
    for (const violation of violations.slice(this.seenViolations)) {
      const where = violation.hosts.map((host) => `h${host}`).join(" and ");
      this.add(entry.atMs, violation.what, `${violation.vm} on ${where}`, PROOF_RULES.has(violation.what));
    }
    this.seenViolations = violations.length;
  }

  /** No secret in any word that is said; no alert twice within MAIL_SCREEN_TIME. */
  private watchWords(entry: LogEntry): void {
    this.forgetTold(entry);
    if (entry.what !== "log" && entry.what !== "mail" && entry.what !== "message") return;
    const text = JSON.stringify(entry);
    for (const secret of this.options.secrets ?? []) {
      if (text.includes(secret)) this.add(entry.atMs, "secret-told", `${entry.what} names a secret`, false);
    }
    if (entry.what !== "mail") return;
    const host = this.facts.world.host(Number(entry["host"]));
    const key = `${host.number}/${host.bootCount}/${entry["key"]}`;
    const before = this.told.get(key);
    this.told.delete(key);
    if (entry.atMs - (this.forgotAtMs.get(host.number) ?? -FORGETS_MS) >= FORGETS_MS)
      this.told.set(key, entry.atMs);
    const screenMs = Number(this.facts.setting(host, "MAIL_SCREEN_TIME")) * 60_000;
    if (before === undefined || entry.atMs - before >= screenMs) return;
    this.add(entry.atMs, "alert-twice", `h${host.number} tells ${entry["key"]} again`, false);
  }

  /** A host whose memory was lost, or could not be written, cannot know what it has told. */
  private forgetTold(entry: LogEntry): void {
    if (entry.what !== "state-lost" && !failsToSave(entry)) return;
    this.forgotAtMs.set(Number(entry["host"]), entry.atMs);
    for (const key of this.told.keys()) if (key.startsWith(`${entry["host"]}/`)) this.told.delete(key);
  }

  private add(atMs: number, rule: string, text: string, needsProof: boolean): void {
    this.broken.push({ atMs, rule, text, counted: needsProof && this.options.withoutProof === true });
  }
}

/** Does this fault keep the memory of a pass from the next one? */
function failsToSave({ what, call }: LogEntry): boolean {
  return what === "port-fault" && /^(save|load) recent-memory$/.test(String(call));
}

/** Has the pool nothing that `disunity` would tell? For those who ask after every event. */
export function isUnited({ hosts }: World): boolean {
  let master: SimHost | null = null;
  for (const host of hosts) {
    if (!host.power || host.poolConf !== "master") continue;
    if (master !== null) return false;
    master = host;
  }
  if (master === null) return false;
  const follows = `slave:${master.address}`;
  for (const host of hosts) if (host.power && host !== master && host.poolConf !== follows) return false;
  return true;
}

/** A healed pool has exactly one master, and every host that has power follows it. */
export function disunity(world: World): string | null {
  const powered = world.hosts.filter((host) => host.power);
  const masters = powered.filter((host) => host.poolConf === "master");
  const [master] = masters;
  if (master === undefined || masters.length > 1)
    return `masters: ${masters.map((host) => `h${host.number}`).join(", ") || "none"}`;
  const astray = powered.filter((host) => host !== master && host.poolConf !== `slave:${master.address}`);
  return astray.length === 0
    ? null
    : `${astray.map((host) => `h${host.number}`).join(", ")} do not follow h${master.number}`;
}
