import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hostDefaults, POOL_SECRET, type VmSpec } from "../../../../src/simulation/spec.ts";
import type { Timings } from "../../../../src/simulation/timings.ts";
import { FalseXen } from "../../../tools/watchdog/false-xen.ts";
import { type CommandResult, Namespaces } from "./namespaces.ts";
import { PowerController } from "./power-controller.ts";
import { type Order, Simulator } from "./simulator.ts";
import { until } from "./wait.ts";

/** What the monitor of a host hears, below its root. */
export const HEARING_FILE = "/run/ha-lizard/hearing.json";
const ROOT = resolve(import.meta.dir, "../../../..");

const PROCESS_SPACE = 'readlink "/proc/$(cat "/run/pool/h$1/pid")/ns/pid"';
const COUNT_PROCESSES =
  'n=0; for p in /proc/[0-9]*; do [ "$(readlink "$p/ns/pid")" != "$1" ] || n=$((n + 1)); done 2>/dev/null; echo $n';
/** Twice: what the first round has missed was forked meanwhile. */
const STOP_PROCESSES = `
for round in 1 2; do
  for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/ns/pid")" = "$1" ]; then kill -STOP "\${process#/proc/}"; fi
  done 2>/dev/null
done
exit 0`;

export interface PoolOptions {
  readonly hosts: number;
  readonly vms: readonly VmSpec[];
  /** Parameters as the pool database has them, without `HA_`. None: they are for the test to set. */
  readonly params?: Readonly<Record<string, string>>;
  /** The pool's HA flag; null: unset. */
  readonly ha?: string | null;
  readonly timings?: Partial<Timings>;
  /** The pool database says that every host has an address in a second network; it has it after `joinSecond`. */
  readonly secondNetwork?: boolean;
  /** The install.sh to install the hosts with; default: that of the tree. */
  readonly installer?: string;
  /** Every host has Xen's watchdog, which resets it. */
  readonly watchdog?: boolean;
}

/** A slot of a host's watchdog has fired; times are the machine's uptime, which is that of every host. */
export interface Fire {
  readonly host: number;
  readonly atMs: number;
}

/** The machine's uptime in milliseconds. */
export const uptimeMs = (): number =>
  Math.round(1_000 * Number.parseFloat(readFileSync("/proc/uptime", "utf8")));

/**
 * A pool of hosts out of namespaces. Each runs the compiled binary as install.sh installed it, started by its init
 * script when the host's power comes on; XAPI is the simulated one. Everything ends with `stop`, or with this process.
 */
export class Pool {
  readonly sim: Simulator;
  readonly controller: PowerController;
  private readonly world: Namespaces;
  private readonly powered = new Set<number>();
  /** Single links that are cut, `<from> <to>`. */
  private readonly cuts = new Set<string>();
  private readonly count: number;
  readonly vmNames: readonly string[];
  /** Holds the folder of each host's xapi sockets, `h<number>`. */
  readonly socketFolder: string;
  private readonly watchdogs = new Map<number, FalseXen>();
  private readonly lost = new Map<number, readonly number[]>();
  /** Every reset of a host by its watchdog. */
  readonly fires: Fire[] = [];
  /** Is a host that its watchdog has reset to be left without power? */
  staysOff = false;

  private constructor(world: Namespaces, sim: Simulator, options: PoolOptions) {
    this.world = world;
    this.sim = sim;
    this.count = options.hosts;
    this.vmNames = options.vms.map((vm) => vm.name);
    this.socketFolder = join(world.folder, "s");
    const uuids = this.hostNumbers().map((number) => hostDefaults(number).uuid);
    this.controller = new PowerController(join(this.socketFolder, "bmc"), uuids, {
      isOn: (host) => this.powered.has(host),
      switchOff: (host) => this.powerOff(host),
      switchOn: (host) => this.powerOn(host),
      fired: (host) => this.reset(host),
    });
  }

