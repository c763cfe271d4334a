import type { Hearing } from "../../core/model/hearing.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { DrillMoment, DrillTimes } from "../../ports/drill.ts";
import { inWords, type NameOfHost } from "../in-words.ts";
import { Datagrams } from "../ports/datagrams.ts";
import type { LogEntry, World } from "../world.ts";

/** Events that a line of its own would only repeat: VMs have a table, and what XAPI does by itself is seen by what comes of it. */
const UNTOLD = new Set([
  "start-asked",
  "domain-started",
  "xapi-started",
  "xapi-ended",
  "xapi-held",
  "xapi-released",
  "slave-blocked",
  "slave-reconnected",
  "hello",
  "reset-master",
  "recover-slaves",
  "route-blocked",
  "route-unblocked",
  "told-dead",
  "mail",
  "message",
]);

/** Writes down what a drill is played for: the lines of its story, and when each of its steps was done. */
export class Observer {
  readonly moments: DrillMoment[] = [];
  /** When something has happened last, in the time of the world. */
  lastMs: number;
  /** Since the host died, by the uuid of the VM, with the number of its new host. */
  readonly started = new Map<string, { readonly host: number; readonly atMs: number }>();
  private readonly world: World;
  private readonly dead: number;
  private readonly deadUuid: HostUuid;
  private readonly begunMs: number;
  private readonly nameOf: NameOfHost;
  private readonly lost: ReadonlySet<string>;
  private readonly said = new Set<string>();
  private readonly times: { -readonly [K in keyof DrillTimes]?: number } = {};
  private leader: number | null = null;
  private method = "";

  /** @param lost the VMs that run on the host now, by uuid */
  constructor(world: World, dead: number, deadUuid: HostUuid, nameOf: NameOfHost, lost: ReadonlySet<string>) {
    this.world = world;
    this.dead = dead;
    this.deadUuid = deadUuid;
    this.begunMs = world.nowMs();
    this.lastMs = this.begunMs;
    this.nameOf = nameOf;
    this.lost = lost;
    world.listeners.push((entry) => this.take(entry));
    const { messengers } = world;
    if (messengers instanceof Datagrams) messengers.onPublished = (host, hearing) => this.hear(host, hearing);
  }

  result(): DrillTimes {
    const at = (name: keyof DrillTimes): number | null => this.times[name] ?? null;
    return {
      missedMs: at("missedMs"),
      suspectedMs: at("suspectedMs"),
      failedMs: at("failedMs"),
      provedMs: at("provedMs"),
      newMasterMs: at("newMasterMs"),
      declaredMs: at("declaredMs"),
      firstVmMs: at("firstVmMs"),
      lastVmMs: at("lastVmMs"),
    };
  }

  private get sinceMs(): number {
    return this.world.nowMs() - this.begunMs;
  }

  private note(name: keyof DrillTimes): void {
    this.times[name] ??= this.sinceMs;
  }

  private tell(text: string): void {
    // What is tried again and again is told once.
    if (this.said.has(text)) return;
    this.said.add(text);
    this.lastMs = this.world.nowMs();
    this.moments.push({ atMs: this.sinceMs, text });
  }

  /** Who hears the host no more, and who may act. */
  private hear(host: number, { self, peers, group }: Hearing): void {
    if (host === this.dead) return;
    const name = this.nameOf(host);
    const isSilent = peers.some(({ host: peer, heard }) => peer === this.deadUuid && heard === "silent");
    if (isSilent && this.times.missedMs === undefined) {
      this.note("missedMs");
      this.tell(`the monitors hear ${this.nameOf(this.dead)} no more`);
    }
    if (group.leaseOver.some((one) => one.host === this.deadUuid)) this.note("provedMs");
    if (!isSilent || group.lead !== "leads" || group.roll === null || this.leader === host) return;
    this.leader = host;
    const { entered, hosts } = group.roll;
    const living = entered.filter((one) => one !== this.deadUuid).length;
    const holdsTie = group.tie?.holder === self;
    const right =
      living * 2 > hosts.length
        ? `${living} of ${hosts.length} ${hosts.length === 1 ? "host that counts" : "hosts"}, a majority`
        : `half of the hosts, ${holdsTie ? "and it has claimed the tie" : "with the master among them"}`;
    this.tell(`${name} leads the pool and may act: it speaks for ${right}`);
  }

  private take(entry: LogEntry): void {
    this.time(entry);
    if (entry.what === "log") this.takeLog(entry);
    else if (!UNTOLD.has(entry.what) && !this.isItsEnd(entry)) {
      const text = inWords(entry, this.nameOf);
      if (text !== null) this.tell(this.withVmNames(text));
    }
  }

  /** Its VMs end with it. */
  private isItsEnd({ what, host }: LogEntry): boolean {
    return what === "domain-ended" && host === this.dead;
  }

  private takeLog(entry: LogEntry): void {
    // VMs have a table.
    if (entry["from"] === "vm_mon" && entry["severity"] === "info") return;
    const text = `${this.nameOf(Number(entry["host"]))}: ${entry["text"]}`;
    // Several hosts say the same of another one.
    const saying = String(entry["text"]);
    if (this.said.has(saying)) return;
    this.said.add(saying);
    this.tell(text);
  }

  private time({ what, ...details }: LogEntry): void {
    if (what === "log" && details["from"] === "check_slave_status") {
      if (details["severity"] === "warning") this.note("suspectedMs");
      if (details["severity"] === "error") this.note("failedMs");
    }
    const ofDead = details["host"] === this.dead;
    if (what === "fence-begun" && ofDead) this.method = String(details["method"]);
    if (what === "fence-ended" && ofDead && details["outcome"] === "fenced" && this.method !== "POOL")
      this.note("provedMs");
    if (what === "declared-dead" && ofDead) this.note("declaredMs");
    if (what === "master-serving" && !ofDead) this.note("newMasterMs");
    const vm = String(details["vm"]);
    if (what !== "domain-started" || !this.lost.has(vm)) return;
    this.lastMs = this.world.nowMs();
    this.note("firstVmMs");
    this.times.lastVmMs = this.sinceMs;
    this.started.set(vm, { host: Number(details["host"]), atMs: this.sinceMs });
  }

  /** The world calls a VM by its uuid. */
  private withVmNames(text: string): string {
    return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uuid) => {
      const vm = this.world.vms.get(uuid);
      const label = vm && this.world.host(1).database.get("VM", vm.ref)?.["name_label"];
      return typeof label === "string" ? label : uuid;
    });
  }
}
