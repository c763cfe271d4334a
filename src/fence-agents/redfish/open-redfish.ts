import { join } from "node:path";
import { authorityOf } from "../address.ts";
import type { PowerDevice } from "../device.ts";
import { HOSTS_SYNTAX } from "../hosts-syntax.ts";
import { findLogin } from "../login.ts";
import type { MethodContext, OpenDevice } from "../method.ts";
import { findEntry, readMethodFile, readOptions } from "../method-files.ts";
import type { AgentRequest } from "../request.ts";
import { HTTPS_PORT } from "./endpoint.ts";
import { RedfishClient } from "./redfish-client.ts";
import { RedfishDevice } from "./redfish-device.ts";
import type { Trust } from "./verified-socket.ts";

/** A controller that does other work may need seconds for a handshake. */
const REQUEST_MS = 10_000;

const OPTIONS = {
  /** File of PEM certificates that sign those of the devices; empty: each device's certificate is pinned when first seen. */
  CA_FILE: { fallback: "", pattern: /^(\/[^\0]*)?$/ },
  /** `1`: also offer the TLS versions and cipher suites of old controllers. */
  LEGACY_TLS: { fallback: "0", pattern: /^[01]$/ },
};

/** Finds a host's Redfish service: REDFISH.hosts has its address, REDFISH.conf how it is spoken to. */
export const openRedfish: OpenDevice = (request, context) => openRedfishWithin(REQUEST_MS, request, context);

/** The same with another deadline for each request: tests do not wait for the real one. */
export function openRedfishWithin(
  requestMs: number,
  request: AgentRequest,
  context: MethodContext,
): PowerDevice | string {
  const listed = findEntry("REDFISH", HOSTS_SYNTAX.REDFISH, request, context.say);
  if (typeof listed === "string") return listed;
  const { entry, others } = listed;
  const login = findLogin("REDFISH", entry, request);
  if (typeof login === "string") return login;
  // RFC 7617: the first colon ends the user's name.
  if (login.user.includes(":")) return "Cannot fence: the user's name must not have a colon";
  const options = readOptions("REDFISH", OPTIONS, request);
  if (typeof options === "string") return options;
  const trust = readTrust(options.CA_FILE, request, context);
  if (typeof trust === "string") return trust;
  const endpoint = { address: entry.device, port: entry.port };
  const legacyTls = options.LEGACY_TLS === "1";
  const client = new RedfishClient(context.clock, {
    ...{ endpoint, login, trust, legacyTls, requestMs },
    environment: context.environment,
  });
  const taken = others.flatMap(({ device, port, system, line }) =>
    device === entry.device && port === entry.port && system !== null ? [{ system, line }] : [],
  );
  const target = { address: authorityOf(endpoint, HTTPS_PORT), system: entry.system, taken };
  return new RedfishDevice(client, target, context.say);
}

function readTrust(authorities: string, request: AgentRequest, context: MethodContext): Trust | string {
  if (authorities === "") return { kind: "pinned", folder: context.pins };
  const pem = readMethodFile(authorities, "it is not there; it is CA_FILE of REDFISH.conf");
  if (!pem.ok) return pem.why;
  if (!pem.text.includes("-----BEGIN CERTIFICATE-----"))
    return `Cannot use ${authorities}: it has no certificate in PEM; it is CA_FILE of ${join(request.folder, "REDFISH.conf")}`;
  return { kind: "authorities", pem: pem.text, path: authorities };
}