  /** Builds the pool and switches all hosts on; resolves when the monitors run. */
  static async start(options: PoolOptions): Promise<Pool> {
    const folder = mkdtempSync(join(tmpdir(), "hp-"));
    mkdirSync(join(folder, "s"));
    const world = await Namespaces.start(folder);
    try {
      const tools = join(ROOT, "test/compiled/e2e");
      await world.verb("up", String(options.hosts), options.installer ?? join(ROOT, "install.sh"), tools);
      writeFileSync(join(folder, "pool.json"), JSON.stringify(simulatorConfig(options)));
      const sim = await Simulator.start(
        world,
        join(ROOT, "test/simulated/server/main.ts"),
        join(folder, "pool.json"),
      );
      const pool = new Pool(world, sim, options);
      if (options.watchdog === true) for (const host of pool.hostNumbers()) pool.giveWatchdog(host);
      await pool.bootAll();
      return pool;
    } catch (error) {
      await world.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The master last: a slave whose boot takes longer than its retries would be fenced before the story begins. */
  private async bootAll(): Promise<void> {
    const boot = async (host: number): Promise<void> => {
      await this.writeFile(host, "/etc/xensource-inventory", inventory(host));
      await this.writeFile(host, "/etc/xensource/ptoken", POOL_SECRET);
      this.powered.add(host);
      await this.world.verb("on", String(host));
    };
    const [master = 1, ...slaves] = this.hostNumbers();
    await Promise.all(slaves.map(boot));
    await boot(master);
  }

  /** What fires is a process of the world, so that it goes on when all those of the host are stopped, and ends with the world. */
  private giveWatchdog(host: number): void {
    const root = `/run/pool/h${host}/root`;
    const place = { words: this.world.enter(), root };
    const bmc = ["curl", "-s", "-o", "/dev/null", "--unix-socket", join(this.socketFolder, "bmc")];
    const onFire = [...bmc, "-X", "POST", `http://bmc/fired/${host}`];
    this.watchdogs.set(host, new FalseXen(this.world.seen(root), "4.13", onFire, place));
  }

  /** When the slots of a host's watchdog will fire that are armed now. */
  slots(host: number): readonly number[] {
    return this.watchdogs.get(host)?.slots() ?? [];
  }

  /** The same when it lost its power last: when it would have been reset. */
  slotsLost(host: number): readonly number[] {
    return this.lost.get(host) ?? [];
  }

  /** By its watchdog: what Xen does takes no time, so its VMs are gone at once. */
  private async reset(host: number): Promise<void> {
    const atMs = this.watchdogs.get(host)?.firedMs() ?? null;
    if (!this.powered.has(host) || atMs === null) return;
    this.fires.push({ host, atMs });
    await Promise.all([this.sim.do({ verb: "power", host, on: false }), this.powerOff(host)]);
    if (!this.staysOff) await this.powerOn(host);
  }

  hostNumbers(): number[] {
    return Array.from({ length: this.count }, (_, index) => index + 1);
  }

  /** Runs a command on a host; rejects unless it ends with 0. */
  async on(host: number, ...command: readonly string[]): Promise<string> {
    const result = await this.tryOn(host, ...command);
    if (result.code === 0) return result.stdout;
    const said = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`Cannot run ${command.join(" ")} on host ${host}: exit ${result.code}: ${said}`);
  }

  async tryOn(host: number, ...command: readonly string[]): Promise<CommandResult> {
    return await this.world.onHost(host, command);
  }

  /** A shell on a host, for a person, in root's own folder as after a login. */
  async shell(host: number): Promise<void> {
    const command = [
      ...this.world.enter(),
      ...this.world.hostCommand(host, ["sh", "-c", "cd && exec bash -i"]),
    ];
    await Bun.spawn(command, { stdin: "inherit", stdout: "inherit", stderr: "inherit" }).exited;
  }

  /** Cuts a host's power: processes, links, VMs. */
  async powerOff(host: number): Promise<void> {
    if (!this.powered.has(host)) return;
    await this.world.verb("off", String(host));
    const slots = this.slots(host);
    // Of two that cut it, the second one finds none.
    if (slots.length > 0) this.lost.set(host, slots);
    this.watchdogs.get(host)?.clear();
    await this.sim.do({ verb: "power", host, on: false });
    this.powered.delete(host);
  }

  /** Switches a host on; resolves when its services were started. */
  async powerOn(host: number): Promise<void> {
    if (this.powered.has(host)) return;
    await this.sim.do({ verb: "power", host, on: true });
    await this.world.verb("on", String(host));
    this.powered.add(host);
  }

  isOn(host: number): boolean {
    return this.powered.has(host);
  }

  /** Cuts the links between groups of hosts, for packets and for XAPI. */
  async partition(...groups: readonly (readonly number[])[]): Promise<void> {
    await this.world.verb("part", ...groups.map((group) => group.join(" ")));
    await this.sim.do({ verb: "partition", groups });
  }

  /** Leaves each of these hosts alone; the others keep their network, and the devices in it. */
  async isolate(...hosts: readonly number[]): Promise<void> {
    await this.world.verb("part", ...hosts.map(String));
    const others = this.hostNumbers().filter((number) => !hosts.includes(number));
    await this.sim.do({ verb: "partition", groups: [others, ...hosts.map((host) => [host])] });
  }

  /** Cuts the link between two hosts, or mends it: both keep their links to the others. */
  async link(a: number, b: number, up: boolean): Promise<void> {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const key = `${from} ${to}`;
      if (this.cuts.has(key) === !up) continue;
      await this.world.verb(up ? "mend" : "cut", String(from), String(to));
      await this.sim.do({ verb: "link", from, to, up });
      if (up) this.cuts.delete(key);
      else this.cuts.add(key);
    }
  }

