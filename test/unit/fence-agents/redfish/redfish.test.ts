import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import type { OpenDevice } from "../../../../src/fence-agents/method.ts";
import { openRedfishWithin } from "../../../../src/fence-agents/redfish/open-redfish.ts";
import { FilePower } from "../../../tools/devices/power.ts";
import type { Behaviour } from "../../../tools/devices/redfish/behaviour.ts";
import { makeCertificate } from "../../../tools/devices/redfish/certificate.ts";
import { plainDials } from "../../../tools/devices/redfish/dials.ts";
import { RedfishServer } from "../../../tools/devices/redfish-server.ts";
import { timed } from "../../adapters/scratch.ts";
import { AgentFolder, FIRST_WORD, HOST, OTHER_HOST, PASSWORD, play } from "../ipmi/agent-play.ts";

const ADDRESS = "127.0.0.1";
const UUID = "38947555-7742-3448-3784-823347823834";
const UUID_2 = "48947555-7742-3448-3784-823347823834";
const folder = new AgentFolder("REDFISH");
const powerFile = folder.scratch.at("power");
const otherFile = folder.scratch.at("power-2");
const SYSTEM = { id: "437XR1138R2", uuid: UUID.toUpperCase(), power: new FilePower(powerFile) };
const SYSTEM_2 = { id: "Node2", uuid: UUID_2, power: new FilePower(otherFile) };
let server: RedfishServer;

const power = () => readFileSync(powerFile, "utf8").trim();
/** A machine that is busy may need a second for a handshake; only where nobody answers the deadline is short. */
const open: OpenDevice = (request, context) =>
  openRedfishWithin(server.behaviour === "hangs" ? 300 : 5_000, request, context);
