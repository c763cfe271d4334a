import { type Json, NULL_REF } from "../database.ts";
import type { World, XapiProcess } from "../world.ts";
import { ApiError } from "./answer.ts";
import { databaseServer } from "./connection.ts";
import type { Call, Method, ParameterType } from "./method.ts";
import { METHODS } from "./methods.ts";
import { noteErrorLines } from "./noise.ts";
import { implicitMethod } from "./read.ts";
import { beginTask } from "./task.ts";

/** Carries a call out in this process: parameters are counted, typed, the session checked, in a real xapi's order. */
export async function dispatch(
  world: World,
  process: XapiProcess,
  channel: "unix" | "tcp",
  name: string,
  params: Json,
): Promise<Json> {
  const asynchronous = name.startsWith("Async.");
  const plain = asynchronous ? name.slice("Async.".length) : name;
  const method = METHODS[plain] ?? implicitMethod(plain);
  if (!Array.isArray(params)) throw typeFault("string", params);
  const args = params as readonly Json[];
  const known = method !== undefined && (!asynchronous || method.async === true);
  const sessionless = known && method.session === "none";
  if (known) checkCount(name, method, args);
  const session = sessionless ? "" : text(args[0]);
  const rest = sessionless ? args : args.slice(1);
  if (known) checkTypes(method, rest);
  const local =
    !sessionless && (isLocal(process, session) ?? (await checkAtMaster(world, process, channel, session)));
  if (!known) throw new ApiError("MESSAGE_METHOD_UNKNOWN", [name]);
  if (method.session === "local" && !local) {
    throw new ApiError("INTERNAL_ERROR", ["Internal API call attempted with non-pool (external) session"]);
  }
  const task = method.taskless === true ? () => "" : world.random.lateUuid();
  const { database } = process.host;
  const call: Call = { world, process, channel, session, local, task, database };
  return asynchronous ? beginTask(call, name, () => method.run(call, rest)) : method.run(call, rest);
}

function checkCount(name: string, method: Method, args: readonly Json[]): void {
  const own = method.session === "none" ? args.length : args.length - 1;
  const most = method.params.length;
  const least = most - (method.optional ?? 0);
  if (own > most || own < least) {
    throw new ApiError("MESSAGE_PARAMETER_COUNT_MISMATCH", [name, String(least), String(own)]);
  }
}

function checkTypes(method: Method, args: readonly Json[]): void {
  args.forEach((arg, index) => {
    const type = method.params[index];
    if (type !== undefined && !fits(type, arg)) throw typeFault(type, arg);
  });
}

function fits(type: ParameterType, value: Json): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int":
      return (typeof value === "number" && Number.isInteger(value)) || isDecimal(value);
    case "float":
      return typeof value === "number" || isDecimal(value);
    case "set":
      return Array.isArray(value);
    case "map":
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}

function isDecimal(value: Json): boolean {
  return typeof value === "string" && /^-?[0-9]+(\.[0-9]*)?$/.test(value);
}

function typeFault(type: ParameterType, value: Json): ApiError {
  return new ApiError("INTERNAL_ERROR", [`Failure("Expected ${type}, got '${show(value)}'")`]);
}

/** As ocaml-rpc prints a value. */
function show(value: Json): string {
  if (typeof value === "string") return `S(${value})`;
  if (typeof value === "number") return Number.isInteger(value) ? `I(${value})` : `F(${value})`;
  if (typeof value === "boolean") return `B(${value})`;
  if (value === null) return "N";
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(show).join(";")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}:${show(item)}`)
    .join(";")}}`;
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw typeFault("string", value ?? null);
  return value;
}

/**
 * True for a session of this host only, which passes every check here (adapters/xapi/README.md, "Sessions"); false for
 * one of the pool on a master; null when another host knows.
 */
function isLocal(process: XapiProcess, session: string): boolean | null {
  if (process.localSessions.has(session)) return true;
  if (process.role.kind !== "master") return null;
  if (!process.sessions.has(session)) throw invalidSession(process, session);
  return false;
}

function invalidSession(process: XapiProcess, session: string): ApiError {
  noteErrorLines(process);
  return new ApiError("SESSION_INVALID", [session]);
}

/** On a slave a session of the pool is looked up in the master's database, which may block. */
async function checkAtMaster(
  world: World,
  process: XapiProcess,
  channel: "unix" | "tcp",
  session: string,
): Promise<false> {
  if (session === NULL_REF) throw invalidSession(process, session);
  const master = await databaseServer(world, process);
  if (!master.sessions.has(session)) throw invalidSession(process, session);
  if (channel === "tcp") throw new ApiError("HOST_IS_SLAVE", [master.host.address]);
  return false;
}
