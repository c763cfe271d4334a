import { type IncomingMessage, request } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Login } from "../login.ts";
import { authorityOf, type Endpoint } from "./endpoint.ts";

export interface HttpCall {
  readonly method: "GET" | "POST";
  /** On the device; `pathOnDevice` made it. */
  readonly path: string;
  readonly body: string | null;
}

export type HttpReply =
  | { readonly ok: true; readonly status: number; readonly location: string | null; readonly text: string }
  | { readonly ok: false; readonly why: string };

/** A system's resource has some 20,000 characters; what never ends must not fill this host's memory. */
const LONGEST_BODY = 500_000;

/**
 * One request over a connection whose certificate was checked. Never rejects; it ends when the socket does, so whoever
 * has a deadline destroys the socket.
 */
export function callOver(
  socket: TLSSocket,
  endpoint: Endpoint,
  login: Login,
  call: HttpCall,
): Promise<HttpReply> {
  const { promise, resolve } = Promise.withResolvers<HttpReply>();
  const fail = (why: string) => resolve({ ok: false, why });
  socket.once("close", () => fail("it closed the connection in the middle"));
  const outgoing = request({
    createConnection: () => socket,
    method: call.method,
    path: call.path,
    headers: {
      Host: authorityOf(endpoint),
      Authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`,
      Accept: "application/json",
      "OData-Version": "4.0",
      Connection: "close",
      ...(call.body === null
        ? {}
        : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(call.body)) }),
    },
  });
  outgoing.on("error", (error) => fail(`no answer in HTTP: ${error.message}`));
  outgoing.on("response", (incoming) => {
    void readReply(incoming).then((reply) => {
      resolve(reply);
      socket.destroy();
    });
  });
  outgoing.end(call.body ?? undefined);
  return promise;
}

function readReply(incoming: IncomingMessage): Promise<HttpReply> {
  const { promise, resolve } = Promise.withResolvers<HttpReply>();
  const fail = (why: string) => resolve({ ok: false, why });
  const parts: Buffer[] = [];
  let length = 0;
  incoming.on("data", (part: Buffer) => {
    length += part.length;
    if (length > LONGEST_BODY) fail(`its answer is longer than ${LONGEST_BODY} characters`);
    else parts.push(part);
  });
  incoming.on("error", (error) => fail(`its answer broke off: ${error.message}`));
  incoming.on("aborted", () => fail("its answer broke off"));
  incoming.on("end", () => {
    if (!incoming.complete) fail("its answer broke off");
    resolve({
      ok: true,
      status: incoming.statusCode ?? 0,
      location: incoming.headers.location ?? null,
      text: Buffer.concat(parts).toString("utf8"),
    });
  });
  return promise;
}
