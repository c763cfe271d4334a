import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { IpmiSim } from "../../../tools/devices/ipmi-sim.ts";
import { FilePower, powerOf } from "../../../tools/devices/power.ts";
import type { Behaviour } from "../../../tools/devices/redfish/behaviour.ts";
import { makeCertificate } from "../../../tools/devices/redfish/certificate.ts";
import { RedfishServer, type SimulatedSystem } from "../../../tools/devices/redfish-server.ts";
import { startSmtpServer } from "../../../unit/adapters/mail/smtp-server.ts";
import { ArgumentWatch } from "./argument-watch.ts";
import { until } from "./wait.ts";

/** The families of devices that a world can have; `ssh` are the iLOs and the outer host of XVM. */
export type DeviceKind = "ssh" | "ipmi" | "redfish" | "strip";

/** What the devices of a world are; in a file, whose path is this program's only argument: there is a password in it. */
export interface DeviceWorld {
  readonly folder: string;
  /** Of the power controller. */
  readonly power: string;
  readonly kinds: readonly DeviceKind[];
  readonly password: string;
  /** Users at BMCs and at the power strip; ssh has only root. */
  readonly user: string;
  readonly hosts: readonly { readonly number: number; readonly uuid: string; readonly bmc: string }[];
  readonly outerHost: string;
  readonly strip: string;
  /** Where mails are taken. */
  readonly mail: string;
}

/** An order to the devices: `POST` to the socket `control` of the folder. */
export type DeviceOrder =
  | { readonly what: "ipmi"; readonly host: number; readonly silent: boolean }
  | { readonly what: "redfish"; readonly host: number; readonly behaviour: Behaviour }
  /** A chassis: further systems that are on, beside the host's own. */
  | { readonly what: "neighbours"; readonly host: number; readonly ids: readonly string[] }
  | { readonly what: "redfish-seen"; readonly host: number }
  /** What the power strip answers instead of the truth, and how long it takes to switch. */
  | { readonly what: "strip"; readonly answer: string | null; readonly delayMs: number }
  | { readonly what: "mails" }
  | { readonly what: "watch"; readonly words: readonly string[] }
  | { readonly what: "watched" };

/** The devices of a world, all in its network; they end with it. */
class DeviceServer {
  private readonly world: DeviceWorld;
  private readonly ipmi = new Map<number, IpmiSim>();
  private readonly redfish = new Map<number, RedfishServer>();
  private readonly strip = { answer: null as string | null, delayMs: 0 };
  private watch: ArgumentWatch | null = null;

  constructor(world: DeviceWorld) {
    this.world = world;
  }

  async start(): Promise<void> {
    const { world } = this;
    const mail = await startSmtpServer();
    forward(world.mail, 25, mail.port);
    const bmcs = world.hosts.map(({ bmc }) => bmc);
    for (const address of [...bmcs, world.outerHost, world.strip]) addAddress(address);
    const kinds: Readonly<Record<DeviceKind, () => Promise<void>>> = {
      ssh: async () => {
        await Promise.all([startSshd(world, "clp", bmcs), startSshd(world, "xe", [world.outerHost])]);
      },
      ipmi: () => this.startIpmi(),
      redfish: () => this.startRedfish(),
      strip: () => this.startStrip(),
    };
    await Promise.all(world.kinds.map((kind) => kinds[kind]()));
    Bun.serve({
      unix: join(world.folder, "control"),
      fetch: async (request) => {
        const order = (await request.json()) as DeviceOrder;
        return Response.json((order.what === "mails" ? mail.mails : this.obey(order)) ?? null);
      },
    });
  }

  private obey(order: Exclude<DeviceOrder, { what: "mails" }>): unknown {
    switch (order.what) {
      case "ipmi":
        return order.silent ? this.ipmi.get(order.host)?.pause() : this.ipmi.get(order.host)?.resume();
      case "redfish":
        this.redfishOf(order.host).behaviour = order.behaviour;
        return this.redfishOf(order.host).endTransition();
      case "neighbours":
        return this.putNeighbours(order.host, order.ids);
      case "redfish-seen":
        return this.redfishOf(order.host).seen;
      case "strip":
        return Object.assign(this.strip, { answer: order.answer, delayMs: order.delayMs });
      case "watch":
        this.watch = new ArgumentWatch(order.words);
        return null;
      case "watched":
        return this.watch?.stop() ?? null;
    }
  }

  private redfishOf(host: number): RedfishServer {
    const server = this.redfish.get(host);
    if (server === undefined) throw new Error(`host ${host} has no Redfish service`);
    return server;
  }

  private powerWord(uuid: string): string {
    return `socket:${this.world.power}:${uuid}`;
  }

  private async startIpmi(): Promise<void> {
    const { folder, password, user, hosts } = this.world;
    for (const { number, uuid, bmc } of hosts) {
      const sim = await IpmiSim.start({
        ...{ folder: join(folder, `ipmi${number}`), address: bmc, port: 623, power: this.powerWord(uuid) },
        users: [{ name: user, password, privilege: "operator" }],
      });
      this.ipmi.set(number, sim);
    }
  }

