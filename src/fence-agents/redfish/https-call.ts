import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import type { Endpoint } from "../address.ts";
import type { Login } from "../login.ts";
import { decodeBody } from "./decode-body.ts";
import { hostHeaderOf } from "./endpoint.ts";
import { type Fault, passing } from "./fault.ts";

export interface HttpCall {
  readonly method: "GET" | "POST";
  /** On the device; `pathOnDevice` made it. */
  readonly path: string;
  readonly body: string | null;
}

export interface HttpAnswer {
  readonly ok: true;
  readonly status: number;
  readonly location: string | null;
  readonly authenticate: string | null;
  readonly text: string;
  /** Why the text is not what it said; null when it is. The status holds all the same. */
  readonly unreadable: string | null;
}

export type HttpReply = HttpAnswer | Fault;

/** A system's resource has some 20,000 bytes; what never ends must not fill this host's memory. Packed and unpacked. */
const LONGEST_BODY = 500_000;
const LONGEST_HEAD = 64_000;

/**
 * One request over a connection whose certificate was checked. Never rejects; it ends when the socket does, so whoever
 * has a deadline destroys the socket. `login` null: nothing of the login is sent.
 */
export function callOver(
  socket: Duplex,
  endpoint: Endpoint,
  login: Login | null,
  call: HttpCall,
): Promise<HttpReply> {
  const { promise, resolve } = Promise.withResolvers<HttpReply>();
  const fail = (why: string) => resolve(passing(why));
  socket.once("close", () => fail("it closed the connection in the middle"));
  const outgoing = request({
    createConnection: () => socket,
    method: call.method,
    path: call.path,
    maxHeaderSize: LONGEST_HEAD,
    headers: {
      Host: hostHeaderOf(endpoint),
      ...(login === null ? {} : { Authorization: `Basic ${basicOf(login)}` }),
      Accept: "application/json",
      "Accept-Encoding": "identity",
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

/** The login as the Authorization header has it, without the word before it. */
export function basicOf({ user, password }: Login): string {
  return Buffer.from(`${user}:${password}`).toString("base64");
}

function readReply(incoming: IncomingMessage): Promise<HttpReply> {
  const { promise, resolve } = Promise.withResolvers<HttpReply>();
  const fail = (why: string) => resolve(passing(why));
  const parts: Buffer[] = [];
  let length = 0;
  incoming.on("data", (part: Buffer) => {
    length += part.length;
    if (length > LONGEST_BODY) fail(`its answer is longer than ${LONGEST_BODY} bytes`);
    else parts.push(part);
  });
  incoming.on("error", (error) => fail(`its answer broke off: ${error.message}`));
  incoming.on("aborted", () => fail("its answer broke off"));
  incoming.on("end", () => {
    if (!incoming.complete) fail("its answer broke off");
    const { headers } = incoming;
    const decoded = decodeBody(Buffer.concat(parts), headers["content-encoding"] ?? "", LONGEST_BODY);
    resolve({
      ok: true,
      status: incoming.statusCode ?? 0,
      location: headers.location ?? null,
      authenticate: headers["www-authenticate"] ?? null,
      ...("why" in decoded
        ? { text: "", unreadable: decoded.why }
        : { text: decoded.text, unreadable: null }),
    });
  });
  return promise;
}
