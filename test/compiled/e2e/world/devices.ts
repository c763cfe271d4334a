import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostDefaults } from "../../../../src/simulation/spec.ts";
import type { SeenRequest } from "../../../tools/devices/redfish-server.ts";
import type { ReceivedMail } from "../../../unit/adapters/mail/smtp-server.ts";
import type { SeenArguments } from "./argument-watch.ts";
import { type DeviceKind, type DeviceOrder, type DeviceWorld, systemUuid } from "./device-server.ts";
import type { Pool } from "./pool.ts";
import { until } from "./wait.ts";

/** No text holds this by chance, and it looks the same in whatever way a text is quoted. */
export const SECRET = "Zw9kLq7b";
/** The pool's FENCE_PASSWD, and the password of every device: at most 16 characters, which is what IPMI takes. */
export const DEVICE_PASSWORD = `q'$H&;${SECRET}`;
/** The user at BMCs and at the power strip. */
const USER = "fencer";
export const OUTER_HOST = "10.77.0.90";
export const STRIP = "10.77.0.91";
/** The world's own address: a mail server for the pool. */
export const MAIL_SERVER = "10.77.0.1";

export const bmcAddress = (host: number): string => `10.77.0.${100 + host}`;
/** The VM that a pool host is on the outer host. */
export const outerVm = (host: number): string =>
  hostDefaults(host).uuid.replace("-1111-4111-", "-4444-4444-");

/** How an iLO or the outer host behaves: test/tools/devices/clp-shell.sh, xe-shell.sh. */
export type ShellMode = "right" | "liar" | "hang" | "garbage" | "no-rights" | "refuse";

/** What stands behind a host's uuid in the list of each method. */
const LISTS: Readonly<Record<string, (host: number) => string>> = {
  ILO: bmcAddress,
  IPMI: (host) => `${bmcAddress(host)}:${USER}`,
  REDFISH: (host) => `${bmcAddress(host)}/${systemUuid(hostDefaults(host).uuid)}:${USER}`,
  XVM: outerVm,
  EXAMPLE: String,
};

/**
 * Real fence devices in a pool's world: sshd as iLO and as outer host, ipmi_sim, Redfish services, a power strip. They
 * switch the hosts of the pool. They end with the world.
 */
export class Devices {
  private readonly pool: Pool;
  private readonly folder: string;

  private constructor(pool: Pool) {
    this.pool = pool;
    this.folder = join(pool.folder, "devices");
  }

  /** Resolves when they answer, and every host of the pool has the lists that name them. */
  static async start(pool: Pool, kinds: readonly DeviceKind[]): Promise<Devices> {
    const devices = new Devices(pool);
    const { folder } = devices;
    mkdirSync(folder);
    const world: DeviceWorld = {
      ...{ folder, kinds, password: DEVICE_PASSWORD, user: USER },
      ...{ power: join(pool.socketFolder, "bmc"), outerHost: OUTER_HOST, strip: STRIP, mail: MAIL_SERVER },
      hosts: pool.hostNumbers().map((number) => {
        return { number, uuid: hostDefaults(number).uuid, bmc: bmcAddress(number) };
      }),
    };
    const config = join(folder, "devices.json");
    writeFileSync(config, JSON.stringify(world), { mode: 0o600 });
    const program = join(import.meta.dir, "device-server.ts");
    const server = pool.background([process.execPath, program, config], "devices.log");
    const log = () => readFileSync(join(pool.folder, "devices.log"), "utf8");
    const ended = server.exited.then(() => Promise.reject(new Error(`the devices ended: ${log()}`)));
    await Promise.race([until("the devices being up", 30_000, () => log().includes("up\n")), ended]);
    await devices.list();
    return devices;
  }

  /** Writes the lists of all methods on every host. */
  private async list(): Promise<void> {
    for (const host of this.pool.hostNumbers()) {
      // ipmi_sim knows suite 3, and does not say so.
      await this.write(host, "IPMI/IPMI.conf", "CIPHER=3\n");
      for (const method of Object.keys(LISTS)) await this.setList(host, method, {});
    }
  }

  /** The list of a method on host `on`, with other entries for some hosts; null: none. */
  async setList(on: number, method: string, entries: Readonly<Record<number, string | null>>): Promise<void> {
    const lines = this.pool.hostNumbers().flatMap((host) => {
      const entry = entries[host] === undefined ? LISTS[method]?.(host) : entries[host];
      return entry === null || entry === undefined ? [] : [`${hostDefaults(host).uuid}:${entry}\n`];
    });
    await this.write(on, `${method}/${method}.hosts`, lines.join(""));
  }

  /** A file below the folder of the fence agents of one host. */
  async write(host: number, path: string, text: string): Promise<void> {
    await this.pool.writeFile(host, `/etc/ha-lizard/fence/${path}`, text);
  }

  /** How the iLO of a host behaves from now on. */
  setIlo(host: number, mode: ShellMode): void {
    this.shellFile("clp", bmcAddress(host), "mode", `${mode}\n`);
  }

  setOuterHost(mode: ShellMode): void {
    this.shellFile("xe", OUTER_HOST, "mode", `${mode}\n`);
  }

  /** An iLO that says Off whatever is so. */
  setIloStale(host: number, stale: boolean): void {
    this.shellFile("clp", bmcAddress(host), "stale", stale ? "" : null);
  }

  /** What the iLO of a host was asked, a command a line. */
  askedOfIlo(host: number): string {
    const path = join(this.folder, "clp", bmcAddress(host), "asked");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  private shellFile(kind: "clp" | "xe", address: string, name: string, text: string | null): void {
    const path = join(this.folder, kind, address, name);
    if (text === null) rmSync(path, { force: true });
    else writeFileSync(path, text);
  }

  async mails(): Promise<readonly ReceivedMail[]> {
    return (await this.order({ what: "mails" })) as ReceivedMail[];
  }

  async redfishSeen(host: number): Promise<readonly SeenRequest[]> {
    return (await this.order({ what: "redfish-seen", host })) as SeenRequest[];
  }

  /** Looks at all command lines of the world from now on, until `watched`. */
  async watch(words: readonly string[]): Promise<void> {
    await this.order({ what: "watch", words });
  }

  async watched(): Promise<SeenArguments> {
    return (await this.order({ what: "watched" })) as SeenArguments;
  }

  async order(order: DeviceOrder): Promise<unknown> {
    const response = await fetch("http://devices/", {
      unix: join(this.folder, "control"),
      method: "POST",
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`The devices refuse ${JSON.stringify(order)}: ${response.status}`);
    const text = await response.text();
    return text === "" ? null : JSON.parse(text);
  }
}