  /** Gives a host the address of the second network that the database has for it. */
  async joinSecond(host: number): Promise<void> {
    await this.world.verb("second", String(host));
  }

  /** A machine that is none of the hosts, and knows no secret, gets this address; with the card of a host it takes its place. */
  async giveStranger(address: string, cardOf?: number): Promise<void> {
    await this.world.verb("stranger", address, ...(cardOf === undefined ? [] : [String(cardOf)]));
  }

  /** Starts a program on that machine. */
  asStranger(command: readonly string[]): Bun.Subprocess {
    return this.world.background(["nsenter", "--net=/run/netns/stranger", ...command], "stranger.log");
  }

  /** From now on a silent neighbour is known to be one after 0.3 s, not 3 s: for tests that are about what follows. */
  async beHasty(): Promise<void> {
    await this.world.verb("hasty", String(this.count));
  }

  /** Starts a program in the world's own network, which ends with the world; its output goes to a file of the folder. */
  background(command: readonly string[], logName: string): Bun.Subprocess {
    return this.world.background(command, logName);
  }

  /** Shared between the world and this process. */
  get folder(): string {
    return this.world.folder;
  }

  /** What identifies the processes of a host that is on, until its next start. */
  async processSpace(host: number): Promise<string> {
    const result = await this.world.run(["sh", "-c", PROCESS_SPACE, "sh", String(host)]);
    if (result.code !== 0) throw new Error(`Cannot find the processes of host ${host}: ${result.stderr}`);
    return result.stdout.trim();
  }

  /** Its Dom0 does nothing any more: every process of a host is stopped, and its xapi. Its VMs run on. */
  async stopDom0(host: number): Promise<void> {
    const space = await this.processSpace(host);
    const result = await this.world.run(["sh", "-c", STOP_PROCESSES, "sh", space]);
    if (result.code !== 0) throw new Error(`Cannot stop Dom0 of host ${host}: ${result.stderr}`);
    await this.sim.do({ verb: "xapi", host, state: "hang" });
  }

  /** How many processes live in such a space. */
  async processesIn(space: string): Promise<number> {
    const result = await this.world.run(["sh", "-c", COUNT_PROCESSES, "sh", space]);
    return Number(result.stdout.trim());
  }

  async heal(): Promise<void> {
    await this.world.verb("heal");
    this.cuts.clear();
    await this.sim.do({ verb: "heal" });
  }

