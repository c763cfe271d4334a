import type { Json } from "../database.ts";
import type { World, XapiProcess } from "../world.ts";
import {
  type Answer,
  ApiError,
  type Envelope,
  emergency,
  failure,
  internalServerError,
  success,
} from "./answer.ts";
import { databaseServer } from "./connection.ts";
import { dispatch } from "./dispatch.ts";
import { METHODS } from "./methods.ts";
import { pause, until } from "./process.ts";

interface Request {
  readonly envelope: Envelope;
  readonly method: string;
  readonly params: Json;
}

/**
 * One JSON-RPC request to a host's xapi, by its unix socket (as root) or by TCP, as a real one treats it: answered
 * here, forwarded to the master, refused, cut off, or never answered at all (adapters/xapi/README.md, "Who answers a
 * call"). `request` is the body after JSON parsing.
 */
export function handle(
  world: World,
  host: number,
  channel: "unix" | "tcp",
  request: unknown,
): Promise<Answer> {
  const process = world.host(host).xapi;
  if (!world.host(host).power || process === null || !process.answers) return Promise.resolve("refused");
  return new Promise((resolve) => {
    const died = () => resolve("reset");
    process.onDeath.add(died);
    const finished = (answer: Answer) => {
      process.onDeath.delete(died);
      resolve(answer);
    };
    void answer(world, process, channel, request).then(finished);
  });
}

async function answer(
  world: World,
  process: XapiProcess,
  channel: "unix" | "tcp",
  raw: unknown,
): Promise<Answer> {
  if (process.frozen) await until(world, process, () => !process.frozen);
  const request = parseRequest(raw);
  if (typeof request === "string") return internalServerError(request);
  const { envelope, method } = request;
  const callMs = world.timings.callMs + process.host.slowMs;
  if (callMs > 0) await pause(world, process, callMs);
  const definition = METHODS[method];
  if (process.emergency !== null && definition?.emergency !== true)
    return emergency(envelope.version, process.emergency);
  const own = definition?.emergency === true || definition?.notForwarded === true;
  const forwarded = process.role.kind !== "master" && channel === "unix" && !own;
  if (!forwarded) return reply(world, process, channel, request, "local");
  const master = await databaseServer(world, process);
  if (callMs > 0) await pause(world, master, callMs);
  return reply(world, master, "tcp", request, "forwarded");
}

async function reply(
  world: World,
  process: XapiProcess,
  channel: "unix" | "tcp",
  request: Request,
  shape: "local" | "forwarded",
): Promise<Answer> {
  const { envelope, method, params } = request;
  if (method.startsWith("system.isAlive:")) return isAlive(envelope, method, params);
  try {
    return success(envelope, await dispatch(world, process, channel, method, params));
  } catch (error) {
    if (error instanceof ApiError) return failure(envelope, error, shape);
    throw error;
  }
}

/**
 * Echoes its parameter; a short suffix is answered with HTTP 500, as was seen (adapters/xapi/README.md, "Probing a
 * peer").
 */
function isAlive(envelope: Envelope, method: string, params: Json): Answer {
  const suffix = method.slice("system.isAlive:".length);
  const [value] = Array.isArray(params) ? (params as readonly Json[]) : [];
  if (suffix.length < 36 || value === undefined)
    return internalServerError("Invalid_argument(&quot;String.sub&quot;)");
  return success(envelope, value);
}

function parseRequest(raw: unknown): Request | string {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    return 'Jsonrpc.Malformed_method_request("Invalid request body")';
  }
  const { jsonrpc, method, params, id } = raw as { [key: string]: Json | undefined };
  if (jsonrpc !== undefined && jsonrpc !== "2.0") {
    return "Jsonrpc.Malformed_method_request(\"Invalid field 'jsonrpc' in request body\")";
  }
  if (typeof id !== "string" && typeof id !== "number") {
    return "Jsonrpc.Malformed_method_request(\"Invalid field 'id' in request body\")";
  }
  if (typeof method !== "string") {
    return "Jsonrpc.Malformed_method_request(\"Invalid field 'method' in request body\")";
  }
  return { envelope: { version: jsonrpc === undefined ? 1 : 2, id }, method, params: params ?? [] };
}
