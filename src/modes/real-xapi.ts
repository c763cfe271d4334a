import { createLocalHost } from "../adapters/files/local-host-files.ts";
import { postJsonOverHttp } from "../adapters/peers/peer-http.ts";
import { createPeerProber } from "../adapters/peers/peer-prober.ts";
import { createXapi } from "../adapters/xapi/client.ts";
import { createPoolTls } from "../adapters/xapi/pool-tls.ts";
import { createSocketTransport, createTcpTransport } from "../adapters/xapi/transport.ts";
import { patientStore } from "../app/pass/patience.ts";
import type { Clock } from "../ports/clock.ts";
import type { LocalHost } from "../ports/local-host.ts";
import type { PeerProber, Pinger } from "../ports/peers.ts";
import type { Xapi } from "../ports/pool-database.ts";
import type { OpenMasterWay } from "../ports/xapi-transport.ts";
import type { Runtime } from "./runtime.ts";

const PROBE_XAPI_MS = 3_000;
/** The own xapi answers over the loopback in milliseconds, or it is busy or gone. */
const OWN_XAPI_MS = 2_000;

/** The ways to XAPI and to the peers that the iteration and ha-cfg share. */
export interface RealPeers {
  readonly pinger: Pinger;
  readonly prober: PeerProber;
  readonly localHost: LocalHost;
  openXapi(xeTimeoutMs: number): Xapi;
  readonly masterWay: OpenMasterWay;
}

/** `pingAfterMs`: see `PeerProberOptions`; `namesFaults`: see `XapiOptions`. */
export function createRealPeers(
  runtime: Runtime,
  { pingAfterMs, namesFaults = false }: { readonly pingAfterMs: number; readonly namesFaults?: boolean },
): RealPeers {
  const { paths, clock, environment, store, secrets } = runtime;
  const pinger = createLatePinger(clock);
  const newUuid = () => crypto.randomUUID();
  const common = { clock, postJson: postJsonOverHttp, newUuid };
  const prober = createPeerProber({ ...common, pinger, pingAfterMs, probeTimeoutMs: PROBE_XAPI_MS });
  const silent: Pinger = { ping: async () => "silent" };
  const own = createPeerProber({
    ...common,
    pinger: silent,
    pingAfterMs: 0,
    probeTimeoutMs: OWN_XAPI_MS,
  });
  const probeOwnXapi = async (signal: AbortSignal) =>
    (await own.probe("127.0.0.1", "life", signal)).xapi === "answered";
  const files = { bundlePath: paths.poolCertificates, secretPath: paths.poolSecret };
  const masterWay = createPoolTls({ ...files, mask: secrets.mask });
  return {
    pinger,
    prober,
    masterWay,
    localHost: createLocalHost({ paths, clock, environment, probeOwnXapi }),
    openXapi: (xeTimeoutMs) =>
      createXapi({
        transport: createSocketTransport({ socketPath: paths.xapiSocket, mask: secrets.mask }),
        tcp: createTcpTransport({ mask: secrets.mask }),
        clock,
        masterWay,
        store: patientStore(store, clock),
        xeTimeoutMs,
        namesFaults,
      }),
  };
}

/** A pass of a healthy pool pings nobody, and is begun thousands of times a day: ping is loaded when it is wanted. */
function createLatePinger(clock: Clock): Pinger {
  let made: Promise<Pinger> | null = null;
  const make = async () => (await import("../adapters/peers/pinger-icmp.ts")).createPinger({ clock });
  return {
    async ping(address, signal) {
      made ??= make();
      return (await made).ping(address, signal);
    },
  };
}
