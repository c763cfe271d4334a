import { afterEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SimServer, startSimServer } from "./start.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A quick world behind sockets; xapi starts in a tenth of a second. */
async function start(extra: Record<string, unknown> = {}): Promise<SimServer> {
  const vms = [
    { name: "a1", on: 1 },
    { name: "b1", on: 2 },
  ];
  const server = await startSimServer({ hosts: 3, vms, speed: 100, ...extra });
  cleanups.push(() => server.stop());
  return server;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** One HTTP exchange over a unix socket; an error code as text when there is none. */
function exchange(
  socketPath: string,
  path: string,
  body: string | null,
  headers: Record<string, string> = {},
): Promise<Reply | string> {
  return new Promise((resolve) => {
    const method = body === null ? "GET" : "POST";
    const outgoing = httpRequest({ socketPath, path, method, agent: false, headers }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => {
        text += chunk;
      });
      incoming.on("end", () => {
        resolve({ status: incoming.statusCode ?? 0, type: incoming.headers["content-type"] ?? "", text });
      });
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end(body ?? undefined);
  });
}

async function rpc(server: SimServer, host: number, face: "xapi" | "tcp", method: string, params: unknown[]) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const reply = await exchange(join(server.dir, `h${host}`, face), "/jsonrpc", body);
  return typeof reply === "string" ? reply : (JSON.parse(reply.text) as Record<string, unknown>);
}

async function order(server: SimServer, what: Record<string, unknown>): Promise<Reply | string> {
  return await exchange(server.control, "/do", JSON.stringify(what));
}

async function control(server: SimServer, path: string): Promise<string> {
  const reply = await exchange(server.control, path, null);
  return typeof reply === "string" ? reply : reply.text;
}

