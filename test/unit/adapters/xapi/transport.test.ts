import { afterEach, describe, expect, test } from "bun:test";
import { createSocketTransport, createTcpTransport } from "../../../../src/adapters/xapi/transport.ts";
import type { XapiResult } from "../../../../src/core/model/pool-view.ts";
import { never, recorded } from "./fixtures.ts";
import { answer, type ReplayServer, type Reply, type SeenRequest, startReplay } from "./replay-server.ts";

let server: ReplayServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function ask(
  reply: (request: SeenRequest) => Reply,
  signal: AbortSignal = never(),
): Promise<XapiResult<unknown>> {
  server = await startReplay(reply);
  return createSocketTransport({ socketPath: server.socketPath }).call(
    "host.get_all",
    ["OpaqueRef:s"],
    signal,
  );
}

function faultKind(result: XapiResult<unknown>): string {
  return result.ok ? "none" : result.fault.kind;
}

describe("createSocketTransport: errors of a real xapi", () => {
  const rows = [
    ["v2 object of the xapi that was asked", "bad session", "SESSION_INVALID", ["OpaqueRef:nosuch"]],
    ["bare array, forwarded by a slave", "slave: bad session", "SESSION_INVALID", ["OpaqueRef:nosuch"]],
    ["envelope of version 1", "bad session v1", "SESSION_INVALID", ["OpaqueRef:nosuch"]],
    ["object with several parameters", "NULL handle", "HANDLE_INVALID", ["VM", "OpaqueRef:NULL"]],
  ] as const;
  for (const [shape, name, code, params] of rows) {
    test(`createSocketTransport: an error as ${shape} is an API fault`, async () => {
      const result = await ask(() => answer(recorded("errors", name).body));
      expect(result).toEqual({ ok: false, fault: { kind: "api", code, params: [...params] } });
    });
  }

  test("createSocketTransport: an emergency error has id 0 and is an API fault all the same", async () => {
    const result = await ask(() => answer({ jsonrpc: "2.0", error: ["HOST_BROKEN"], id: 0 }));
    expect(result).toEqual({ ok: false, fault: { kind: "api", code: "HOST_BROKEN", params: [] } });
  });

  for (const name of ["no id", "not json", "empty body"]) {
    test(`createSocketTransport: HTTP 500 with a web page (${name}) is malformed`, async () => {
      const { status, body } = recorded("errors", name);
      expect(status).toBe(500);
      const result = await ask(() => ({ kind: "http", status, text: String(body) }));
      expect(faultKind(result)).toBe("malformed");
    });
  }
});

describe("createSocketTransport: trouble", () => {
  test("createSocketTransport: a web page with HTTP 200 is malformed", async () => {
    expect(faultKind(await ask(() => answer("<html>welcome</html>")))).toBe("malformed");
  });

  test("createSocketTransport: a good answer with HTTP 500 is malformed", async () => {
    const result = await ask(({ body }) => ({
      kind: "http",
      status: 500,
      text: JSON.stringify({ jsonrpc: "2.0", result: "x", id: body.id }),
    }));
    expect(faultKind(result)).toBe("malformed");
  });

  test("createSocketTransport: a result beside a null error, as in version 1, is a result", async () => {
    const result = await ask(({ body }) => answer({ result: "x", error: null, id: body.id }));
    expect(result).toEqual({ ok: true, value: "x" });
  });

  test("createSocketTransport: an answer with neither result nor error is malformed", async () => {
    expect(faultKind(await ask(({ body }) => answer({ jsonrpc: "2.0", id: body.id })))).toBe("malformed");
  });

  test("createSocketTransport: the result of another request is malformed", async () => {
    const other = ({ body }: SeenRequest) => answer({ jsonrpc: "2.0", result: "x", id: body.id + 1 });
    expect(faultKind(await ask(other))).toBe("malformed");
  });

  test("createSocketTransport: complete HTTP around half a JSON text is malformed", async () => {
    expect(faultKind(await ask(() => answer('{"jsonrpc":"2.0","result":{"Opaq')))).toBe("malformed");
  });

  test("createSocketTransport: an answer that ends too early is no result", async () => {
    const result = await ask(() => ({ kind: "truncated", text: '{"jsonrpc":"2.0","result":{"Opaq' }));
    expect(["malformed", "unreachable"]).toContain(faultKind(result));
  });

  test("createSocketTransport: a connection that is closed instead of an answer is unreachable, and not tried again", async () => {
    expect(faultKind(await ask(() => ({ kind: "reset" })))).toBe("unreachable");
    expect(server?.requests.length).toBe(1);
  });

  test("createSocketTransport: a kept connection that breaks under a request does not make it sent twice", async () => {
    server = await startReplay(({ body }) =>
      body.method === "a.b" ? answer({ jsonrpc: "2.0", result: "", id: body.id }) : { kind: "reset" },
    );
    const transport = createSocketTransport({ socketPath: server.socketPath });
    await transport.call("a.b", [], never());
    expect(faultKind(await transport.call("Async.VM.start", [], never()))).toBe("unreachable");
    expect(server.requests.map(({ body }) => body.method)).toEqual(["a.b", "Async.VM.start"]);
  });

  test("createSocketTransport: an abort while xapi hangs is a timeout", async () => {
    const controller = new AbortController();
    const result = await ask(() => {
      queueMicrotask(() => controller.abort());
      return { kind: "hang" };
    }, controller.signal);
    expect(result).toEqual({ ok: false, fault: { kind: "timeout" } });
  });

  test("createSocketTransport: no socket, and a socket nobody listens on, are unreachable", async () => {
    server = await startReplay(() => ({ kind: "hang" }));
    const { socketPath } = server;
    const missing = createSocketTransport({ socketPath: `${socketPath}-missing` });
    expect(faultKind(await missing.call("a.b", [], never()))).toBe("unreachable");
    await server.stop();
    const gone = createSocketTransport({ socketPath });
    expect(faultKind(await gone.call("a.b", [], never()))).toBe("unreachable");
  });
});