const stop = (settings = {}, over?: number | typeof FIRST_WORD) => play(open, folder, "stop", settings, over);
/** Long enough for an order and some looks, where it is sure that all of it passes. */
const SHORT_MS = 2_000;
const at = () => `${ADDRESS}:${server.port}`;
/** The line of the host; `rest` comes behind the address and its port. */
const list = (rest = "", port = server.port) =>
  folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}:${port}${rest}\n`);
const posts = () => server.seen.filter(({ method }) => method === "POST");

beforeAll(() => {
  mkdirSync(folder.scratch.at("certificates"));
  const certificate = makeCertificate(folder.scratch.at("certificates"), "bmc", ADDRESS);
  server = new RedfishServer({
    ...{ address: ADDRESS, port: 0, user: "admin", password: PASSWORD },
    ...{ certificate, systems: [SYSTEM] },
  });
});
afterAll(async () => await server.stop());
beforeEach(() => {
  folder.scratch.write("power", "on\n");
  folder.scratch.write("power-2", "on\n");
  list();
});
afterEach(() => {
  server.dials = plainDials();
  server.behaviour = "right";
  server.says = "inline";
  server.resetTypes = ["On", "ForceOff"];
  server.systems = [SYSTEM];
  server.seen.length = 0;
});

describe("a service that is right", () => {
  test("stop switches off; off already is a success without a command", async () => {
    expect(await stop()).toMatchObject({ ok: true, says: `Redfish ${at()}: the host is off`, said: [] });
    expect(power()).toBe("off");
    expect(await stop()).toMatchObject({ ok: true });
    expect(posts().length).toBe(1);
  });

  test("start switches on, reset leaves it on, status switches nothing", async () => {
    folder.scratch.write("power", "off\n");
    expect(await play(open, folder, "status")).toMatchObject({ ok: true, says: "off" });
    expect(await play(open, folder, "start")).toMatchObject({ ok: true });
    expect(power()).toBe("on");
    expect(await play(open, folder, "reset")).toMatchObject({
      ok: true,
      says: `Redfish ${at()}: the host was off and is on again`,
    });
    expect(await play(open, folder, "status")).toMatchObject({ ok: true, says: "on" });
    expect(posts().length).toBe(3);
  });

  test("the way to the system is found once, after that a look is one request", async () => {
    await stop();
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /redfish/v1/",
      "GET /redfish/v1/Systems",
      `GET /redfish/v1/Systems/${SYSTEM.id}`,
      `POST /redfish/v1/Systems/${SYSTEM.id}/Actions/ComputerSystem.Reset`,
      `GET /redfish/v1/Systems/${SYSTEM.id}`,
      `GET /redfish/v1/Systems/${SYSTEM.id}`,
    ]);
  });

  test("what it offers may stand in an ActionInfo, or nowhere", async () => {
    server.says = "linked";
    expect(await stop()).toMatchObject({ ok: true });
    folder.scratch.write("power", "on\n");
    server.says = "nothing";
    expect(await stop()).toMatchObject({ ok: true });
  });

  test("it may send readers on, to itself", async () => {
    server.behaviour = "moves-once";
    expect(await stop()).toMatchObject({ ok: true, said: [] });
  });

  test("one that says PoweringOff for a while is waited for", async () => {
    server.behaviour = "slow-to-switch";
    expect(await stop()).toMatchObject({ ok: true });
    expect(power()).toBe("off");
  });

  test("a host that is already on its way is switched off all the same, and status says neither", async () => {
    server.behaviour = "stays-powering-off";
    await stop({}, SHORT_MS);
    expect(await play(open, folder, "status")).toMatchObject({
      ok: false,
      says: `Redfish ${at()}: the host is neither on nor off: its PowerState is PoweringOff`,
    });
    server.behaviour = "right";
    server.endTransition();
    expect(await stop()).toMatchObject({ ok: true });
  });
});

describe("a service that is wrong", () => {
  const table: readonly (readonly [Behaviour, string])[] = [
    [
      "stays-powering-off",
      "accepted, and when the time was over the host is neither on nor off: its PowerState is PoweringOff",
    ],
    ["does-nothing", "the command was accepted, and when the time was over the host is on"],
    ["busy", "it is busy (HTTP 503: Retry in 1 seconds.)"],
    ["hangs", "no answer within 0.3 s"],
    ["garbage", "/redfish/v1/ is no JSON object"],
    ["huge", "its answer is longer than 500000 bytes"],
    ["no-power-state", "it tells no PowerState"],
    ["moves-for-ever", "it sends us round and round"],
    ["redirects-away", "it sends us elsewhere (https://192.0.2.99/redfish/v1/); the password stays here"],
    ["foreign-target", "it sends us elsewhere (https://192.0.2.99/redfish/v1/Systems/437XR1138R2/Actions/"],
    [
      "refuses-orders",
      "it refuses the order, or cannot carry it out now (HTTP 400: The value ForceOff for the parameter ResetType is not acceptable.)), and when",
    ],
  ];
  for (const [behaviour, words] of table)
    test(`${behaviour}: failure, and the host is as it was`, async () => {
      server.behaviour = behaviour;
      const end = await stop({}, words.includes("accepted") ? SHORT_MS : FIRST_WORD);
      expect(end.ok).toBe(false);
      expect(end.says).toContain(words);
      expect(power()).toBe("on");
      server.endTransition();
    }, 10_000);

  test("one that does not offer ForceOff is not asked for less", async () => {
    server.resetTypes = ["On", "GracefulShutdown"];
    expect((await stop()).says).toContain("it does not offer ForceOff, only On, GracefulShutdown");
    expect(posts()).toEqual([]);
  });

  test("a wrong password, a wrong user", async () => {
    const refused = (user: string) =>
      `Cannot read the power state of Redfish ${at()}: wrong user or password of ${user} (HTTP 401: There is no valid session established.)`;
    expect((await stop({ FENCE_PASSWD: "wrong" })).says).toBe(refused("admin"));
    expect((await stop({ FENCE_USER: "nobody" })).says).toBe(refused("nobody"));
  });

  for (const closedRoot of [false, true])
    test(`a wrong password is one login, also where the root is ${closedRoot ? "closed" : "open"}`, async () => {
      server.dials.closedRoot = closedRoot;
      server.systems = [SYSTEM, SYSTEM_2];
      list(`/${SYSTEM.id}`);
      expect(await stop({ FENCE_PASSWD: "wrong" })).toMatchObject({ ok: false });
      expect(server.seen.filter(({ authorization }) => authorization !== null)).toHaveLength(1);
      expect(await stop()).toMatchObject({ ok: true });
    });

  test("a login that is refused at an order is not tried again", async () => {
    server.dials.refusal = { status: 401, method: "POST", times: 9 };
    const end = await stop();
    expect(end).toMatchObject({ ok: false });
    expect(end.says).toContain(
      "the command was refused (wrong user or password of admin (HTTP 401)), and the host is on",
    );
    expect(posts()).toHaveLength(1);
  });

  const busy: readonly (readonly ["GET" | "POST", number])[] = [
    ["POST", 400],
    ["POST", 409],
    ["POST", 429],
    ["POST", 500],
    ["POST", 503],
    ["GET", 404],
    ["GET", 429],
    ["GET", 500],
    ["GET", 502],
    ["GET", 503],
  ];
  for (const [method, status] of busy)
    test(`HTTP ${status} to four ${method}s: it is asked again until it is obeyed`, async () => {
      server.dials.refusal = { status, method, times: 4 };
      const end = await stop();
      expect(end).toMatchObject({ ok: true, said: [expect.stringContaining(`(HTTP ${status})`)] });
      expect(power()).toBe("off");
      expect(posts()).toHaveLength(method === "POST" ? 5 : 1);
    }, 20_000);

  test("one that knows itself by another name refuses the Host header: it says so, and what helps", async () => {
    server.dials.hosts = ["bmc.example.org"];
    const end = await stop({}, FIRST_WORD);
    expect(end.says).toContain(
      `it does not know itself as ${at()}: write the address that the controller has itself into REDFISH.hosts, or switch off its check of the Host header (HTTP 400: 400 - Bad Request)`,
    );
    server.dials.hosts = [at()];
    expect(await stop()).toMatchObject({ ok: true });
  });

  test("one that repeats the password: it does not come into what is said", async () => {
    server.behaviour = "echoes";
    const end = await stop({}, FIRST_WORD);
    expect(end.says).toContain("HTTP 500: Bad login admin:*** (***) [31mred");
    expect(JSON.stringify(end)).not.toContain(PASSWORD);
  });

  test("one that is not there", async () => {
    list("", 1);
    expect((await stop({}, FIRST_WORD)).says).toContain(
      "it refuses connections at port 1: no Redfish service there",
    );
  });

  test("one that does not speak TLS", async () => {
    const plain = Bun.listen({
      hostname: ADDRESS,
      port: 0,
      socket: { data: (socket) => void socket.end("hello\n") },
    });
    list("", plain.port);
    const end = await stop({}, FIRST_WORD);
    plain.stop(true);
    expect(end).toMatchObject({ ok: false });
    expect(end.says).toContain(
      `port ${plain.port} does not speak TLS; write its HTTPS port into REDFISH.hosts: <address>:<port>`,
    );
  });

  test("one that takes connections and says nothing does not outlive a deadline", async () => {
    const silent = Bun.listen({ hostname: ADDRESS, port: 0, socket: { data: () => undefined } });
    list("", silent.port);
    server.behaviour = "hangs";
    const { value: end, ms } = await timed(stop({}, FIRST_WORD));
    silent.stop(true);
    expect(end.says).toContain("no answer within 0.3 s");
    expect(ms).toBeLessThan(5_000);
  });
});

describe("which system", () => {
  test("several: refused, until the list says which", async () => {
    server.systems = [SYSTEM, SYSTEM_2];
    const end = await stop({}, FIRST_WORD);
    expect(end).toMatchObject({ ok: false });
    expect(end.says).toContain(
      "it has 2 systems (/redfish/v1/Systems/437XR1138R2, /redfish/v1/Systems/Node2); say which in REDFISH.hosts",
    );
    for (const [which, file] of [
      ["437XR1138R2", powerFile],
      [UUID_2, otherFile],
    ] as const) {
      list(`/${which}`);
      expect(await stop()).toMatchObject({ ok: true, says: `Redfish ${at()}/${which}: the host is off` });
      expect(readFileSync(file, "utf8")).toBe("off\n");
    }
  });

  test("two hosts behind one address are two systems, not a mistake in the list", async () => {
    server.systems = [SYSTEM, SYSTEM_2];
    folder.write("REDFISH.hosts", `${OTHER_HOST}:${at()}/437XR1138R2\n${HOST}:${at()}/Node2\n`);
    expect(await stop()).toMatchObject({ ok: true, said: [] });
    expect([power(), readFileSync(otherFile, "utf8")]).toEqual(["on", "off\n"]);
  });

  test("two hosts that name one system in two ways: neither is switched", async () => {
    folder.write("REDFISH.hosts", `${OTHER_HOST}:${at()}/${UUID}\n${HOST}:${at()}/${SYSTEM.id}\n`);
    expect((await stop()).says).toContain(
      `it is the system of another host, too: ${UUID} in line 1 of REDFISH.hosts`,
    );
    expect(posts()).toEqual([]);
  });

  test("another machine at the address: refused", async () => {
    list(`/${UUID_2}`);
    const end = await stop({}, FIRST_WORD);
    expect(end.says).toContain(
      `it is another machine than system ${UUID_2}; it has Id 437XR1138R2 UUID ${UUID}`,
    );
    expect(posts()).toEqual([]);
  });

  test("a host that is not listed", async () => {
    folder.write("REDFISH.hosts", `${OTHER_HOST}:${at()}\n`);
    expect((await stop()).says).toContain(`${HOST} is not listed in `);
    expect(server.seen).toEqual([]);
  });

  test("no system at all", async () => {
    server.systems = [];
    expect((await stop({}, FIRST_WORD)).says).toContain("its list of systems is empty");
  });
});
