import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import type { OpenDevice } from "../../../../src/fence-agents/method.ts";
import { openRedfishAt } from "../../../../src/fence-agents/redfish/open-redfish.ts";
import { FilePower } from "../../../tools/devices/power.ts";
import type { Behaviour } from "../../../tools/devices/redfish/behaviour.ts";
import { makeCertificate } from "../../../tools/devices/redfish/certificate.ts";
import { RedfishServer } from "../../../tools/devices/redfish-server.ts";
import { timed } from "../../adapters/scratch.ts";
import { AgentFolder, HOST, OTHER_HOST, PASSWORD, play } from "../ipmi/agent-play.ts";

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
  openRedfishAt(server.port, server.behaviour === "hangs" ? 300 : 5_000, request, context);
const stop = (settings = {}) => play(open, folder, "stop", settings);
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
  folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}\n`);
});
afterEach(() => {
  server.behaviour = "right";
  server.says = "inline";
  server.resetTypes = ["On", "ForceOff"];
  server.systems = [SYSTEM];
  server.seen.length = 0;
});

describe("a service that is right", () => {
  test("stop switches off; off already is a success without a command", async () => {
    expect(await stop()).toMatchObject({ ok: true, says: `Redfish ${ADDRESS}: the host is off`, said: [] });
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
      says: `Redfish ${ADDRESS}: the host was off and is on again`,
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
    await stop();
    expect(await play(open, folder, "status")).toMatchObject({
      ok: false,
      says: `Redfish ${ADDRESS}: the host is neither on nor off: its PowerState is PoweringOff`,
    });
    server.behaviour = "right";
    server.endTransition();
    expect(await stop()).toMatchObject({ ok: true });
  });
});

describe("a service that is wrong", () => {
  const table: readonly (readonly [Behaviour, string])[] = [
    ["stays-powering-off", "accepted, and the host is neither on nor off: its PowerState is PoweringOff"],
    ["does-nothing", "the command was accepted, and the host is on"],
    ["busy", "it is busy (HTTP 503: Retry in 1 seconds.)"],
    ["hangs", "no answer within 0.3 s"],
    ["garbage", "/redfish/v1/ is no JSON object"],
    ["huge", "its answer is longer than 500000 characters"],
    ["no-power-state", "it tells no PowerState"],
    ["moves-for-ever", "it sends us round and round"],
    ["redirects-away", "it sends us elsewhere (https://192.0.2.99/redfish/v1/); the password stays here"],
    ["foreign-target", "it sends us elsewhere (https://192.0.2.99/redfish/v1/Systems/437XR1138R2/Actions/"],
    [
      "refuses-orders",
      "(HTTP 400: The value ForceOff for the parameter ResetType is not acceptable.), and the",
    ],
  ];
  for (const [behaviour, words] of table)
    test(`${behaviour}: failure, and the host is as it was`, async () => {
      server.behaviour = behaviour;
      const end = await stop();
      expect(end.ok).toBe(false);
      expect(end.says).toContain(words);
      expect(power()).toBe("on");
      server.endTransition();
    }, 10_000);

  test("busy once: it is asked again", async () => {
    server.behaviour = "busy-once";
    const end = await stop();
    expect(end).toMatchObject({ ok: true });
    expect(end.said).toEqual([`Redfish ${ADDRESS}: it is busy (HTTP 503: Retry in 1 seconds.)`]);
  });

  test("one that does not offer ForceOff is not asked for less", async () => {
    server.resetTypes = ["On", "GracefulShutdown"];
    expect((await stop()).says).toContain("it does not offer ForceOff, only On, GracefulShutdown");
    expect(posts()).toEqual([]);
  });

  test("a wrong password, a wrong user", async () => {
    const refused = `Cannot read the power state of Redfish ${ADDRESS}: wrong user or password (HTTP 401)`;
    expect((await stop({ FENCE_PASSWD: "wrong" })).says).toBe(refused);
    expect((await stop({ FENCE_USER: "nobody" })).says).toBe(refused);
  });

  test("one that repeats the password: it does not come into what is said", async () => {
    server.behaviour = "echoes";
    const end = await stop();
    expect(end.says).toContain("HTTP 500: Bad login admin:*** [31mred");
    expect(JSON.stringify(end)).not.toContain(PASSWORD);
  });

  test("one that is not there", async () => {
    const gone: OpenDevice = (request, context) => openRedfishAt(1, 1_000, request, context);
    expect((await play(gone, folder, "stop")).says).toContain("it refuses connections");
  });

  test("one that does not speak TLS", async () => {
    const plain = Bun.listen({
      hostname: ADDRESS,
      port: 0,
      socket: { data: (socket) => void socket.end("hello\n") },
    });
    const at: OpenDevice = (request, context) => openRedfishAt(plain.port, 1_000, request, context);
    const end = await play(at, folder, "stop");
    plain.stop(true);
    expect(end).toMatchObject({ ok: false });
    expect(end.says).toContain("no connection: ");
  });

  test("one that takes connections and says nothing does not outlive a deadline", async () => {
    const silent = Bun.listen({ hostname: ADDRESS, port: 0, socket: { data: () => undefined } });
    const at: OpenDevice = (request, context) => openRedfishAt(silent.port, 300, request, context);
    const { value: end, ms } = await timed(play(at, folder, "stop"));
    silent.stop(true);
    expect(end.says).toContain("no answer within 0.3 s");
    expect(ms).toBeLessThan(5_000);
  });
});

describe("which system", () => {
  test("several: refused, until the list says which", async () => {
    server.systems = [SYSTEM, SYSTEM_2];
    const end = await stop();
    expect(end).toMatchObject({ ok: false });
    expect(end.says).toContain(
      "it has 2 systems (/redfish/v1/Systems/437XR1138R2, /redfish/v1/Systems/Node2); say which in REDFISH.hosts",
    );
    for (const [which, file] of [
      ["437XR1138R2", powerFile],
      [UUID_2, otherFile],
    ] as const) {
      folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}/${which}\n`);
      expect(await stop()).toMatchObject({ ok: true, says: `Redfish ${ADDRESS}/${which}: the host is off` });
      expect(readFileSync(file, "utf8")).toBe("off\n");
    }
  });

  test("two hosts behind one address are two systems, not a mistake in the list", async () => {
    server.systems = [SYSTEM, SYSTEM_2];
    folder.write("REDFISH.hosts", `${OTHER_HOST}:${ADDRESS}/437XR1138R2\n${HOST}:${ADDRESS}/Node2\n`);
    expect(await stop()).toMatchObject({ ok: true, said: [] });
    expect([power(), readFileSync(otherFile, "utf8")]).toEqual(["on", "off\n"]);
  });

  test("another machine at the address: refused", async () => {
    folder.write("REDFISH.hosts", `${HOST}:${ADDRESS}/${UUID_2}\n`);
    const end = await stop();
    expect(end.says).toContain(
      `it is another machine than system ${UUID_2}; it has Id 437XR1138R2 UUID ${UUID}`,
    );
    expect(posts()).toEqual([]);
  });

  test("a host that is not listed", async () => {
    folder.write("REDFISH.hosts", `${OTHER_HOST}:${ADDRESS}\n`);
    expect((await stop()).says).toContain(`${HOST} is not listed in `);
    expect(server.seen).toEqual([]);
  });

  test("no system at all", async () => {
    server.systems = [];
    expect((await stop()).says).toContain("its list of systems is empty");
  });
});