  async do(order: Order): Promise<void> {
    await this.sim.do(order);
  }

  /** The host's /var/log/messages, also of a host that is off. */
  async messages(host: number): Promise<string> {
    return (await this.file(host, "/var/log/messages")) ?? "";
  }

  /** A file of a host's root as it stands, also of a host that is off; null when there is none. */
  async file(host: number, path: string): Promise<string | null> {
    return await this.world.read(`/run/pool/h${host}/root${path}`);
  }

  /** Replaces a file of a host's root. */
  async writeFile(host: number, path: string, text: string): Promise<void> {
    const command = ["sh", "-c", 'printf %s "$1" >"$2"', "sh", text, `/run/pool/h${host}/root${path}`];
    const result = await this.world.run(command);
    if (result.code !== 0) throw new Error(`Cannot write ${path} of host ${host}: ${result.stderr.trim()}`);
  }

  /** Waits until the log of a host, from character `from` on, has a line that matches. */
  async untilLogged(host: number, pattern: RegExp, boundMs: number, from = 0): Promise<string> {
    return await until(`host ${host} logs ${pattern}`, boundMs, async () => {
      const lines = (await this.messages(host)).slice(from).split("\n");
      return lines.find((line) => pattern.test(line)) ?? null;
    });
  }

  /** Waits until each of these VMs runs exactly once, and not on one of the `not` hosts. */
  async untilRunning(vms: readonly string[], boundMs: number, not: readonly number[] = []): Promise<void> {
    await until(`${vms.join(", ")} running once`, boundMs, async () => {
      const running = await this.sim.running();
      return vms.every((vm) => {
        const hosts = running.get(vm) ?? [];
        return hosts.length === 1 && hosts.every((host) => !not.includes(host));
      });
    });
  }

  /** Waits until a VM that was killed a moment ago has been noticed dead, and runs again. */
  async untilStartedAgain(vm: string, boundMs: number): Promise<void> {
    await until(`${vm} having been started again`, boundMs, async () => {
      const story = (await this.sim.log(0)).filter((entry) => entry["vm"] === vm);
      const last = story.at(-1)?.["what"];
      return story.some((entry) => entry["what"] === "domain-ended") && last === "domain-started";
    });
  }

  /** What a person needs when a test failed: the truth, the logs, and what each monitor has heard last. */
  async story(): Promise<string> {
    const parts = [`truth: ${JSON.stringify(await this.sim.truth().catch(String))}`];
    for (const host of this.hostNumbers()) {
      const heard = (await this.file(host, HEARING_FILE).catch(String)) ?? "nothing";
      parts.push(`--- host ${host}\n${await this.messages(host)}\nheard: ${heard}`);
    }
    return parts.join("\n");
  }

  async stop(): Promise<void> {
    await Promise.all([...this.watchdogs.values()].map((watchdog) => watchdog.stop()));
    await this.controller.stop();
    await this.world.stop();
    rmSync(this.world.folder, { recursive: true, force: true });
  }
}

function simulatorConfig(options: PoolOptions): unknown {
  const numbers = Array.from({ length: options.hosts }, (_, index) => index + 1);
  return {
    hosts: numbers.map((number) => ({ ...hostDefaults(number), root: `/run/pool/h${number}/root` })),
    vms: options.vms,
    ...(options.secondNetwork === undefined ? {} : { secondNetwork: options.secondNetwork }),
    ...(options.params === undefined ? {} : { params: options.params }),
    ...(options.ha === undefined ? {} : { ha: options.ha }),
    ...(options.timings === undefined ? {} : { timings: options.timings }),
  };
}

function inventory(host: number): string {
  const { uuid } = hostDefaults(host);
  return [
    "PRODUCT_BRAND='XCP-ng'",
    `INSTALLATION_UUID='${uuid}'`,
    `CONTROL_DOMAIN_UUID='${uuid.replace("1111-4111", "2222-4222")}'`,
    "MANAGEMENT_INTERFACE='eth0'",
    "",
  ].join("\n");
}
