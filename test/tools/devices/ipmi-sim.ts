import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { until } from "../../compiled/e2e/world/wait.ts";

const CHASSIS_CONTROL = join(import.meta.dir, "ipmi/chassis-control.sh");

export interface IpmiUser {
  readonly name: string;
  readonly password: string;
  readonly privilege: "user" | "operator" | "admin";
}

export interface IpmiSimOptions {
  /** Its own, with a short path. */
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly users: readonly IpmiUser[];
  /** `file:<path>` or `socket:<path>:<host uuid>` (power.ts). */
  readonly power: string;
}

/** A real IPMI 2.0 BMC: OpenIPMI's `ipmi_sim`. It speaks cipher suite 3, not 17. */
export class IpmiSim {
  private readonly child: Bun.Subprocess;

  private constructor(child: Bun.Subprocess) {
    this.child = child;
  }

  static async start(options: IpmiSimOptions): Promise<IpmiSim> {
    const { folder, port } = options;
    mkdirSync(join(folder, "state"), { recursive: true });
    writeFileSync(join(folder, "bmc.emu"), EMULATOR);
    writeFileSync(join(folder, "lan.conf"), lanConfig(options));
    chmodSync(join(folder, "lan.conf"), 0o600);
    const log = join(folder, "ipmi_sim.log");
    const output = openSync(log, "a");
    const child = Bun.spawn(["ipmi_sim", "-n", "-c", "lan.conf", "-f", "bmc.emu", "-s", "state"], {
      cwd: folder,
      stdin: "ignore",
      stdout: output,
      stderr: output,
    });
    const ended = await Promise.race([
      until(`ipmi_sim on port ${port}`, 10_000, () => isBound(port)),
      child.exited.then((code) => `ipmi_sim ended with ${code}: ${readFileSync(log, "utf8").trim()}`),
    ]);
    if (ended !== true) throw new Error(ended);
    return new IpmiSim(child);
  }

  /** Silent, as a BMC whose power is gone. */
  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }

  get exited(): Promise<number> {
    return this.child.exited;
  }

  async stop(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
  }
}

/** A UDP port that nobody has. */
export async function freeUdpPort(address: string): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: address, port: 0 });
  const { port } = socket;
  socket.close();
  return port;
}

/** UDP has no connections: it is up when its port is taken. */
function isBound(port: number): boolean {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  return ["udp", "udp6"].some((table) => readFileSync(`/proc/self/net/${table}`, "utf8").includes(hex));
}

const EMULATOR = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
`;

function lanConfig({ address, port, users, power }: IpmiSimOptions): string {
  const kinds = ["callback", "user", "operator", "admin"];
  return [
    'name "bmc"',
    "set_working_mc 0x20",
    "  startlan 1",
    `    addr ${address} ${port}`,
    "    priv_limit admin",
    ...kinds.map((kind) => `    allowed_auths_${kind} none md2 md5 straight`),
    "    guid a123456789abcdefa123456789abcdef",
    "  endlan",
    `  chassis_control "${CHASSIS_CONTROL} ${power}"`,
    // The first user of a BMC has no name; this one has no way in.
    '  user 1 false "" "" user 10 none md2 md5 straight',
    ...users.map(
      ({ name, password, privilege }, index) =>
        `  user ${index + 2} true "${name}" "${password}" ${privilege} 10 none md2 md5 straight`,
    ),
    "",
  ].join("\n");
}

/** As a program: `ipmi-sim.ts --folder … --address … --user … --power …`, the password in DEVICE_PASSWORD; until SIGTERM. */
async function main(): Promise<void> {
  const text = { type: "string", default: "" } as const;
  const { values } = parseArgs({
    options: {
      folder: text,
      address: text,
      port: { type: "string", default: "623" },
      user: text,
      power: text,
    },
  });
  const password = process.env["DEVICE_PASSWORD"] ?? "";
  const sim = await IpmiSim.start({
    ...values,
    port: Number(values.port),
    users: [{ name: values.user, password, privilege: "operator" }],
  });
  process.once("SIGTERM", () => void sim.stop());
  console.log("up");
  await sim.exited;
}

if (import.meta.main) await main();
