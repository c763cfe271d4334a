import { asAdministrator } from "./administrator.ts";
import { powerOnAtBoot } from "./auto-poweron.ts";
import { buildWorld } from "./build.ts";
import { VirtualClock } from "./clock.ts";
import {
  crashVm,
  loseForGood,
  migrateVm,
  partition,
  resetHost,
  restartToolstack,
  setBmc,
  setMaintenance,
  setPoolKey,
  setPower,
  setStorage,
  setXapi,
  setXapiHa,
  shutDownVm,
  stepWallClock,
  type XapiState,
} from "./control.ts";
import { hostsRunning } from "./domains.ts";
import { beginGroup } from "./group.ts";
import { joinHost } from "./join.ts";
import { type RunPass, SimMonitor } from "./monitor.ts";
import { Datagrams } from "./ports/datagrams.ts";
import { newSimDisk, type SimDisk } from "./ports/disk.ts";
import { settingOf } from "./settings.ts";
import type { PoolSpec } from "./spec.ts";
import { DEFAULT_TIMINGS, type Timings } from "./timings.ts";
import type { BmcState, SimHost, World } from "./world.ts";
import { beginWhole } from "./xapi/start.ts";

export interface SimPoolOptions extends PoolSpec {
  readonly seed?: number;
  readonly timings?: Partial<Timings>;
  /** Override file of each host, by host number. */
  readonly overrides?: Readonly<Record<number, Readonly<Record<string, string>>>>;
  /** `runPass` of app/pass/iterate.ts; none: a pool without this program. */
  readonly runPass?: RunPass;
  /** The hosts are a group from the beginning, and need not found it; by default if HA is on. */
  readonly group?: boolean;
  /** First passes are this far apart, so that hosts do not act in step. */
  readonly staggerMs?: number;
}

/** A whole pool on virtual time: the world, one monitor per host, and the verbs of a story. Hosts by number, from 1. */
export class SimPool {
  readonly clock = new VirtualClock();
  readonly world: World;
  readonly disks: SimDisk[];
  private readonly monitors: SimMonitor[];
  private readonly runPass: RunPass | undefined;

  constructor(options: SimPoolOptions) {
    const timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.world = buildWorld(options, this.clock, { seed: options.seed ?? 1, timings });
    if (options.heartbeats !== false) this.world.messengers = new Datagrams(this.world);
    this.world.hasWatches = options.watches === true;
    beginWhole(this.world);
    powerOnAtBoot(this.world);
    this.disks = this.world.hosts.map((host) => newSimDisk(options.overrides?.[host.number]));
    const { group = options.ha === undefined || options.ha === "true" } = options;
    if (group && this.world.messengers !== null) beginGroup(this.world, this.disks);
    const { runPass } = options;
    this.runPass = runPass;
    this.monitors =
      runPass === undefined
        ? []
        : this.disks.map((disk, index) => new SimMonitor(this.world, index + 1, disk, runPass));
    const staggerMs = options.staggerMs ?? 1_000;
    for (const [index, monitor] of this.monitors.entries()) monitor.start(index * staggerMs);
    this.world.listeners.push((entry) => this.followPower(entry.what, Number(entry["host"])));
  }

  private followPower(what: string, host: number): void {
    const monitor = this.monitors[host - 1];
    if (what === "power-off") {
      monitor?.stop();
      this.disk(host).documents.reboot();
    }
    if (what === "power-on") monitor?.start(this.world.timings.bootMs + this.world.timings.serviceStartMs);
  }

  monitor(host: number): SimMonitor {
    const monitor = this.monitors[host - 1];
    if (monitor === undefined) throw new RangeError(`Cannot use the monitor of host ${host}: there is none`);
    return monitor;
  }

  /** Lets `ms` pass. */
  async run(ms: number): Promise<void> {
    await this.clock.run(ms);
  }

  /** Lets time pass until `goal` holds; false when it did not within `withinMs`. */
  async until(goal: () => boolean, withinMs: number): Promise<boolean> {
    return await this.clock.runUntil(goal, this.clock.nowMs() + withinMs);
  }

