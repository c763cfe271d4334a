import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import type { PowerReading } from "../../../../src/fence-agents/device.ts";
import { openIpmi } from "../../../../src/fence-agents/ipmi/open-ipmi.ts";
import { readRequest } from "../../../../src/fence-agents/request.ts";
import { IpmiRelay } from "../../../tools/devices/ipmi-relay.ts";
import { freeUdpPort, IpmiSim } from "../../../tools/devices/ipmi-sim.ts";
import { never, timed, until } from "../../adapters/scratch.ts";
import {
  AgentFolder,
  commandLines,
  contextOf,
  HOST,
  OTHER_HOST,
  PASSWORD,
  play,
  startAgent,
  watchAgent,
} from "./agent-play.ts";

setDefaultTimeout(60_000);
const TOOLS = ["ipmitool", "ipmi_sim"].every((tool) => Bun.which(tool) !== null);
const ADDRESS = "127.0.0.1";
const folder = new AgentFolder("IPMI");
const powerFile = folder.scratch.at("power");
let bmc: IpmiSim | null = null;
let port = 0;

const bmcName = () => `BMC ${ADDRESS}:${port}`;
const power = () => readFileSync(powerFile, "utf8").trim();
const stop = (settings = {}, timeoutMs?: number) => play(openIpmi, folder, "stop", settings, timeoutMs);
/** Long enough for an order and some looks, where it is sure that all of it passes. */
const SHORT_MS = 5_000;

