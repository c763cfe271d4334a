import { SSH_PORT } from "../../adapters/ssh/target.ts";
import { authorityOf } from "../address.ts";
import { HOSTS_SYNTAX } from "../hosts-syntax.ts";
import type { OpenDevice } from "../method.ts";
import { findEntry, readOptions } from "../method-files.ts";
import { createSshClient } from "../ssh/client.ts";
import { maskDevice } from "../ssh/mask-device.ts";
import { openTarget, SSH_OPTIONS } from "../ssh/target.ts";
import { createXvm } from "./xvm-device.ts";

const USER = "root";
const OPTIONS = {
  ...SSH_OPTIONS,
  /** The outer host's ssh port. */
  PORT: { fallback: String(SSH_PORT), pattern: /^([1-9]\d{0,4})$/ },
};

/** `XVM.hosts`: `<pool host uuid>:<uuid of its VM on the outer host>[:<user>]`; FENCE_IPADDRESS is the outer host. */
export const openXvm: OpenDevice = (request, context) => {
  const listed = findEntry("XVM", HOSTS_SYNTAX.XVM, request, context.say);
  if (typeof listed === "string") return listed;
  const { entry } = listed;
  const vm = entry.device.toLowerCase();
  const outerHost = request.address.replace(/^\[(.*)\]$/, "$1");
  if (outerHost === "")
    return "Cannot fence: FENCE_IPADDRESS is not set; it is the host on which the VMs run";
  const options = readOptions("XVM", OPTIONS, request);
  if (typeof options === "string") return options;
  const endpoint = { address: outerHost, port: Number(options.PORT) };
  const target = openTarget(endpoint, entry.user ?? request.user ?? USER, options, request.password);
  if (typeof target === "string") return target;
  return maskDevice(
    createXvm(createSshClient(target, context), authorityOf(target, SSH_PORT), vm),
    request.password,
  );
};
