import { shorten } from "../../core/model/plain-text.ts";
import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";

/** A fault for an answer that is not what the protocol promises. */
export function malformed(detail: string): { readonly ok: false; readonly fault: XapiFault } {
  return { ok: false, fault: { kind: "malformed", detail } };
}

/** True for an error that XAPI itself reported with this code. */
export function isApiFault(fault: XapiFault, code: string): boolean {
  return fault.kind === "api" && fault.code === code;
}

/**
 * The result, or the error, in the body of a JSON-RPC answer (adapters/xapi/README.md, T4). Errors come in three
 * shapes: `{code, message, data}` from the xapi that was asked, a bare array `[code, …]` from the one it forwarded to,
 * and the envelope of version 1, with `result: null` beside the error. The id proves nothing in an error: emergency
 * errors always have 0. In a result it has to be ours.
 */
export function parseAnswer(text: string, id: number): XapiResult<unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return malformed(`no JSON: ${excerpt(text)}`);
  }
  if (!isRecord(body)) return malformed(`no JSON-RPC answer: ${excerpt(text)}`);
  const error = body["error"];
  if (error !== undefined && error !== null) return parseError(error, text);
  if (!("result" in body)) return malformed(`neither result nor error: ${excerpt(text)}`);
  if (body["id"] !== id) return malformed(`the answer to another request: ${excerpt(text)}`);
  return { ok: true, value: body["result"] };
}

/**
 * Does a host that is in emergency mode say this? Its errors have the id 0, never the request's
 * (adapters/xapi/README.md, T4). What they say is why `Pool.hello` failed: HOST_IS_SLAVE names the master of the one it
 * asked, not its own.
 */
export function speaksInEmergency(text: string, id: number): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) && body["error"] != null && body["id"] === 0 && id !== 0;
  } catch {
    return false;
  }
}

function parseError(error: unknown, text: string): XapiResult<never> {
  const parts = isRecord(error) ? [error["message"], ...asArray(error["data"])] : asArray(error);
  const [code, ...params] = parts;
  if (typeof code !== "string" || code === "") return malformed(`an error without a code: ${excerpt(text)}`);
  return apiFault(code, params.map(textOf));
}

/** What is said of an error is not as long as whatever somebody has put into the database. */
const MOST_PARAMETERS = 12;
const LONGEST_PARAMETER = 300;

function apiFault(
  code: string,
  params: readonly string[],
): { readonly ok: false; readonly fault: XapiFault } {
  const shown = params.slice(0, MOST_PARAMETERS).map((text) => shorten(text, LONGEST_PARAMETER));
  return { ok: false, fault: { kind: "api", code: shorten(code, LONGEST_PARAMETER), params: shown } };
}

/** The code and parameters in `task.error_info`, as a fault. */
export function faultOfTask(errorInfo: readonly string[]): XapiFault {
  const [code, ...params] = errorInfo;
  if (code === undefined) return { kind: "malformed", detail: "a failed task without error_info" };
  return apiFault(code, params).fault;
}

/** A reference to an object; XAPI's null reference is none. */
export function readRef(answer: XapiResult<unknown>): XapiResult<string> {
  if (!answer.ok) return answer;
  const ref = answer.value;
  if (typeof ref !== "string" || !ref.startsWith("OpaqueRef:") || ref === NULL_REF)
    return malformed(`no reference: ${excerpt(JSON.stringify(ref) ?? "nothing")}`);
  return { ok: true, value: ref };
}

/** XAPI's "no object". */
export const NULL_REF = "OpaqueRef:NULL";

/** Drops the value: for calls whose result says nothing. */
export function voidOf(answer: XapiResult<unknown>): XapiResult<void> {
  return answer.ok ? { ok: true, value: undefined } : answer;
}

/** The beginning of a text on one line, for messages. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
