import { SSH_PORT } from "../adapters/ssh/target.ts";
import type { HostsSyntax } from "./hosts-file.ts";
import { IPMI_PORT } from "./ipmi/ipmi-port.ts";
import { HTTPS_PORT } from "./redfish/endpoint.ts";

/** What a line of `<METHOD>.hosts` may name, for each built-in method that has such a list. */
export const HOSTS_SYNTAX = {
  IPMI: {
    usualPort: IPMI_PORT,
    systems: false,
    shape: "<host uuid>:<address of its BMC>[:<port>][:<user>]",
  },
  REDFISH: {
    usualPort: HTTPS_PORT,
    systems: true,
    shape: "<host uuid>:<address>[:<port>][/<Id or UUID of the system>][:<user>]",
  },
  ILO: {
    usualPort: SSH_PORT,
    systems: false,
    shape: "<host uuid>:<address of its iLO>[:<port>][:<user>]",
  },
  XVM: {
    usualPort: "a VM has no port, and the outer host's ssh port is PORT in XVM.conf",
    systems: false,
    isVm: true,
    shape: "<host uuid>:<uuid of its VM on the outer host>[:<user>]",
  },
} as const satisfies Readonly<Record<string, HostsSyntax>>;
