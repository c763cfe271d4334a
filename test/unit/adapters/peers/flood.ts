import { createServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

const OK = "HTTP/1.1 200 OK\r\n";
const BLOCK = Buffer.alloc(65_536, "a");

/** Writes blocks for as long as somebody takes them. */
function forEver(socket: Socket, block: Buffer | string): void {
  const bytes = Buffer.from(block);
  const more = () => {
    while (!socket.destroyed && socket.write(bytes)) {
      // As fast as it is taken.
    }
  };
  socket.on("drain", more);
  more();
}

/** A byte now and then. */
function trickle(socket: Socket): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write("a")), 10);
  socket.once("close", () => clearInterval(timer));
}

function compressed(encoding: string): string {
  return `${OK}content-encoding: ${encoding}\r\ncontent-length: ${BOMB.length}\r\n\r\n`;
}

/** 300 MB of zeros. */
const BOMB = gzipSync(Buffer.alloc(300_000_000));

/** All the ways in which an HTTP answer can be too much, each on a socket from the first byte of the request on. */
export const FLOODS: Readonly<Record<string, (socket: Socket) => void>> = {
  "a body without an end": (socket) => {
    socket.write(`${OK}\r\n`);
    forEver(socket, BLOCK);
  },
  "chunks without an end": (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n`);
    forEver(socket, "1\r\na\r\n".repeat(10_000));
  },
  "a length of a terabyte": (socket) => {
    socket.write(`${OK}content-length: 1099511627776\r\n\r\n`);
    forEver(socket, BLOCK);
  },
  "a head without an end": (socket) => {
    socket.write(OK);
    forEver(socket, "x-header: value\r\n".repeat(4_000));
  },
  "one line of a head without an end": (socket) => {
    socket.write(`${OK}x-header: `);
    forEver(socket, BLOCK);
  },
  "answers before the answer": (socket) => forEver(socket, "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2_000)),
  "an extension of a chunk without an end": (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n1;`);
    forEver(socket, BLOCK);
  },
  "no HTTP at all": (socket) => forEver(socket, BLOCK),
  "a gigabyte in a megabyte of gzip": (socket) => {
    socket.write(compressed("gzip"));
    socket.write(BOMB);
  },
  "the same under another name": (socket) => {
    socket.write(compressed("x-gzip, identity"));
    socket.write(BOMB);
  },
  "a byte now and then": (socket) => {
    socket.write(`${OK}\r\n`);
    trickle(socket);
  },
  "nothing at all": () => undefined,
};

export interface FloodServer {
  readonly port: number;
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}

/** Serves one of the floods to every request, on a port of its own or on a socket. */
export async function startFlood(flood: string, socketPath?: string): Promise<FloodServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.once("data", () => FLOODS[flood]?.(socket));
  });
  await new Promise<void>((resolve) =>
    socketPath === undefined ? server.listen(0, "127.0.0.1", resolve) : server.listen(socketPath, resolve),
  );
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
