import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { createTcpProbe } from "../../../../src/adapters/peers/tcp-connect.ts";
import { never } from "../scratch.ts";

const probe = createTcpProbe();

/** A port on which somebody listens, or nobody any more. */
async function withPort<T>(listens: boolean, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = () => new Promise((resolve) => server.close(resolve));
  if (!listens) await close();
  try {
    return await use(port);
  } finally {
    if (listens) await close();
  }
}

test("createTcpProbe connect: open where somebody listens, and the connection is gone after it", async () => {
  const answer = await withPort(true, (port) => probe.connect({ host: "127.0.0.1", port }, never()));
  expect(answer).toEqual({ kind: "open" });
});

test("createTcpProbe connect: refused where nobody listens", async () => {
  const answer = await withPort(false, (port) => probe.connect({ host: "127.0.0.1", port }, never()));
  expect(answer).toEqual({ kind: "closed", why: "the connection was refused" });
});

test("createTcpProbe connect: an abort is an answer", async () => {
  const aborted = AbortSignal.abort();
  expect(await probe.connect({ host: "192.0.2.1", port: 25 }, aborted)).toEqual({
    kind: "closed",
    why: "no answer in time",
  });
});

test("createTcpProbe connect: what is no name is an answer too", async () => {
  const answer = await probe.connect({ host: "no such name.invalid", port: 25 }, AbortSignal.timeout(5_000));
  expect(answer.kind).toBe("closed");
});
