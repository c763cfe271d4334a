import { join } from "node:path";
import { isUuid } from "../../core/model/ids.ts";
import type { OpenDevice } from "../method.ts";
import { findEntry } from "../method-files.ts";
import { createSshClient } from "../ssh/client.ts";
import { maskDevice } from "../ssh/mask-device.ts";
import { openTarget, readOptions, SSH_OPTIONS } from "../ssh/target.ts";
import { createXvm } from "./xvm-device.ts";

const USER = "root";

/** `XVM.hosts`: `<pool host uuid>:<uuid of its VM on the outer host>[:<user>]`; FENCE_IPADDRESS is the outer host. */
export const openXvm: OpenDevice = (request, context) => {
  const entry = findEntry("XVM", request, context.say);
  if (typeof entry === "string") return entry;
  const vm = entry.device.toLowerCase();
  if (!isUuid(vm))
    return `Cannot fence: ${entry.device} in XVM.hosts, line ${entry.line}, is no uuid of a VM`;
  const outerHost = request.address.replace(/^\[(.*)\]$/, "$1");
  if (outerHost === "")
    return "Cannot fence: FENCE_IPADDRESS is not set; it is the host on which the VMs run";
  const options = readOptions(join(request.folder, "XVM.conf"), SSH_OPTIONS);
  if (typeof options === "string") return options;
  const target = openTarget(outerHost, entry.user ?? request.user ?? USER, options, request.password);
  if (typeof target === "string") return target;
  return maskDevice(createXvm(createSshClient(target, context), outerHost, vm), request.password);
};