  private async startRedfish(): Promise<void> {
    const { folder, password, user, hosts } = this.world;
    for (const { number, uuid, bmc } of hosts) {
      const systems = [{ id: `Node${number}`, uuid: systemUuid(uuid), power: powerOf(this.powerWord(uuid)) }];
      const certificate = makeCertificate(folder, `redfish${number}`, bmc);
      const server = new RedfishServer({ address: bmc, port: 443, user, password, certificate, systems });
      this.redfish.set(number, server);
    }
  }

  private putNeighbours(host: number, ids: readonly string[]): void {
    const server = this.redfishOf(host);
    const own = server.systems.filter(({ id }) => id === `Node${host}`);
    const others = ids.map((id, index): SimulatedSystem => {
      const path = join(this.world.folder, `${host}-${id}`);
      writeFileSync(path, "on\n");
      return { id, uuid: `5555555${index}-7742-3448-3784-823347823834`, power: new FilePower(path) };
    });
    server.systems = [...others, ...own];
  }

  /** A power strip with a web interface, as fence/EXAMPLE wants it: outlet n is host n's. */
  private async startStrip(): Promise<void> {
    const { strip, hosts, user, password } = this.world;
    Bun.serve({
      hostname: strip,
      port: 80,
      fetch: async (request) => {
        if (request.headers.get("authorization") !== `Basic ${btoa(`${user}:${password}`)}`)
          return new Response("no", { status: 401 });
        if (this.strip.answer !== null) return new Response(this.strip.answer);
        const outlet = Number(new URL(request.url).pathname.split("/").at(-1));
        const host = hosts.find(({ number }) => number === outlet);
        if (host === undefined) return new Response("no outlet", { status: 404 });
        const power = powerOf(this.powerWord(host.uuid));
        if (request.method === "PUT") {
          const order = await request.text();
          await Bun.sleep(this.strip.delayMs);
          await power.set(order === "on");
        }
        return new Response((await power.isOn()) ? "on" : "off");
      },
    });
  }
}

/** What the machine's own firmware calls itself; not XAPI's uuid of the host. */
export function systemUuid(host: string): string {
  return host.replace("-1111-4111-", "-7777-4777-");
}

function addAddress(address: string): void {
  const added = Bun.spawnSync(["ip", "addr", "add", `${address}/24`, "dev", "data0"]);
  if (added.exitCode !== 0) throw new Error(`Cannot add ${address}: ${added.stderr.toString()}`);
}

/** A port of this world's network for one of its loopback. */
function forward(address: string, port: number, to: number): void {
  createServer((front) => {
    const back = connect(to, "127.0.0.1");
    front.pipe(back).pipe(front);
    front.on("error", () => back.destroy());
    back.on("error", () => front.destroy());
  }).listen(port, address);
}

/** They end when their standard input does: kept, so that it stays open. */
const SSHDS: Bun.Subprocess[] = [];

/** A real sshd on some addresses, with a shell of ours; it ends when this process does. */
async function startSshd(
  world: DeviceWorld,
  kind: "clp" | "xe",
  addresses: readonly string[],
): Promise<void> {
  const folder = join(world.folder, kind);
  mkdirSync(folder, { recursive: true });
  for (const address of addresses) {
    mkdirSync(join(folder, address), { recursive: true });
    writeFileSync(join(folder, address, "mode"), "right\n");
    writeFileSync(join(folder, address, "host"), world.hosts.find(({ bmc }) => bmc === address)?.uuid ?? "");
  }
  const key = join(folder, "host-key");
  run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key]);
  const hash = run(["openssl", "passwd", "-6", "-stdin"], `${world.password}\n`).trim();
  writeFileSync(join(folder, "shadow"), `root:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 });
  writeFileSync(join(folder, "authorized_keys"), "");
  const listen = addresses.map((address) => `ListenAddress ${address}`).join("\n");
  writeFileSync(join(folder, "extra_config"), `HostKey ${key}\n${listen}\n`);
  const shell = `${join(import.meta.dir, "device-shell.sh")} ${kind} ${folder} ${world.power}`;
  const output = openSync(join(folder, "start.log"), "a");
  const words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = Bun.spawn(
    [...words, join(import.meta.dir, "../../../tools/devices/sshd.sh"), folder, shell],
    {
      cwd: "/",
      env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
      stdin: "pipe",
      stdout: output,
      stderr: output,
    },
  );
  SSHDS.push(child);
  await until(`sshd (${kind})`, 20_000, () =>
    readFileSync(join(folder, "log"), "utf8").includes("Server listening"),
  );
}

function run(command: readonly string[], input = ""): string {
  const done = Bun.spawnSync([...command], { stdin: new TextEncoder().encode(input) });
  if (done.exitCode !== 0) throw new Error(`Cannot run ${command[0]}: ${done.stderr.toString()}`);
  return done.stdout.toString();
}

if (import.meta.main) {
  const world = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as DeviceWorld;
  await new DeviceServer(world).start();
  console.log("up");
}
