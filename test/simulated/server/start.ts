import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { powerOnAtBoot } from "../../../src/simulation/auto-poweron.ts";
import { buildWorld } from "../../../src/simulation/build.ts";
import { RealClock } from "../../../src/simulation/clock.ts";
import type { PoolSpec } from "../../../src/simulation/spec.ts";
import { scaleTimings, type Timings } from "../../../src/simulation/timings.ts";
import type { World } from "../../../src/simulation/world.ts";
import { beginWhole } from "../../../src/simulation/xapi/start.ts";
import { openControl } from "./control-front.ts";
import { hooksOnHosts } from "./hooks.ts";
import { keepHostFiles } from "./host-files.ts";
import { type PluginCommand, pluginsOnHosts, runPlugins } from "./plugins.ts";
import { type Tls, XapiFront } from "./xapi-front.ts";

export interface SimServerConfig extends PoolSpec {
  readonly seed?: number;
  readonly timings?: Partial<Timings>;
  /** All durations are divided by this before `timings` is applied. Default 1. */
  readonly speed?: number;
}

export interface SimServerOptions extends SimServerConfig {
  /** Directory of the sockets; absent: a fresh one, removed by `stop`. */
  readonly dir?: string;
  /** Words before a command and after it the number of a host: the command runs there. Absent: hosts run nothing. */
  readonly onHost?: readonly string[];
  /** How plugins of the hosts are started; absent: those that stand on the host, with `onHost`. */
  readonly plugins?: PluginCommand;
  /** Each host's TCP face also on a port of 127.0.0.1. */
  readonly tcp?: boolean;
  /** Each host's TCP face also on the ports of a real one, at its own address: 80, and 443 with this certificate. */
  readonly ownPorts?: Tls;
}

export interface SimServer {
  readonly dir: string;
  /** Path of the control socket. */
  readonly control: string;
  readonly world: World;
  /** Ports of the hosts' TCP faces, in the order of the hosts; empty without `tcp`. */
  ports(): readonly number[];
  /** What all xapis have answered so far. */
  answeredBytes(): number;
  /** Resolves when every host's sockets are as its xapi wants them. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The world on real time, behind sockets: `<dir>/h<i>/xapi` (root), `<dir>/h<i>/tcp`, `<dir>/control`. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const clock = new RealClock();
  const timings = scaleTimings(options.speed ?? 1, options.timings);
  const world = buildWorld(options, clock, { seed: options.seed ?? 1, timings });
  // This may refuse, so nothing is made before it.
  keepHostFiles(world);
  if (options.onHost !== undefined) world.preStartHooks = hooksOnHosts(options.onHost);
  const plugins = options.plugins ?? (options.onHost === undefined ? null : pluginsOnHosts(options.onHost));
  if (plugins !== null) world.plugins = runPlugins(plugins);
  const fresh = options.dir === undefined;
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "simpool-"));
  beginWhole(world);
  powerOnAtBoot(world);
  const faces: XapiFront[] = [];
  const loopback: XapiFront[] = [];
  for (const { number } of world.hosts) {
    const folder = join(dir, `h${number}`);
    mkdirSync(folder, { recursive: true });
    for (const channel of ["xapi", "tcp"] as const) {
      const path = join(folder, channel);
      rmSync(path, { force: true });
      faces.push(new XapiFront(world, number, channel === "xapi" ? "unix" : "tcp", { path }));
    }
    if (options.ownPorts !== undefined) {
      const { address } = world.host(number);
      faces.push(new XapiFront(world, number, "tcp", { port: 80, address }));
      faces.push(new XapiFront(world, number, "tcp", { port: 443, address, tls: options.ownPorts }));
    }
    if (options.tcp === true) loopback.push(new XapiFront(world, number, "tcp", { port: 0 }));
  }
  const all = [...faces, ...loopback];
  let following: Promise<unknown> = Promise.resolve();
  const follow = () => {
    following = following.then(() => Promise.all(all.map((face) => face.follow())));
  };
  world.onTopology.push(follow);
  follow();
  await following;
  const path = join(dir, "control");
  rmSync(path, { force: true });
  const control = await openControl(world, path);
  return {
    dir,
    control: path,
    world,
    ports: () => loopback.map((face) => face.port),
    answeredBytes: () => all.reduce((sum, face) => sum + face.answeredBytes, 0),
    settled: async () => {
      await following;
    },
    stop: async () => {
      clock.stop();
      await following;
      for (const face of all) face.close();
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
      if (fresh) rmSync(dir, { recursive: true, force: true });
    },
  };
}
