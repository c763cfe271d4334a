import { openSurvey } from "../../../src/adapters/xapi/survey.ts";
import { switcherOf } from "../../../src/app/pass/fence.ts";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { CliPorts } from "../../../src/cli/cli-ports.ts";
import { runHaCfg } from "../../../src/cli/ha-cfg.ts";
import type { DeviceState } from "../../../src/ports/fencer.ts";
import { type SimPool, type SimPoolOptions, simulatePool } from "../../../src/simulation/pool.ts";
import { simProber } from "../../../src/simulation/ports/prober.ts";
import { simMasterWay, simTransport } from "../../../src/simulation/ports/transport.ts";
import { simPassPorts } from "../../../src/simulation/ports.ts";
import { fakePorts, fakeWorld } from "./fake-ports.ts";
import { fakeSurroundings, quietSurroundings, type Surroundings } from "./fake-surroundings.ts";

/** A simulated pool on which this program runs. */
export function poolWithHa(options: SimPoolOptions): SimPool {
  return simulatePool({ ...options, runPass });
}

export interface SimRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Lines of the log about its changes. */
  readonly logged: readonly string[];
  /** What else it asked for. */
  readonly calls: readonly string[];
  /** Time of the world, in milliseconds. */
  readonly tookMs: number;
}

interface Around extends Partial<Surroundings> {
  readonly terminal?: boolean;
  readonly liveScreen?: CliPorts["liveScreen"];
  /** Whoever is asked on the terminal. */
  readonly types?: CliPorts["keyboard"]["readLine"];
  /** What the fence device of a method says, instead of the world's. */
  readonly device?: (method: string) => DeviceState;
  readonly playDrill?: CliPorts["playDrill"];
  /** Instead of what every host of the world has. */
  readonly masterWay?: CliPorts["masterWay"];
}

/**
 * Runs `ha-cfg <args>` on a host of a simulated pool: XAPI, probes, state files and fence devices are the world's;
 * daemons and the mail server, of which it has none, are those of `around`.
 */
export async function haCfgOn(
  pool: SimPool,
  host: number,
  args: readonly string[],
  around: Around = {},
): Promise<SimRun> {
  const { terminal = false, types, device, masterWay, liveScreen, playDrill, ...surroundings } = around;
  const fakes = { ...fakeWorld(), terminal };
  const fake = fakePorts(fakes);
  const disk = pool.disks[host - 1];
  if (disk === undefined) throw new RangeError(`Cannot run ha-cfg on host ${host}: there is none`);
  const ofPass = simPassPorts(pool.world, host, undefined, disk);
  const { clock, hearing, openXapi, pinger, fencer, localHost, store, config } = ofPass;
  // It shows ping and XAPI both.
  const prober = simProber(pool.world, host, pinger, clock, 0);
  const begunMs = pool.clock.nowMs();
  let code: number | null = null;
  const { daemons, tcp } = fakeSurroundings({ ...quietSurroundings(), ...surroundings });
  void runHaCfg(args, {
    ...fake.ports,
    ...{ clock, hearing, openXapi, prober, pinger, localHost, store, daemons, tcp },
    playDrill: playDrill ?? fake.ports.playDrill,
    liveScreen: liveScreen ?? fake.ports.liveScreen,
    masterWay: masterWay ?? simMasterWay(pool.world, host, (transport) => transport),
    fencer: device === undefined ? fencer : { status: async ({ method }) => device(method) },
    switchOn: switcherOf(fencer),
    keyboard: types === undefined ? fake.ports.keyboard : { isTerminal: terminal, readLine: types },
    config: { ...fake.ports.config, ...config },
    openSurvey: (xeTimeoutMs) =>
      openSurvey({ transport: simTransport(pool.world, host), clock, xeTimeoutMs, conceal: () => undefined }),
  }).then((ended) => {
    code = ended;
  });
  await pool.until(() => code !== null, 300_000);
  const tookMs = pool.clock.nowMs() - begunMs;
  return { code: code ?? -1, out: fake.out, err: fake.err, logged: fakes.logged, calls: fakes.calls, tookMs };
}
