import { deviceSettings } from "../adapters/fencing/fence-agent.ts";
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
  request: Omit<FenceRequest, "action">,
  { clock, environment, paths, self }: Runtime,
): Promise<string | null> {
  const { method, host } = request;
  const asked = readRequest(method, [host, "status"], deviceSettings(request), paths.fence);
  if (typeof asked === "string") return asked;
  const open = await METHODS[method]?.();
  const context: MethodContext = { clock, environment, self, pins: paths.pins, say: () => undefined };
  const opened = open?.(asked, context);
  return typeof opened === "string" ? opened : null;
}
