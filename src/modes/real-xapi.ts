import { createLocalHost } from "../adapters/local-host-files.ts";
import { postJsonOverHttp } from "../adapters/peer-http.ts";
import { createPeerProber } from "../adapters/peer-prober.ts";
import { createPinger } from "../adapters/pinger-icmp.ts";
import { createXapi } from "../adapters/xapi/client.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import { patientStore } from "../app/patience.ts";
import type { LocalHost } from "../ports/local-host.ts";
import type { PeerProber, Pinger } from "../ports/peers.ts";
import type { Xapi } from "../ports/pool-database.ts";
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
}

export function createRealPeers(runtime: Runtime): RealPeers {
  const { paths, clock, environment, store } = runtime;
  const pinger = createPinger({ clock });
  const newUuid = () => crypto.randomUUID();
  const common = { clock, postJson: postJsonOverHttp, newUuid };
  const prober = createPeerProber({ ...common, pinger, probeTimeoutMs: PROBE_XAPI_MS });
  const silent: Pinger = { ping: async () => "silent" };
  const own = createPeerProber({
    ...common,
    pinger: silent,
    probeTimeoutMs: OWN_XAPI_MS,
  });
  const probeOwnXapi = async (signal: AbortSignal) =>
    (await own.probe("127.0.0.1", "life", signal)).xapi === "answered";
  return {
    pinger,
    prober,
    localHost: createLocalHost({ paths, clock, environment, probeOwnXapi }),
    openXapi: (xeTimeoutMs) =>
      createXapi({
        transport: createSocketTransport({ socketPath: paths.xapiSocket }),
        clock,
        store: patientStore(store, clock),
        xeTimeoutMs,
      }),
  };
}
