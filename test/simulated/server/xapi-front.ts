import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { World } from "../../../src/simulation/world.ts";
import { type Answer, internalServerError } from "../../../src/simulation/xapi/answer.ts";
import { handle } from "../../../src/simulation/xapi/route.ts";

/** Limits of a real xapi (adapters/xapi/README.md, "Socket and HTTP"). */
const MAX_HEADER_BYTES = 1024;
const MAX_BODY_BYTES = 307_200;
const NOT_FOUND =
  '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"> <html><head> <title>404 Not Found</title> </head><body> <h1>Not Found</h1> </body></html>';

/** Certificate and key, as text. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Where one socket of one host listens: a unix path, or a port (0: any) of an address, the loopback unless it says more. */
export type Place =
  | { readonly path: string }
  | { readonly port: number; readonly address?: string; readonly tls?: Tls };

/**
 * One listening socket of a simulated xapi. It listens only while that xapi has its sockets open, and its connections
 * break when the process ends.
 */
export class XapiFront {
  private readonly world: World;
  private readonly host: number;
  private readonly channel: "unix" | "tcp";
  private place: Place;
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  /** What its answers came to. */
  answeredBytes = 0;

  constructor(world: World, host: number, channel: "unix" | "tcp", place: Place) {
    this.world = world;
    this.host = host;
    this.channel = channel;
    this.place = place;
  }

  /** The port it listens on; 0 for a path. */
  get port(): number {
    return "port" in this.place ? this.place.port : 0;
  }

  /** Listens if the host's xapi has its sockets open now, else breaks everything. */
  async follow(): Promise<void> {
    const open = this.world.host(this.host).power && this.world.host(this.host).xapi?.answers === true;
    if (open && this.server === null) await this.open();
    if (!open && this.server !== null) this.close();
  }

  private open(): Promise<void> {
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void this.serve(request, response);
    const tls = "port" in this.place ? this.place.tls : undefined;
    const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.server = server;
    // A real xapi closes no idle connection of its socket.
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      const listening = () => {
        const address = server.address();
        // The same port again after a restart of xapi, so that a client finds it.
        if (typeof address === "object" && address !== null && "port" in this.place)
          this.place = { ...this.place, port: address.port };
        resolve();
      };
      if ("path" in this.place) server.listen(this.place.path, listening);
      else server.listen(this.place.port, this.place.address ?? "127.0.0.1", listening);
    });
  }

  close(): void {
    this.server?.close();
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headerBytes = request.rawHeaders.reduce(
      (sum, text) => sum + text.length + 2,
      request.url?.length ?? 0,
    );
    if (headerBytes > MAX_HEADER_BYTES) {
      if (this.channel === "tcp") return page(response, 431, "");
      return void send(response, internalServerError('Invalid_argument("index out of bounds")'));
    }
    if (request.method !== "POST") return page(response, 404, NOT_FOUND);
    const body = await readBody(request);
    if (body === null)
      return void send(response, internalServerError("Http.Client_requested_size_over_limit"));
    if (request.url !== "/jsonrpc") {
      return void send(response, internalServerError('Xmlm.Error(1:1, "expected root element")'));
    }
    const parsed = parseJson(body);
    if (!parsed.ok) return void send(response, internalServerError(parsed.why));
    const bytes = send(response, await handle(this.world, this.host, this.channel, parsed.value));
    this.answeredBytes += bytes;
  }
}

function parseJson(body: string): { ok: true; value: unknown } | { ok: false; why: string } {
  if (body.trim() === "") return { ok: false, why: 'Yojson__Common.Json_error("Blank input data")' };
  try {
    return { ok: true, value: JSON.parse(body) };
  } catch {
    return { ok: false, why: 'Yojson__Common.Json_error("Line 1:\\nUnexpected end of input")' };
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString("utf8");
}

/** Returns the bytes of a good answer. */
function send(response: ServerResponse, answer: Answer): number {
  if (answer === "refused" || answer === "reset") {
    response.socket?.destroy();
    return 0;
  }
  if (answer.http === 500) {
    page(response, 500, answer.html);
    return 0;
  }
  const text = JSON.stringify(answer.body);
  const bytes = Buffer.byteLength(text);
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": bytes,
    "cache-control": "no-cache, no-store",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "X-Requested-With",
  });
  response.end(text);
  return bytes;
}

/** After an error at this level a real xapi closes the connection. */
function page(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    "content-type": "text/html",
    "content-length": Buffer.byteLength(html),
    connection: "close",
    "cache-control": "no-cache, no-store",
  });
  response.end(html);
}
