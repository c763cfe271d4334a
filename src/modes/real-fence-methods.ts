import { join } from "node:path";
import { createFenceMethods } from "../adapters/fencing/fence-methods.ts";
import type { MethodContext } from "../fence-agents/method.ts";
import { METHODS } from "../fence-agents/methods.ts";
import { readRequest } from "../fence-agents/request.ts";
import type { FenceMethods } from "../ports/fence-methods.ts";
import type { FenceRequest } from "../ports/fencer.ts";
import { BUILT_IN } from "./real-fencer.ts";
import type { Runtime } from "./runtime.ts";

/** What can be said of the methods without a device, for ha-cfg. */
export function createMethods(runtime: Runtime): FenceMethods {
  const { paths } = runtime;
  return createFenceMethods({
    builtIn: BUILT_IN,
    standard: paths.fence,
    state: paths.state,
    check: (request) => checkBuiltIn(request, runtime),
  });
}

/** Opens the device as its agent would, and no more: that reads its list and its options, and contacts nobody. */
async function checkBuiltIn(
  { method, host, agents, device }: Omit<FenceRequest, "action">,
  { clock, environment, paths, self }: Runtime,
): Promise<string | null> {
  const settings = {
    FENCE_FILE_LOC: agents,
    FENCE_PASSWD: device.password,
    FENCE_USER: device.user,
    FENCE_IPADDRESS: device.address,
  };
  const request = readRequest(method, [host, "status"], settings, paths.fence);
  if (typeof request === "string") return request;
  const open = await METHODS[method]?.();
  const pins = join(paths.state, "fence-pins");
  const context: MethodContext = { clock, environment, self, pins, say: () => undefined };
  const opened = open?.(request, context);
  return typeof opened === "string" ? opened : null;
}