  power(host: number, on: boolean): void {
    setPower(this.world, this.world.host(host), on);
  }

  /** It dies, and no switch brings it back. */
  loseForGood(host: number): void {
    loseForGood(this.world, this.world.host(host));
  }

  reset(host: number): void {
    resetHost(this.world, this.world.host(host));
  }

  xapi(host: number, state: XapiState): void {
    setXapi(this.world, this.world.host(host), state);
  }

  restartToolstack(host: number): void {
    restartToolstack(this.world, this.world.host(host));
  }

  link(from: number, to: number | string, up: boolean): void {
    this.world.setLink(from, to, up);
  }

  partition(...groups: readonly (readonly number[])[]): void {
    partition(this.world, groups);
  }

  heal(): void {
    this.world.mendAllLinks();
  }

  bmc(host: number, state: BmcState): void {
    setBmc(this.world, this.world.host(host), state);
  }

  crashVm(name: string): void {
    crashVm(this.world, this.world.vmNamed(name));
  }

  shutDownVm(name: string): void {
    shutDownVm(this.world, this.world.vmNamed(name));
  }

  migrateVm(name: string, to: number): boolean {
    return migrateVm(this.world, this.world.vmNamed(name), this.world.host(to));
  }

  /** Plugs or unplugs the shared SR everywhere, or the local one of a host. */
  storage(sr: "shared" | number, attached: boolean): void {
    setStorage(this.world, sr === "shared" ? sr : this.world.host(sr), attached);
  }

  maintenance(host: number, on: boolean): void {
    setMaintenance(this.world, this.world.host(host), on);
  }

  xapiHa(on: boolean): void {
    setXapiHa(this.world, on);
  }

  /** The pool's HA flag. */
  ha(value: string | null, field = "ha-lizard-enabled"): void {
    setPoolKey(this.world, `XenCenter.CustomFields.${field}`, value);
  }

  param(name: string, value: string | null): void {
    setPoolKey(this.world, `HA_${name}`, value);
  }

  stepWallClock(host: number, byMs: number): void {
    stepWallClock(this.world, this.world.host(host), byMs);
  }

  /** A new host joins the pool; its service starts with it. */
  join(): void {
    const { number } = joinHost(this.world);
    const disk = newSimDisk();
    this.disks.push(disk);
    if (this.runPass === undefined) return;
    const monitor = new SimMonitor(this.world, number, disk, this.runPass);
    this.monitors.push(monitor);
    monitor.start(this.world.timings.serviceStartMs);
  }

  /** `xe host-declare-dead` and `xe host-forget` by an administrator, at the serving master. */
  forget(host: number): void {
    const { ref } = this.world.host(host);
    this.world.record("vouched-dead", { host });
    void asAdministrator(this.world, null, [
      ["host.declare_dead", [ref]],
      ["host.destroy", [ref]],
    ]);
  }

  /** `xe pool-emergency-transition-to-master` by an administrator, on a slave. */
  promoteByHand(host: number): void {
    void asAdministrator(this.world, host, [["pool.emergency_transition_to_master", []]]);
  }

  /** `service ha-lizard stop` on a host. */
  stopService(host: number): void {
    this.monitor(host).stopService();
  }

  /** Files of a host: `full`, `override`, and the state documents as text, to be torn. */
  disk(host: number): SimDisk {
    const disk = this.disks[host - 1];
    if (disk === undefined) throw new RangeError(`Cannot use the disk of host ${host}: there is none`);
    return disk;
  }

  /** A parameter as it stands for a host, from the world and not from the program. */
  setting(host: SimHost, name: string): string {
    return settingOf(this.world, host, this.disk(host.number).override, name);
  }

  /** kill -9 of the host's running iteration. */
  kill(host: number): void {
    this.monitor(host).kill();
  }

  /** Numbers of the hosts on which the VM really runs. */
  running(name: string): readonly number[] {
    return hostsRunning(this.world, this.world.vmNamed(name).uuid);
  }
}

/** A healthy pool at time 0. */
export function simulatePool(options: SimPoolOptions): SimPool {
  return new SimPool(options);
}
