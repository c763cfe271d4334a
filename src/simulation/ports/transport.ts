import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";
import type { OpenMasterWay, XapiTransport } from "../../ports/xapi-transport.ts";
import type { Json } from "../database.ts";
import { POOL_SECRET } from "../spec.ts";
import type { World } from "../world.ts";
import type { Answer } from "../xapi/answer.ts";
import { handle } from "../xapi/route.ts";
import { orAbort, post, type Response } from "./network.ts";

/** The unix socket of a host's xapi, or its TCP port over the loopback address, without the socket. */
export function simTransport(world: World, host: number, channel: "unix" | "tcp" = "unix"): XapiTransport {
  return transportOver(world, host, (request) => handle(world, host, channel, request));
}

/** The way of a slave to a master over TLS that the pool's certificates verify: every host of the world has them. */
export function simMasterWay(
  world: World,
  host: number,
  wrap: (transport: XapiTransport) => XapiTransport,
): OpenMasterWay {
  return async (address) => {
    const transport = transportOver(world, host, (request) => post(world, host, address, request));
    return { ok: true, value: { transport: wrap(transport), secret: POOL_SECRET } };
  };
}

function transportOver(
  world: World,
  host: number,
  send: (request: object) => Promise<Response>,
): XapiTransport {
  let id = 0;
  return {
    call: async (method, params, signal) => {
      id += 1;
      noteRequest(world, host, method, params);
      const answer = await orAbort(send({ jsonrpc: "2.0", method, params, id }), signal);
      if (answer === null) return { ok: false, fault: { kind: "timeout" } };
      return understand(answer === "no-route" ? "refused" : answer);
    },
    close: async () => {},
  };
}

/** Who asks for a start or a promotion: XAPI's own log does not tell the hosts of a pool apart. */
function noteRequest(world: World, host: number, method: string, params: readonly unknown[]): void {
  if (method === "pool.emergency_transition_to_master") world.record("promote-asked", { by: host });
  if (!/^(?:Async\.)?VM(?:_appliance)?\.start(?:_on)?$/.test(method)) return;
  const ref = String(params[1]);
  const vm =
    [...world.vms.values()].find((known) => known.ref === ref)?.name ??
    ref.replace(/^OpaqueRef:appliance-/, "");
  world.record("start-asked", { by: host, vm });
}

/** What an answer means to a client: the result, or one of the four faults. */
export function understand(answer: Answer): XapiResult<unknown> {
  if (answer === "refused" || answer === "reset")
    return { ok: false, fault: { kind: "unreachable", detail: answer } };
  if (answer.http === 500) return { ok: false, fault: { kind: "malformed", detail: "HTTP 500" } };
  const { result, error } = answer.body as { [key: string]: Json };
  return error === undefined || error === null
    ? { ok: true, value: result }
    : { ok: false, fault: faultOf(error) };
}

function faultOf(error: Json): XapiFault {
  if (Array.isArray(error)) {
    const [code, ...params] = error as readonly string[];
    return { kind: "api", code: String(code), params };
  }
  const { message, data } = error as unknown as { message: string; data: readonly string[] };
  return { kind: "api", code: message, params: data };
}
