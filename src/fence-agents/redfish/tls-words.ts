import { type Fault, final, passing } from "./fault.ts";

export interface ConnectionState {
  readonly port: number;
  /** Something accepted the connection; what failed came after that. */
  readonly reached: boolean;
  readonly legacyTls: boolean;
  /** The file of the authorities, when certificates are checked with one. */
  readonly authorities: string | null;
}

/** `nothingInCommon`: both sides have no TLS version, or no cipher suite, that the other has. */
export type TlsFault = Fault & { readonly nothingInCommon?: boolean };

/** The names of OpenSSL's alerts and faults that mean: no version, or no cipher suite, that both sides have. */
const NOTHING_IN_COMMON =
  /PROTOCOL_VERSION|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|NO_SHARED|UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION|WRONG_CIPHER|UNKNOWN_CIPHER|NO_CIPHER|INAPPROPRIATE_FALLBACK|BAD_DH|KEY_TOO_SMALL|WRONG_SIGNATURE_TYPE|NO_COMMON_SIGNATURE/;
const CERTIFICATE = /CERT|SIGN|ISSUER|ALTNAME|BORINGSSL/i;

/** Why there is no connection, in plain words, and what helps; the library's own words come last. */
export function explainConnection(error: unknown, state: ConnectionState): TlsFault {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  if (code === "ECONNREFUSED")
    return passing(
      `it refuses connections at port ${state.port}: no Redfish service there, or it is starting`,
    );
  if (code === "ENOTFOUND" || code.startsWith("EAI_") || code.startsWith("DNS_"))
    return passing("its address cannot be found; see its line in REDFISH.hosts, and the name server");
  if (/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EHOSTDOWN)$/.test(code))
    return passing(`it cannot be reached (${code}): no power, or another network`);
  const name = nameOf(code, message);
  if (NOTHING_IN_COMMON.test(name)) return { ...noCommonTls(name, state), nothingInCommon: true };
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNEXPECTED_RECORD/.test(name))
    return passing(
      `port ${state.port} does not speak TLS; write its HTTPS port into REDFISH.hosts: <address>:<port>`,
    );
  if (state.authorities !== null && CERTIFICATE.test(code))
    return final(
      `its certificate cannot be verified with ${state.authorities}: ${message}; nothing was sent to it`,
    );
  if (
    state.reached &&
    /ECONNRESET|EPIPE|INTERNAL_ERROR|DECODE_ERROR|UNEXPECTED_MESSAGE|UNEXPECTED_EOF/.test(`${code} ${name}`)
  )
    return brokenOff(name, state);
  return passing(`no connection: ${name}`);
}

/** `ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION`, and `error:1000042e:SSL routines:…:PROTOCOL_VERSION`, as `protocol version`. */
function nameOf(code: string, message: string): string {
  if (code.startsWith("ERR_SSL_")) return code.slice("ERR_SSL_".length);
  return /^error:[0-9a-f]+:/i.test(message) ? (message.split(":").at(-1) ?? message) : message;
}

function noCommonTls(name: string, { legacyTls }: ConnectionState): Fault {
  const said = `TLS: ${name
    .replace(/^(SSLV3|TLSV1)_(ALERT_)?/, "")
    .replaceAll("_", " ")
    .toLowerCase()}`;
  return final(
    legacyTls
      ? `it has no TLS version or cipher suite that this host has, even with LEGACY_TLS=1; update its firmware, or use FENCE_METHOD=IPMI (${said})`
      : `it has no TLS version or cipher suite that is offered; for an old controller write LEGACY_TLS=1 into REDFISH.conf, or update its firmware (${said})`,
  );
}

/** Some old controllers do not say that they understand nothing: they hang up. So does one that is busy. */
function brokenOff(name: string, { legacyTls }: ConnectionState): Fault {
  const cure = legacyTls ? "" : "; if that lasts, try LEGACY_TLS=1 in REDFISH.conf";
  return passing(`it broke off the TLS handshake${cure} (${name})`);
}