describe("createSocketTransport: requests", () => {
  const echo = ({ body }: SeenRequest) => answer({ jsonrpc: "2.0", result: body.params, id: body.id });

  test("createSocketTransport: POST /jsonrpc with Content-Length and a head far below 1024 bytes", async () => {
    expect(await ask(echo)).toEqual({ ok: true, value: ["OpaqueRef:s"] });
    const head = server?.requests[0]?.head ?? "";
    expect(head.startsWith("POST /jsonrpc HTTP/1.1\r\n")).toBe(true);
    expect(head).toMatch(/content-length: \d+/i);
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(head.length).toBeLessThan(512);
  });

  test("createSocketTransport: text that is not ASCII arrives as it was sent", async () => {
    server = await startReplay(echo);
    const transport = createSocketTransport({ socketPath: server.socketPath });
    expect(await transport.call("a.b", ['Prüfung ☃ "\n'], never())).toEqual({
      ok: true,
      value: ['Prüfung ☃ "\n'],
    });
  });

  test("createSocketTransport: one call after the other uses one connection", async () => {
    server = await startReplay(echo);
    const transport = createSocketTransport({ socketPath: server.socketPath });
    for (let i = 0; i < 5; i++) await transport.call("a.b", [i], never());
    expect(server.connections()).toBe(1);
  });

  test("createSocketTransport: a body above 300 KiB is not sent", async () => {
    server = await startReplay(echo);
    const transport = createSocketTransport({ socketPath: server.socketPath });
    expect(faultKind(await transport.call("a.b", ["x".repeat(300 * 1024)], never()))).toBe("malformed");
    expect(server.requests.length).toBe(0);
  });

  test("createSocketTransport: nothing is sent after close", async () => {
    server = await startReplay(echo);
    const transport = createSocketTransport({ socketPath: server.socketPath });
    await transport.close();
    expect(faultKind(await transport.call("a.b", [], never()))).toBe("unreachable");
    expect(server.requests.length).toBe(0);
  });
});

describe("createSocketTransport: what an error says", () => {
  const fault = async (error: unknown, mask?: (text: string) => string) => {
    server = await startReplay(() => answer({ jsonrpc: "2.0", error, id: 1 }));
    const { socketPath } = server;
    const transport = createSocketTransport({ socketPath, ...(mask === undefined ? {} : { mask }) });
    const result = await transport.call("pool.add_to_other_config", [], never());
    return result.ok ? null : result.fault;
  };

  test("createSocketTransport: XAPI repeats the parameters of a call; a password among them is masked", async () => {
    const mask = (text: string) => text.replaceAll("topsecret", "********");
    const said = await fault(["MAP_DUPLICATE_KEY", "HA_FENCE_PASSWD", "is topsecret"], mask);
    expect(said).toEqual({
      kind: "api",
      code: "MAP_DUPLICATE_KEY",
      params: ["HA_FENCE_PASSWD", "is ********"],
    });
  });

  test("createSocketTransport: a password that is a word of the protocol changes no decision", async () => {
    const said = await fault(["HOST_IS_SLAVE", "10.0.0.1"], (text) =>
      text.replace(/^(api|HOST_IS_SLAVE)$/, "*"),
    );
    expect(said).toEqual({ kind: "api", code: "HOST_IS_SLAVE", params: ["10.0.0.1"] });
  });

  test("createSocketTransport: what an error brings along is bounded", async () => {
    const said = await fault([
      "SR_BACKEND_FAILURE_46",
      ...Array.from({ length: 500 }, () => "x".repeat(9_000)),
    ]);
    expect(JSON.stringify(said).length).toBeLessThan(5_000);
  });
});

describe("createTcpTransport", () => {
  test("createTcpTransport: the same requests over the loopback address, from nobody who has a name", async () => {
    const seen: unknown[] = [];
    const xapi = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        const { method, params, id } = (await request.json()) as Record<string, unknown>;
        seen.push({
          path: new URL(request.url).pathname,
          agent: request.headers.get("User-Agent"),
          method,
          params,
        });
        return Response.json({ jsonrpc: "2.0", result: "", id });
      },
    });
    const transport = createTcpTransport({ port: xapi.port ?? 0 });
    expect(await transport.call("host.request_backup", ["s", "h", 0, true], never())).toEqual({
      ok: true,
      value: "",
    });
    await xapi.stop(true);
    expect(seen).toEqual([
      { path: "/jsonrpc", agent: "", method: "host.request_backup", params: ["s", "h", 0, true] },
    ]);
    expect(faultKind(await transport.call("host.get_all", [], never()))).toBe("unreachable");
  });
});
