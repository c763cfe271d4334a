import type { Json } from "../database.ts";

/** What a connection to a xapi ends with; a call that hangs is a promise that is not settled. */
export type Answer =
  | { readonly http: 200; readonly body: Json }
  | { readonly http: 500; readonly html: string }
  | "refused"
  | "reset";

/** A XAPI error on its way to the answer. */
export class ApiError extends Error {
  readonly code: string;
  readonly params: readonly string[];

  constructor(code: string, params: readonly string[] = []) {
    super(`${code} ${params.join(" ")}`);
    this.code = code;
    this.params = params;
  }
}

export interface Envelope {
  readonly version: 1 | 2;
  readonly id: Json;
}

export function success(envelope: Envelope, result: Json): Answer {
  const { version, id } = envelope;
  return { http: 200, body: version === 2 ? { jsonrpc: "2.0", result, id } : { result, error: null, id } };
}

/** The error shapes (adapters/xapi/README.md, T4): local and forwarded ones of version 2, and version 1 for both. */
export function failure(envelope: Envelope, error: ApiError, shape: "local" | "forwarded"): Answer {
  const { version, id } = envelope;
  const { code, params } = error;
  if (version === 1) return { http: 200, body: { result: null, error: [code, ...params], id } };
  if (shape === "forwarded") return { http: 200, body: { jsonrpc: "2.0", error: [code, ...params], id } };
  return { http: 200, body: { jsonrpc: "2.0", error: { code: 1, message: code, data: params }, id } };
}

/** Emergency-mode errors carry id 0, whatever the request's was. */
export function emergency(version: 1 | 2, error: ApiError): Answer {
  return failure({ version, id: 0 }, error, "forwarded");
}

/** The page that a real xapi sends for a fault outside the API. */
export function internalServerError(detail: string): Answer {
  const advice =
    "An unexpected error occurred; please wait a while and try again. If the problem persists, please contact your support representative.";
  const escaped = detail.replaceAll('"', "&quot;").replaceAll("'", "&apos;");
  const html = `<html><body><h1>HTTP 500 internal server error</h1>${advice}<h1> Additional information </h1>${escaped}</body></html>`;
  return { http: 500, html };
}
