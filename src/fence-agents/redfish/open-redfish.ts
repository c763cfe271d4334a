import { join } from "node:path";
import { findLogin } from "../login.ts";
import type { MethodContext, OpenDevice } from "../method.ts";
import { findEntry, readMethodFile } from "../method-files.ts";
import type { AgentRequest } from "../request.ts";
import { parseDeviceField } from "./endpoint.ts";
import { parseRedfishOptions } from "./options.ts";
import { RedfishClient } from "./redfish-client.ts";
import { RedfishDevice } from "./redfish-device.ts";
import type { Trust } from "./verified-socket.ts";

/** A controller that does other work may need seconds for a handshake. */
const REQUEST_MS = 10_000;

/** Finds a host's Redfish service: REDFISH.hosts has its address, REDFISH.conf how certificates are checked. */
export const openRedfish: OpenDevice = (request, context) => openRedfishAt(443, REQUEST_MS, request, context);

/** The same at another port, with another deadline for each request: tests do not wait for the real one. */
export function openRedfishAt(
  port: number,
  requestMs: number,
  request: AgentRequest,
  context: MethodContext,
): RedfishDevice | string {
  const entry = findEntry("REDFISH", request, context.say);
  if (typeof entry === "string") return entry;
  const field = parseDeviceField(entry.device);
  if (typeof field === "string")
    return `Cannot fence: line ${entry.line} of ${request.folder}/REDFISH.hosts: ${field}`;
  const login = findLogin("REDFISH", entry, request);
  if (typeof login === "string") return login;
  // RFC 7617: the first colon ends the user's name.
  if (login.user.includes(":")) return "Cannot fence: the user's name must not have a colon";
  const trust = readTrust(request, context);
  if (typeof trust === "string") return trust;
  const endpoint = { address: field.address, port };
  const client = new RedfishClient(context.clock, { endpoint, login, trust, requestMs });
  return new RedfishDevice(client, field.address, field.system);
}

function readTrust(request: AgentRequest, context: MethodContext): Trust | string {
  const path = join(request.folder, "REDFISH.conf");
  const file = readMethodFile(path, true);
  if (!file.ok) return file.why;
  const parsed = parseRedfishOptions(file.text);
  if (!parsed.ok) return `Cannot use ${path}: ${parsed.why}`;
  const authorities = parsed.options.CA_FILE;
  if (authorities === "") return { kind: "pinned", folder: context.pins };
  const pem = readMethodFile(authorities, false);
  if (!pem.ok) return pem.why;
  if (!pem.text.includes("-----BEGIN CERTIFICATE-----"))
    return `Cannot use ${authorities}: it has no certificate in PEM; it is CA_FILE of ${path}`;
  return { kind: "authorities", pem: pem.text, path: authorities };
}
