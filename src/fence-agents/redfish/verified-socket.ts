import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { authorityOf, type Endpoint } from "../address.ts";
import { checkPin } from "./certificate-pins.ts";
import { HTTPS_PORT } from "./endpoint.ts";
import { final } from "./fault.ts";
import { explainConnection, type TlsFault } from "./tls-words.ts";

/** Which certificate a device may show: one that these authorities signed for its name, or the one it showed first. */
export type Trust =
  | { readonly kind: "authorities"; readonly pem: string; readonly path: string }
  | { readonly kind: "pinned"; readonly folder: string };

export interface ConnectOptions {
  readonly endpoint: Endpoint;
  readonly trust: Trust;
  readonly legacyTls: boolean;
}

export type Connected = { readonly ok: true; readonly socket: Duplex } | TlsFault;

type Shaken = { readonly ok: true; readonly socket: TLSSocket } | TlsFault;

/**
 * TLS 1.0 and 1.1, and every suite that this program has at all. Not TLS 1.3: some old controllers fall over a greeting
 * that offers it.
 */
const LEGACY: ConnectionOptions = {
  minVersion: "TLSv1",
  maxVersion: "TLSv1.2",
  ciphers: "ALL:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256:DES-CBC3-SHA",
};

/**
 * Connects, and answers with a connection only after its certificate was checked, so that nothing was sent before.
 * (Bun's `fetch` does not ask its `checkServerIdentity` when authorities are not to be checked.) Never rejects.
 */
export async function connectVerified(options: ConnectOptions, signal: AbortSignal): Promise<Connected> {
  const { endpoint, trust } = options;
  const connected = await shakeHands(options, signal);
  if (!connected.ok || trust.kind === "authorities") return connected;
  // Not `this is who it says it is`, but `this is whom we met`; that it has the key, the handshake proved.
  const { fingerprint256 } = connected.socket.getPeerCertificate() ?? {};
  const distrust = await checkFingerprint(endpoint, trust, fingerprint256 ?? "");
  if (distrust === null) return connected;
  connected.socket.destroy();
  return final(distrust);
}

/** Why this is not whom we met, by the fingerprint of its certificate; null when it is. */
export async function checkFingerprint(
  endpoint: Endpoint,
  { folder }: Extract<Trust, { kind: "pinned" }>,
  fingerprint: string,
): Promise<string | null> {
  if (fingerprint === "") return "it shows no certificate";
  return await checkPin(folder, authorityOf(endpoint, HTTPS_PORT), fingerprint);
}

function shakeHands(options: ConnectOptions, signal: AbortSignal): Promise<Shaken> {
  const { endpoint, trust, legacyTls } = options;
  const { address, port } = endpoint;
  const { promise, resolve } = Promise.withResolvers<Shaken>();
  let reached = false;
  const authorities = trust.kind === "authorities" ? trust.path : null;
  const fail = (error: unknown) =>
    resolve(explainConnection(error, { port, reached, legacyTls, authorities }));
  try {
    const socket = connect({
      host: address,
      port,
      ...(legacyTls ? LEGACY : {}),
      // The name is checked by the runtime; an address is no name for SNI.
      ...(isIP(address) === 0 ? { servername: address } : {}),
      ...(trust.kind === "authorities"
        ? { ca: trust.pem, rejectUnauthorized: true }
        : { rejectUnauthorized: false }),
    });
    // Stays for as long as the socket: an error that nobody hears would end the program.
    socket.on("error", fail);
    socket.once("connect", () => {
      reached = true;
    });
    socket.on("close", () => fail(new Error("it closed the connection")));
    socket.once("secureConnect", () => {
      if (trust.kind === "pinned" || socket.authorized) resolve({ ok: true, socket });
      else {
        socket.destroy();
        fail(socket.authorizationError ?? new Error("its certificate is not trusted"));
      }
    });
    signal.addEventListener("abort", () => socket.destroy(), { once: true });
    if (signal.aborted) socket.destroy();
  } catch (error) {
    fail(error);
  }
  return promise;
}