describe.skipIf(!TOOLS)("IPMI with a real BMC", () => {
  beforeAll(async () => {
    port = await freeUdpPort(ADDRESS);
    bmc = await IpmiSim.start({
      ...{ folder: folder.scratch.at("bmc"), address: ADDRESS, port, power: `file:${powerFile}` },
      users: [
        { name: "admin", password: PASSWORD, privilege: "operator" },
        { name: "reader", password: PASSWORD, privilege: "user" },
      ],
    });
  });
  afterAll(async () => await bmc?.stop());
  beforeEach(() => {
    folder.scratch.write("power", "on\n");
    folder.write("IPMI.hosts", `${HOST}:${ADDRESS}:${port}\n`);
    // Without it ipmitool 1.8.19 asks which suites there are, and this BMC does not answer that.
    folder.write("IPMI.conf", "CIPHER=3\n");
    rmSync(`${powerFile}.stuck`, { force: true });
  });

  test("stop switches off; off already is a success", async () => {
    expect(await stop()).toMatchObject({ ok: true, says: `${bmcName()}: the host is off`, said: [] });
    expect(power()).toBe("off");
    expect(await stop()).toMatchObject({ ok: true });
  });

  test("start switches on, reset leaves it on, status switches nothing", async () => {
    folder.scratch.write("power", "off\n");
    expect(await play(openIpmi, folder, "status")).toMatchObject({ ok: true, says: "off" });
    expect(await play(openIpmi, folder, "start")).toMatchObject({ ok: true });
    expect(power()).toBe("on");
    expect(await play(openIpmi, folder, "reset")).toMatchObject({
      ok: true,
      says: `${bmcName()}: the host was off and is on again`,
    });
    expect(await play(openIpmi, folder, "status")).toMatchObject({ ok: true, says: "on" });
  });

  test("a BMC that accepts the command and does nothing: failure", async () => {
    folder.scratch.write("power.stuck", "");
    expect(await stop({}, SHORT_MS)).toMatchObject({
      ok: false,
      says: `${bmcName()}: the command was accepted, and when the time was over the host is on`,
    });
  });

  test("a BMC whose chassis reports errors: the state is unknown, so it is a failure", async () => {
    folder.scratch.write("power", "nonsense\n");
    const end = await stop({}, SHORT_MS);
    expect(end.ok).toBe(false);
    expect(end.says).toContain("Get Chassis Power Status failed");
  });

  test("wrong password, unknown user, a cipher it refuses: each is told", async () => {
    expect((await stop({ FENCE_PASSWD: "wrong" })).says).toContain(`${bmcName()}: wrong password`);
    expect((await stop({ FENCE_USER: "nobody" })).says).toContain("knows no such user");
    folder.write("IPMI.conf", "CIPHER=17\n");
    expect((await stop()).says).toContain("see CIPHER in IPMI.conf");
    expect(power()).toBe("on");
  });

  const logins: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["a wrong password", { FENCE_PASSWD: "wrong" }, "CIPHER=3\n"],
    ["an unknown user", { FENCE_USER: "nobody" }, "CIPHER=3\n"],
    ["a wrong password in IPMI 1.5", { FENCE_PASSWD: "wrong" }, "INTERFACE=lan\n"],
  ];
  for (const [what, settings, conf] of logins)
    test(`${what} is one login, so that no account is locked`, async () => {
      const relay = await IpmiRelay.start(ADDRESS, port);
      try {
        folder.write("IPMI.hosts", `${HOST}:${ADDRESS}:${relay.port}\n`);
        folder.write("IPMI.conf", conf);
        const end = await stop(settings);
        expect(end.ok).toBe(false);
        expect(relay.logins).toBe(1);
        expect(await stop()).toMatchObject({ ok: true });
        expect(relay.logins).toBeGreaterThan(1);
      } finally {
        relay.stop();
      }
    });

  test("several BMCs behind one address, a port each: the host's own is switched", async () => {
    const power2 = folder.scratch.write("power-2", "on\n");
    const port2 = await freeUdpPort(ADDRESS);
    const second = await IpmiSim.start({
      ...{ folder: folder.scratch.at("bmc-2"), address: ADDRESS, port: port2, power: `file:${power2}` },
      users: [{ name: "admin", password: PASSWORD, privilege: "operator" }],
    });
    try {
      folder.write("IPMI.hosts", `${OTHER_HOST}:${ADDRESS}:${port}\n${HOST}:${ADDRESS}:${port2}:admin\n`);
      expect(await stop({ FENCE_USER: undefined })).toMatchObject({ ok: true });
      expect([power(), readFileSync(power2, "utf8")]).toEqual(["on", "off\n"]);
    } finally {
      await second.stop();
    }
  });

  test("a user who may only look is told apart from one whom the BMC does not know", async () => {
    folder.write("IPMI.conf", "INTERFACE=lan\n");
    expect((await stop({ FENCE_USER: "reader" })).says).toContain("see PRIVILEGE in IPMI.conf");
  });

  test("IPMI 1.5, for those who have nothing else", async () => {
    folder.write("IPMI.conf", "INTERFACE=lan\n");
    expect(await stop()).toMatchObject({ ok: true });
    expect(power()).toBe("off");
  });

  describe("the program itself", () => {
    test("a BMC that is silent: ended by its own deadline, and nothing is left behind", async () => {
      bmc?.pause();
      try {
        const agent = startAgent(folder, "stop", { FENCE_TIMEOUT: "3" });
        const { value: end, ms } = await timed(watchAgent(agent));
        expect(end).toMatchObject({ exitCode: 1, leaks: [] });
        expect(end.output).toContain("the time was over before it answered");
        expect(end.output).not.toContain(PASSWORD);
        expect(ms).toBeLessThan(8_000);
        expect(ipmitools()).toEqual([]);
      } finally {
        bmc?.resume();
      }
    });

    test("SIGTERM ends it and its ipmitool", async () => {
      bmc?.pause();
      try {
        const agent = startAgent(folder, "stop");
        expect(await until(() => ipmitools().length > 0, 10_000)).toBe(true);
        agent.kill("SIGTERM");
        const { value: end, ms } = await timed(watchAgent(agent));
        expect(end.exitCode).toBe(1);
        expect(ms).toBeLessThan(4_000);
        expect(ipmitools()).toEqual([]);
      } finally {
        bmc?.resume();
      }
    });
  });

  test("a silent BMC costs six seconds, not twenty, and the reason says what to look at", async () => {
    bmc?.pause();
    try {
      const { value: end, ms } = await timed(readOnce());
      expect(end).toMatchObject({
        kind: "unknown",
        why: expect.stringContaining("unreachable, no power, or IPMI over LAN is off"),
      });
      expect(ms).toBeLessThan(12_000);
    } finally {
      bmc?.resume();
    }
  });
});

/** The first of the three reads alone: the others cost the same. */
async function readOnce(): Promise<PowerReading> {
  const request = readRequest("IPMI", [HOST, "status"], folder.settings({}), folder.fence);
  if (typeof request === "string") throw new Error(request);
  const device = openIpmi(
    request,
    contextOf(folder, () => undefined),
  );
  if (typeof device === "string") throw new Error(device);
  return await device.read(never());
}

function ipmitools(): readonly string[] {
  return commandLines().filter((line) => line.startsWith("ipmitool ") && line.includes(` -p ${port} `));
}
