import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";
import type { XapiTransport } from "../../ports/xapi-transport.ts";
import { readBody, TooLong, UNCOMPRESSED } from "../peers/read-body.ts";
import { urlOf } from "../peers/two-ports.ts";
import { excerpt, malformed, parseAnswer } from "./errors.ts";

/** XAPI refuses bigger bodies with HTTP 500 (adapters/xapi/README.md, T11). */
const MAX_BODY_BYTES = 300 * 1024;

interface TransportOptions {
  /** A longer answer is malformed; unless said otherwise twice what the biggest pool has to say. */
  readonly maxAnswerBytes?: number;
  /** Takes the passwords out of what an error says: XAPI repeats the parameters of a call. */
  readonly mask?: (text: string) => string;
  /** The same for an answer as it comes, before anything is cut from it; what is taken out no decision may need. */
  readonly maskWhole?: (text: string) => string;
}

export interface SocketTransportOptions extends TransportOptions {
  /** `/var/lib/xcp/xapi` in production. */
  readonly socketPath: string;
}

/** Five thousand VMs are some 50 MB. */
const LONGEST_ANSWER = 100_000_000;

/** XAPI's unix socket; see `createTransport`. */
export function createSocketTransport({ socketPath, ...options }: SocketTransportOptions): XapiTransport {
  return createTransport("http://localhost/jsonrpc", options, { unix: socketPath });
}

export interface TcpTransportOptions extends TransportOptions {
  /** 80 unless a test says otherwise. */
  readonly port?: number;
}

/**
 * TCP port 80 of this host over the loopback address; see `createTransport`. Without a name of the caller, which XAPI may enter into its database
 * (adapters/xapi/README.md, "Who answers a call").
 */
export function createTcpTransport({ port = 80, ...options }: TcpTransportOptions): XapiTransport {
  const way = { headers: { "User-Agent": "" }, keepalive: false };
  return createTransport(`http://127.0.0.1:${port}/jsonrpc`, options, way);
}

export interface PoolTlsTransportOptions extends TransportOptions {
  readonly address: string;
  /** The certificates by which the hosts of the pool know each other (adapters/xapi/README.md, "Certificates"). */
  readonly bundle: string;
  /** 443 unless a test says otherwise. */
  readonly port?: number;
}

/** By this name a host shows the certificate that it has for the other hosts of its pool, and not the one for people. */
const POOL_NAME = "pool";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * TCP port 443 of another host, if that shows one of these very certificates; see `createTransport`. What is sent may be
 * secret: nobody else gets a byte of it.
 */
export function createPoolTlsTransport(options: PoolTlsTransportOptions): XapiTransport {
  const { address, bundle, port = 443, ...others } = options;
  const ca = bundle.match(CERTIFICATE) ?? [];
  const known = new Set(ca.map((pem) => new X509Certificate(pem).raw.toString("base64")));
  const isOne = ({ raw }: { readonly raw: Buffer }) => known.has(raw.toString("base64"));
  const tls = {
    ca: [...ca],
    serverName: POOL_NAME,
    rejectUnauthorized: true,
    checkServerIdentity: (_: string, shown: PeerCertificate) =>
      isOne(shown) ? undefined : new Error("the certificate is none of the pool's"),
  };
  const url = urlOf("https", address).replace("/jsonrpc", `:${port}/jsonrpc`);
  return createTransport(url, others, { tls, keepalive: false, headers: { "User-Agent": "" } });
}

/**
 * JSON-RPC 2.0 by `POST /jsonrpc` on one of XAPI's ways. Connections are kept and reused, one request at a time on
 * each; the headers stay far below the 1024 bytes that XAPI can take. Nothing is tried twice here: a request whose
 * connection broke may have been carried out.
 */
function createTransport(url: string, options: TransportOptions, way: BunFetchRequestInit): XapiTransport {
  const { maxAnswerBytes = LONGEST_ANSWER, mask = (text) => text, maskWhole = (text) => text } = options;
  let lastId = 0;
  let closed = false;

  async function call(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
  ): Promise<XapiResult<unknown>> {
    lastId += 1;
    const id = lastId;
    if (closed) return { ok: false, fault: { kind: "unreachable", detail: "the client is closed" } };
    const body = JSON.stringify({ jsonrpc: "2.0", method, params, id });
    const bytes = Buffer.byteLength(body);
    if (bytes > MAX_BODY_BYTES) return malformed(`request of ${bytes} bytes, XAPI takes ${MAX_BODY_BYTES}`);
    try {
      const response = await fetch(url, {
        ...way,
        method: "POST",
        ...UNCOMPRESSED,
        headers: { ...way.headers, ...UNCOMPRESSED.headers, "Content-Type": "application/json" },
        body,
        signal,
        redirect: "error",
      });
      const text = maskWhole(await readBody(response, maxAnswerBytes));
      if (response.status !== 200) return malformed(`HTTP ${response.status}: ${excerpt(mask(text))}`);
      const answer = parseAnswer(text, id);
      return answer.ok ? answer : { ok: false, fault: maskFault(answer.fault, mask) };
    } catch (error) {
      if (error instanceof TooLong) return malformed(error.message);
      return { ok: false, fault: signal.aborted ? { kind: "timeout" } : faultOf(error) };
    }
  }

  return {
    call,
    // The runtime owns the idle connections and drops them; what is left to do is to open no new one.
    close(): Promise<void> {
      closed = true;
      return Promise.resolve();
    },
  };
}

/** What the usual codes mean here; the runtime's own words speak of typing errors. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "xapi does not run: its socket is missing",
  ECONNREFUSED: "xapi does not run: its socket refuses",
  EACCES: "this user may not use xapi's socket: run it as root",
  EPERM: "this user may not use xapi's socket: run it as root",
  ECONNRESET: "xapi broke the connection",
};

function faultOf(error: unknown): XapiFault {
  if (!(error instanceof Error)) return { kind: "unreachable", detail: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { kind: "unreachable", detail: MEANINGS[code] ?? excerpt(`${code}: ${error.message}`) };
}

/** Only what people read of it: a password may be any word, also one that something is decided by. */
function maskFault(fault: XapiFault, mask: (text: string) => string): XapiFault {
  if (fault.kind === "api") return { ...fault, params: fault.params.map(mask) };
  return fault.kind === "timeout" ? fault : { ...fault, detail: mask(fault.detail) };
}
