import type { PassPorts } from "../../app/pass/pass-ports.ts";
import type { PeerProbe } from "../../core/model/pool-view.ts";
import type { XapiTransport } from "../../ports/xapi-transport.ts";
import { sleep } from "../clock.ts";
import type { Random } from "../random.ts";
import type { CallFates, World } from "../world.ts";

/** How unreliable the calls of a host's program are; probabilities per call. */
export interface Chaos {
  /** The call fails and has done nothing. */
  readonly fails: number;
  /** It takes effect, and its answer is lost. */
  readonly lost: number;
  /** It never returns, whatever the caller's signal says. */
  readonly hangs: number;
  /** Each call takes up to this long. */
  readonly latencyMs: number;
}

/** Draws what becomes of each call; after `end` every call is a good one. */
export class ChaosSource implements CallFates {
  readonly world: World;
  private readonly random: Random;
  private chaos: Chaos | null;

  constructor(world: World, random: Random, chaos: Chaos | null) {
    this.world = world;
    this.random = random;
    this.chaos = chaos;
  }

  end(): void {
    this.chaos = null;
  }

  async call<T>(what: string, host: number, run: () => Promise<T>, failure: () => T): Promise<T> {
    const { chaos } = this;
    if (chaos === null) return run();
    const draw = this.random.next();
    const latencyMs = this.random.next() * chaos.latencyMs;
    await sleep(this.world.clock, latencyMs);
    const fate = fateOf(draw, chaos);
    if (fate === "good") return run();
    this.world.record("port-fault", { host, call: what, fate });
    if (fate === "hangs") return new Promise(() => {});
    if (fate === "lost") await run();
    return failure();
  }
}

function fateOf(draw: number, chaos: Chaos): "good" | "fails" | "lost" | "hangs" {
  if (draw < chaos.hangs) return "hangs";
  if (draw < chaos.hangs + chaos.lost) return "lost";
  return draw < chaos.hangs + chaos.lost + chaos.fails ? "fails" : "good";
}

const LEARNT_NOTHING: PeerProbe = { icmp: "unknown", xapi: "silent", follows: { kind: "unknown" } };

function fail(what: string): never {
  throw new Error(`Cannot ${what}: simulated fault`);
}

/** The ports of one pass, made unreliable. The clock and the log stay what they are. */
export function chaoticPorts(ports: PassPorts, host: number, source: CallFates): PassPorts {
  const { prober, pinger, fencer, localHost, store, mailer, config } = ports;
  return {
    ...ports,
    prober: {
      probe: (address, question, signal) =>
        source.call(
          "probe",
          host,
          () => prober.probe(address, question, signal),
          () => LEARNT_NOTHING,
        ),
    },
    pinger: {
      ping: (address, signal) =>
        source.call(
          "ping",
          host,
          () => pinger.ping(address, signal),
          () => "unknown" as const,
        ),
    },
    fencer: {
      fence: (request, signal) =>
        source.call(
          "fence",
          host,
          () => fencer.fence(request, signal),
          () => ({
            kind: "not-fenced",
            fault: "agent-failed",
            detail: "simulated fault",
          }),
        ),
      status: (request, signal) =>
        source.call(
          "fence status",
          host,
          () => fencer.status(request, signal),
          () => ({ kind: "unknown", why: "simulated fault" }),
        ),
    },
    localHost: {
      observe: (signal) =>
        source.call(
          "observe",
          host,
          () => localHost.observe(signal),
          () => null,
        ),
      restartToolstack: (signal) =>
        source.call(
          "restart",
          host,
          () => localHost.restartToolstack(signal),
          () => fail("restart"),
        ),
      holdAsSlaveOf: (address, signal) =>
        source.call(
          "hold as slave",
          host,
          () => localHost.holdAsSlaveOf(address, signal),
          () => fail("hold as slave"),
        ),
      holdXapi: (signal) =>
        source.call(
          "hold xapi",
          host,
          () => localHost.holdXapi(signal),
          () => fail("hold xapi"),
        ),
      releaseXapi: (signal) =>
        source.call(
          "release xapi",
          host,
          () => localHost.releaseXapi(signal),
          () => fail("release xapi"),
        ),
      restartXapi: (signal) =>
        source.call(
          "restart xapi",
          host,
          () => localHost.restartXapi(signal),
          () => fail("restart xapi"),
        ),
      blockRoute: (address, signal) =>
        source.call(
          "block route",
          host,
          () => localHost.blockRoute(address, signal),
          () => fail("block route"),
        ),
      unblockRoutes: (signal) =>
        source.call(
          "unblock routes",
          host,
          () => localHost.unblockRoutes(signal),
          () => fail("unblock routes"),
        ),
      rebootNow: () => localHost.rebootNow(),
    },
    store: {
      load: (name) =>
        source.call(
          `load ${name}`,
          host,
          () => store.load(name),
          () => ({ kind: "unreadable", why: "simulated fault" }),
        ),
      save: (name, value) =>
        source.call(
          `save ${name}`,
          host,
          () => store.save(name, value),
          () => fail("save"),
        ),
    },
    config: {
      read: () =>
        source.call(
          "config",
          host,
          () => config.read(),
          () => ({ override: null, lastGood: null, problems: ["simulated fault"] }),
        ),
      saveLastGood: (values) =>
        source.call(
          "save config",
          host,
          () => config.saveLastGood(values),
          () => fail("save config"),
        ),
    },
    mailer: {
      send: (...mail) =>
        source.call(
          "mail",
          host,
          () => mailer.send(...mail),
          () => fail("mail"),
        ),
    },
  };
}

/** A unix socket on which requests, or their answers, get lost. */
export function chaoticTransport(transport: XapiTransport, host: number, source: CallFates): XapiTransport {
  return {
    call: (method, params, signal) =>
      source.call(
        method,
        host,
        () => transport.call(method, params, signal),
        () => ({
          ok: false,
          fault: { kind: "unreachable", detail: "simulated fault" },
        }),
      ),
    close: () => transport.close(),
  };
}
