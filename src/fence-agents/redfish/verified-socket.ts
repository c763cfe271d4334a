import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { checkPin } from "./certificate-pins.ts";
import type { Endpoint } from "./endpoint.ts";

/** Which certificate a device may show: one that these authorities signed for its name, or the one it showed first. */
export type Trust =
  | { readonly kind: "authorities"; readonly pem: string; readonly path: string }
  | { readonly kind: "pinned"; readonly folder: string };

export type Connected =
  | { readonly ok: true; readonly socket: TLSSocket }
  | { readonly ok: false; readonly why: string };

/**
 * Connects, and answers with a connection only after its certificate was checked, so that nothing was sent before.
 * (Bun's `fetch` does not ask its `checkServerIdentity` when authorities are not to be checked.) Never rejects.
 */
export async function connectVerified(
  endpoint: Endpoint,
  trust: Trust,
  signal: AbortSignal,
): Promise<Connected> {
  const connected = await shakeHands(endpoint, trust, signal);
  if (!connected.ok || trust.kind === "authorities") return connected;
  // Not `this is who it says it is`, but `this is whom we met`; that it has the key, the handshake proved.
  const { fingerprint256 } = connected.socket.getPeerCertificate() ?? {};
  const distrust =
    typeof fingerprint256 === "string" && fingerprint256 !== ""
      ? await checkPin(trust.folder, endpoint.address, fingerprint256)
      : "it shows no certificate";
  if (distrust === null) return connected;
  connected.socket.destroy();
  return { ok: false, why: distrust };
}

function shakeHands({ address, port }: Endpoint, trust: Trust, signal: AbortSignal): Promise<Connected> {
  const { promise, resolve } = Promise.withResolvers<Connected>();
  const fail = (error: unknown) => resolve({ ok: false, why: explain(error, trust) });
  try {
    const socket = connect({
      host: address,
      port,
      // The name is checked by the runtime; an address is no name for SNI.
      ...(isIP(address) === 0 ? { servername: address } : {}),
      ...(trust.kind === "authorities"
        ? { ca: trust.pem, rejectUnauthorized: true }
        : { rejectUnauthorized: false }),
    });
    // Stays for as long as the socket: an error that nobody hears would end the program.
    socket.on("error", fail);
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

function explain(error: unknown, trust: Trust): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  if (code === "ECONNREFUSED") return "it refuses connections: no Redfish service there";
  if (code === "ENOTFOUND" || code.startsWith("EAI_") || code.startsWith("DNS_"))
    return "its address cannot be found";
  if (trust.kind === "authorities" && /CERT|SIGN|ISSUER|ALTNAME|BORINGSSL/i.test(code))
    return `its certificate cannot be verified with ${trust.path}: ${message}; nothing was sent to it`;
  return `no connection: ${message}`;
}