/** Looks again and again until it holds; the bound is for a test that fails. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come true within 5 s");
}

test("sim-xapi-server: both faces answer as a xapi's unix socket and its TCP port do", async () => {
  const server = await start();
  expect(await rpc(server, 1, "xapi", "session.login_with_password", ["x", "y"])).toMatchObject({
    result: expect.stringMatching(/^OpaqueRef:/),
  });
  expect(await rpc(server, 2, "tcp", "session.login_with_password", ["", ""])).toEqual({
    jsonrpc: "2.0",
    error: { code: 1, message: "HOST_IS_SLAVE", data: ["10.77.0.11"] },
    id: 1,
  });
});

test.each([
  ["no JSON", "/jsonrpc", "{nope", 500],
  ["an empty body", "/jsonrpc", "", 500],
  ["a batch", "/jsonrpc", "[]", 500],
  ["another path", "/RPC2", "{}", 500],
  ["a GET", "/jsonrpc", null, 404],
  ["a body over the limit", "/jsonrpc", `{"a":"${"x".repeat(310_000)}"}`, 500],
] as const)("sim-xapi-server: %s is answered with HTML", async (_, path, body, status) => {
  const server = await start();
  const reply = await exchange(join(server.dir, "h1/xapi"), path, body);
  expect(reply).toMatchObject({ status, type: "text/html" });
});

test("sim-xapi-server: more than 1024 bytes of headers are refused (T11)", async () => {
  const server = await start();
  const body = '{"jsonrpc":"2.0","id":1,"method":"system.listMethods","params":[]}';
  const headers = { "X-Long": "x".repeat(1_100) };
  expect(await exchange(join(server.dir, "h1/tcp"), "/jsonrpc", body, headers)).toMatchObject({
    status: 431,
  });
  expect(await exchange(join(server.dir, "h1/xapi"), "/jsonrpc", body, headers)).toMatchObject({
    status: 500,
  });
});

test("sim-xapi-server: power off breaks open connections and refuses new ones; power on brings xapi back", async () => {
  const server = await start();
  const session = (await rpc(server, 1, "xapi", "session.login_with_password", ["root", ""])) as {
    result: string;
  };
  const open = rpc(server, 1, "xapi", "event.from", [session.result, ["vm"], "00000000000099999999,0", 60]);
  await order(server, { verb: "power", host: 1, on: false });
  expect(["ECONNRESET", "ECONNREFUSED"]).toContain((await open) as string);
  await server.settled();
  expect(typeof (await rpc(server, 1, "xapi", "session.login_with_password", ["root", ""]))).toBe("string");
  expect(JSON.parse(await control(server, "/truth"))).toMatchObject({
    hosts: [{ power: false, domains: [] }, {}, {}],
  });
  await order(server, { verb: "power", host: 1, on: true });
  await until(
    async () =>
      typeof (await rpc(server, 1, "xapi", "session.login_with_password", ["root", ""])) === "object",
  );
});

test("sim-xapi-server: control tells domains, pool.conf, cookie, log; destroys a domain; refuses what it does not know", async () => {
  const server = await start();
  const b1 = "00000002-3333-4333-8333-333333333333";
  expect(await control(server, "/domains/2")).toBe(`${b1}\n`);
  expect(await control(server, "/poolconf/2")).toBe("slave:10.77.0.11");
  expect(await control(server, "/cookie/2")).toBe("present\n");
  expect(await exchange(server.control, `/destroy/2/${b1}`, "")).toMatchObject({ status: 200 });
  expect(await control(server, "/domains/2")).toBe("");
  await until(() => server.world.host(1).database.findByUuid("VM", b1) !== undefined);
  const log = JSON.parse(await control(server, "/log?since=0")) as { what: string }[];
  expect(log.map(({ what }) => what)).toContain("domain-ended");
  expect(await order(server, { verb: "explode" })).toMatchObject({ status: 400 });
  expect(await order(server, { verb: "power", host: 9, on: true })).toMatchObject({ status: 400 });
});

test("sim-xapi-server: orders reach the world", async () => {
  const server = await start();
  const { world } = server;
  await order(server, { verb: "partition", groups: [[1], [2, 3]] });
  expect([world.reaches(1, 2), world.reaches(2, 3), world.reaches(3, 1)]).toEqual([false, true, false]);
  await order(server, { verb: "heal" });
  await order(server, { verb: "link", from: 1, to: 2, up: false });
  expect([world.reaches(1, 2), world.reaches(2, 1)]).toEqual([false, true]);
  await order(server, { verb: "maintenance", host: 3, on: true });
  await order(server, { verb: "ha", on: false });
  await order(server, { verb: "bmc", host: 2, state: "lying" });
  await order(server, { verb: "xapi", host: 3, state: "hang" });
  await order(server, { verb: "vm", vm: "a1", do: "crash" });
  expect(JSON.parse(await control(server, "/truth"))).toMatchObject({
    hosts: [{ domains: [] }, { bmc: "lying" }, { xapi: "hung" }],
    masters: [
      {
        pool: { other_config: { "XenCenter.CustomFields.ha-lizard-enabled": "false" } },
        hosts: [{ enabled: true }, { enabled: true }, { enabled: false }],
      },
    ],
  });
  await order(server, { verb: "xapi", host: 3, state: "run" });
  await until(
    () => server.world.host(1).database.get("VM", world.vmNamed("a1").ref)?.["power_state"] === "Halted",
  );
  await order(server, { verb: "heal" });
  await order(server, { verb: "vm", vm: "a1", do: "start", host: 2 });
  await until(() => world.host(2).domains.size === 2);
});

test("sim-xapi-server: a xapi that is killed comes back by itself, a master with what was on its disk", async () => {
  const server = await start({
    vms: [{ name: "late" }, { name: "slow", startMs: 60_000 }],
    timings: { diskWriteMs: 300_000 },
  });
  const { world } = server;
  const state = (name: string) => world.host(1).database.get("VM", world.vmNamed(name).ref)?.["power_state"];
  await order(server, { verb: "vm", vm: "late", do: "start", host: 2 });
  await until(() => state("late") === "Running");
  await order(server, { verb: "vm", vm: "slow", do: "start", host: 3 });
  await until(() => world.host(3).starts.size === 1);
  await order(server, { verb: "xapi", host: 1, state: "kill" });
  await until(() => world.host(1).xapi?.serving === true);
  expect(state("late")).toBe("Halted");
  await order(server, { verb: "xenopsd-kill", host: 3 });
  expect(JSON.parse(await control(server, "/truth"))).toMatchObject({
    hosts: [{ domains: [] }, { domains: ["late"] }, { domains: [], knownToXenopsd: ["slow"] }],
  });
});

test("sim-xapi-server: TCP on loopback keeps its port over a restart of xapi", async () => {
  const server = await start({ tcp: true });
  const port = server.ports()[1] ?? 0;
  const uuid = "6f1b3c52-8c0e-4f7a-9c59-0a2b3c4d5e6f";
  const probe = async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: `system.isAlive:${uuid}`, params: [uuid] });
    try {
      const response = await fetch(`http://127.0.0.1:${port}/jsonrpc`, {
        method: "POST",
        body,
        keepalive: false,
      });
      return ((await response.json()) as { result: unknown }).result;
    } catch {
      return "no answer";
    }
  };
  expect(await probe()).toBe(uuid);
  await order(server, { verb: "xapi", host: 2, state: "stop" });
  await server.settled();
  expect(await probe()).toBe("no answer");
  await order(server, { verb: "xapi", host: 2, state: "run" });
  await until(async () => (await probe()) === uuid);
});

test("sim-xapi-server: keeps pool.conf, the cookie and the domains of a host's root as files, and writes through no link out of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "simroot-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const roots = [1, 2, 3].map((number) => join(folder, `h${number}`));
  for (const root of roots) mkdirSync(join(root, "etc/xensource"), { recursive: true });
  const server = await start({ hosts: roots.map((root) => ({ root })) });
  const file = (host: number, path: string) => join(folder, `h${host}`, path);
  expect(readFileSync(file(2, "etc/xensource/pool.conf"), "utf8")).toBe("slave:10.77.0.11");
  expect(existsSync(file(2, "var/run/xapi_init_complete.cookie"))).toBe(true);
  expect(readFileSync(file(2, "var/lib/pool/domains"), "utf8")).toBe(
    "00000002-3333-4333-8333-333333333333\n",
  );
  await order(server, { verb: "power", host: 1, on: false });
  const local = (await rpc(server, 2, "xapi", "session.slave_local_login_with_password", ["", ""])) as {
    result: string;
  };
  await rpc(server, 2, "xapi", "pool.emergency_transition_to_master", [local.result]);
  expect(readFileSync(file(2, "etc/xensource/pool.conf"), "utf8")).toBe("master");
  await until(() => !existsSync(file(2, "var/run/xapi_init_complete.cookie")));

  const outside = join(folder, "outside");
  mkdirSync(outside);
  const trap = join(folder, "trap");
  mkdirSync(trap);
  symlinkSync(outside, join(trap, "etc"));
  await expect(startSimServer({ hosts: [{ root: trap }] })).rejects.toThrow("leads out of");
  expect(existsSync(join(outside, "xensource"))).toBe(false);
});

test("main.ts: prints ready, answers, and ends when its standard input is closed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "simsrv-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, "pool.json");
  writeFileSync(config, JSON.stringify({ hosts: 2, speed: 10 }));
  const command = [process.execPath, join(import.meta.dir, "main.ts"), "--config", config, "--dir", folder];
  const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  cleanups.push(() => child.kill());
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("ready\n");
  const reply = await exchange(join(folder, "control"), "/poolconf/1", null);
  expect(reply).toMatchObject({ text: "master" });
  await child.stdin.end();
  expect(await child.exited).toBe(0);
});
