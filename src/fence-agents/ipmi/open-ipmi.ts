import { join } from "node:path";
import { findLogin } from "../login.ts";
import type { OpenDevice } from "../method.ts";
import { findEntry, readMethodFile } from "../method-files.ts";
import { createIpmiDevice } from "./ipmi-device.ts";
import { parseIpmiOptions } from "./options.ts";

/** Finds a host's BMC: its address in IPMI.hosts, options in IPMI.conf, and ipmitool, which must be there. */
export const openIpmi: OpenDevice = (request, context) => {
  const entry = findEntry("IPMI", request, context.say);
  if (typeof entry === "string") return entry;
  if (!/^[A-Za-z0-9._:%-]+$/.test(entry.device))
    return `Cannot fence: ${entry.device} in line ${entry.line} of ${request.folder}/IPMI.hosts is no address`;
  const login = findLogin("IPMI", entry, request);
  if (typeof login === "string") return login;
  const path = join(request.folder, "IPMI.conf");
  const file = readMethodFile(path, true);
  if (!file.ok) return file.why;
  const parsed = parseIpmiOptions(file.text);
  if (!parsed.ok) return `Cannot use ${path}: ${parsed.why}`;
  if (Bun.which("ipmitool", { PATH: context.environment["PATH"] ?? "" }) === null)
    return "Cannot fence: ipmitool is not installed; run: yum install ipmitool, or use FENCE_METHOD=REDFISH";
  return createIpmiDevice({ address: entry.device, login, options: parsed.options }, context);
};
