import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SeenRequest {
  readonly head: string;
  readonly body: { readonly method: string; readonly params: readonly unknown[]; readonly id: number };
}

/** What is sent back: an answer over HTTP, a part of one, the end of the connection, or nothing. */
export type Reply =
  | { readonly kind: "http"; readonly status: number; readonly text: string }
  | { readonly kind: "truncated"; readonly text: string }
  | { readonly kind: "reset" }
  | { readonly kind: "hang" };

export interface ReplayServer {
  readonly socketPath: string;
  readonly requests: readonly SeenRequest[];
  connections(): number;
  stop(): Promise<void>;
}

/** An answer as xapi gives it: HTTP 200 and the body, with the id of the request unless the test keeps the recorded one. */
export function answer(body: unknown): Reply {
  return { kind: "http", status: 200, text: typeof body === "string" ? body : JSON.stringify(body) };
}

/**
 * HTTP on a unix socket in a directory of its own, byte by byte, so that it can also misbehave: the runtime's own server
 * would mend what a dying xapi sends. One request at a time per connection, as in xapi.
 */
export async function startReplay(reply: (request: SeenRequest) => Reply): Promise<ReplayServer> {
  const directory = mkdtempSync(join(tmpdir(), "ha-lizard-replay-"));
  const socketPath = join(directory, "xapi");
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let buffer = "";
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (data) => {
      buffer += data.toString("latin1");
      const headEnd = buffer.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(buffer)?.[1] ?? Number.NaN);
      if (headEnd < 0 || buffer.length < headEnd + 4 + length) return;
      const body = JSON.parse(Buffer.from(buffer.slice(headEnd + 4), "latin1").toString("utf8"));
      const request: SeenRequest = { head: buffer.slice(0, headEnd + 4), body };
      buffer = "";
      requests.push(request);
      send(socket, reply(request));
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    requests,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function send(socket: Socket, reply: Reply): void {
  switch (reply.kind) {
    case "hang":
      return;
    case "reset":
      socket.destroy();
      return;
    case "truncated":
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${reply.text.length * 2}\r\n\r\n${reply.text}`);
      return;
    case "http": {
      const bytes = Buffer.from(reply.text);
      const type = reply.status === 200 ? "application/json" : "text/html";
      const head = `HTTP/1.1 ${reply.status} X\r\ncontent-length: ${bytes.length}\r\ncontent-type: ${type}`;
      socket.write(Buffer.concat([Buffer.from(`${head}\r\nconnection: keep-alive\r\n\r\n`), bytes]));
    }
  }
}
