import { HOSTS_SYNTAX } from "../hosts-syntax.ts";
import { findLogin } from "../login.ts";
import type { OpenDevice } from "../method.ts";
import { findEntry, readOptions } from "../method-files.ts";
import { createIpmiDevice } from "./ipmi-device.ts";
import { IPMI_OPTIONS } from "./options.ts";

/** Finds a host's BMC: its address in IPMI.hosts, options in IPMI.conf, and ipmitool, which must be there. */
export const openIpmi: OpenDevice = (request, context) => {
  const listed = findEntry("IPMI", HOSTS_SYNTAX.IPMI, request, context.say);
  if (typeof listed === "string") return listed;
  const { entry } = listed;
  const login = findLogin("IPMI", entry, request);
  if (typeof login === "string") return login;
  const options = readOptions("IPMI", IPMI_OPTIONS, request);
  if (typeof options === "string") return options;
  if (Bun.which("ipmitool", { PATH: context.environment["PATH"] ?? "" }) === null)
    return "Cannot fence: ipmitool is not installed; run: yum install ipmitool, or use FENCE_METHOD=REDFISH";
  const { device: address, port } = entry;
  return createIpmiDevice({ address, port, login, options }, context);
};
