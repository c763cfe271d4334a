import { expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { postJsonOverHttp } from "../../../../src/adapters/peers/peer-http.ts";

/** A server on a free loopback port that sees the bytes of each request. */
async function withServer<T>(
  serve: (request: string, socket: Socket) => void,
  use: (url: string, connections: () => number) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => serve(data.toString(), socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    return await use(`http://127.0.0.1:${port}/jsonrpc`, () => connections);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const never = () => new AbortController().signal;
const http = (status: string, text: string) =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

test("postJsonOverHttp: status and text as they came, from a request with a length and without a name", async () => {
  let seen = "";
  const answer = await withServer(
    (request, socket) => {
      seen = request;
      socket.write(http("500 Internal Error", "<html>"));
    },
    (url) => postJsonOverHttp(url, '{"x":1}', never()),
  );
  expect(answer).toEqual({ status: 500, text: "<html>" });
  expect(seen).toStartWith("POST /jsonrpc HTTP/1.1\r\n");
  expect(seen).toMatch(/content-length: 7\r\n/i);
  expect(seen).not.toMatch(/user-agent: *\S/i);
  expect(seen).toEndWith('\r\n\r\n{"x":1}');
  expect(seen.length).toBeLessThan(512);
});

test("postJsonOverHttp: every question has a connection of its own", async () => {
  const connections = await withServer(
    (_, socket) => socket.write(http("200 OK", "{}")),
    async (url, count) => {
      await postJsonOverHttp(url, "{}", never());
      await postJsonOverHttp(url, "{}", never());
      return count();
    },
  );
  expect(connections).toBe(2);
});

test("postJsonOverHttp: a redirection is not followed", async () => {
  const answer = await withServer(
    (_, socket) => socket.write("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"),
    (url) => postJsonOverHttp(url, "{}", never()),
  );
  expect(answer.status).toBe(302);
});

test("postJsonOverHttp: rejects when the connection ends without an answer, and on abort", async () => {
  const hasRejected = (answer: Promise<unknown>) =>
    answer.then(
      () => false,
      () => true,
    );
  const broken = await withServer(
    (_, socket) => socket.destroy(),
    (url) => hasRejected(postJsonOverHttp(url, "{}", never())),
  );
  const controller = new AbortController();
  const aborted = await withServer(
    () => controller.abort(),
    (url) => hasRejected(postJsonOverHttp(url, "{}", controller.signal)),
  );
  expect([broken, aborted]).toEqual([true, true]);
});
