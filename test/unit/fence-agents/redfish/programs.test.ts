import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { PowerController } from "../../../compiled/e2e/world/power-controller.ts";
import { PATH, timed } from "../../adapters/scratch.ts";
import { AgentFolder, HOST, PASSWORD, startAgent, watchAgent } from "../ipmi/agent-play.ts";

const DEVICES = resolve(import.meta.dir, "../../../tools/devices");
const USER_SPACE = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
const ALLOWED =
  Bun.spawnSync(["unshare", ...USER_SPACE, "--net", "ip", "link", "set", "lo", "up"]).exitCode === 0 &&
  ["ipmitool", "ipmi_sim", "nsenter"].every((tool) => Bun.which(tool) !== null);

const METHODS = [
  { method: "IPMI", program: "ipmi-sim.ts", conf: "CIPHER=3\n", silent: "Unspecified error" },
  {
    method: "REDFISH",
    program: "redfish-server.ts",
    conf: "",
    silent: "the time was over before it answered",
  },
] as const;

/** The devices as programs, at their own ports in a network of their own, before the power of a pool. */
for (const { method, program, conf, silent } of METHODS)
  describe.skipIf(!ALLOWED)(`${method}.sh in a network of its own`, () => {
    const folder = new AgentFolder(method);
    const socket = folder.scratch.at("power.sock");
    let on = true;
    let controller: PowerController;
    let device: Bun.Subprocess<"ignore", "pipe", "inherit">;
    const enter = () => {
      const user = USER_SPACE.length === 0 ? [] : ["--user", "--preserve-credentials"];
      return ["nsenter", "-t", String(device.pid), ...user, "--net"];
    };

    beforeAll(async () => {
      controller = new PowerController(socket, [HOST], {
        isOn: () => on,
        switchOff: async () => {
          on = false;
        },
        switchOn: async () => {
          on = true;
        },
      });
      const power = `socket:${socket}:${HOST}`;
      const words = method === "IPMI" ? ["--power", power] : ["--system", `1,${HOST},${power}`];
      device = Bun.spawn(
        [
          ...["unshare", ...USER_SPACE, "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"],
          ...[process.execPath, join(DEVICES, program), "--folder", folder.scratch.path],
          ...["--address", "127.0.0.1", "--user", "admin", ...words],
        ],
        {
          env: { PATH, DEVICE_PASSWORD: PASSWORD },
          stdin: "ignore",
          stdout: "pipe",
          stderr: "inherit",
        },
      );
      const { value } = await device.stdout.getReader().read();
      expect(new TextDecoder().decode(value)).toBe("up\n");
    }, 20_000);
    afterAll(async () => {
      device.kill("SIGTERM");
      await device.exited;
      await controller.stop();
    });
    beforeEach(() => {
      on = true;
      folder.write(`${method}.hosts`, `${HOST}:127.0.0.1\n`);
      folder.write(`${method}.conf`, conf);
    });
    afterEach(() => controller.setState(1, "up"));

    test("stop: the host's power is off, and the password was nowhere to be seen", async () => {
      const end = await watchAgent(startAgent(folder, "stop", {}, enter()));
      expect(end).toMatchObject({ exitCode: 0, leaks: [] });
      expect(end.output).toEndWith("127.0.0.1: the host is off\n");
      expect(end.output).not.toContain(PASSWORD);
      expect(on).toBe(false);
    }, 20_000);

    test("a controller that is dead: a failure within its time", async () => {
      controller.setState(1, "dead");
      const agent = startAgent(folder, "stop", { FENCE_TIMEOUT: "4" }, enter());
      const { value: end, ms } = await timed(watchAgent(agent));
      expect(end).toMatchObject({ exitCode: 1, leaks: [] });
      expect(end.output).toContain(silent);
      expect(ms).toBeLessThan(9_000);
      expect(on).toBe(true);
    }, 20_000);
  });
