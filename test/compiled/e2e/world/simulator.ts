import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Namespaces } from "./namespaces.ts";
import { until } from "./wait.ts";

/** What can be done to the simulated world; the verbs of test/simulated/server/main.ts. */
export interface Order {
  readonly verb: string;
  readonly [detail: string]: unknown;
}

/** One event of the simulated world. */
export interface LogEntry {
  readonly atMs: number;
  readonly what: string;
  readonly [detail: string]: unknown;
}

/** The part of test/simulated/server/truth.ts that these tests look at. */
interface Truth {
  /** The clock of the events. */
  readonly nowMs: number;
  readonly hosts: readonly {
    readonly number: number;
    readonly power: boolean;
    readonly bootCount: number;
    /** What stands in pool.conf. */
    readonly poolConf: string;
    readonly xapi: string;
    /** The start of its xapi is complete. */
    readonly initComplete: boolean;
    readonly domains: readonly string[];
  }[];
  /** What the database of each host says whose pool.conf says master. */
  readonly masters: readonly {
    readonly host: number;
    readonly pool: {
      readonly master: number | null;
      readonly other_config: Readonly<Record<string, string>>;
    };
    readonly hosts: readonly { readonly number: number; readonly enabled: boolean }[];
  }[];
  readonly violations: readonly unknown[];
}

/** The simulated pool's control socket: orders to the world, and the truth about it. */
export class Simulator {
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Starts the server in the world; it ends with the world. */
  static async start(world: Namespaces, script: string, config: string): Promise<Simulator> {
    const folder = join(world.folder, "s");
    const server = world.background(
      [process.execPath, script, "--config", config, "--dir", folder, ...world.hostWords()],
      "server.log",
    );
    const sim = new Simulator(folder);
    await until("the simulated pool answering", 15_000, async () => {
      if (server.exitCode !== null) throw new Error(readFileSync(join(world.folder, "server.log"), "utf8"));
      return await sim.truth();
    });
    return sim;
  }

  async do(order: Order): Promise<void> {
    await this.request("/do", order);
  }

  async truth(): Promise<Truth> {
    return (await this.request("/truth")) as Truth;
  }

  /** Events from the `from`th on. */
  async log(from: number): Promise<readonly LogEntry[]> {
    return (await this.request(`/log?since=${from}`)) as readonly LogEntry[];
  }

  /** The hosts on which a copy of each VM really runs; VMs that run nowhere are absent. */
  async running(): Promise<Map<string, number[]>> {
    const running = new Map<string, number[]>();
    for (const host of (await this.truth()).hosts) {
      for (const vm of host.domains) running.set(vm, [...(running.get(vm) ?? []), host.number]);
    }
    return running;
  }

  async residents(host: number): Promise<readonly string[]> {
    return (await this.truth()).hosts.find((each) => each.number === host)?.domains ?? [];
  }

  async violations(): Promise<readonly unknown[]> {
    return (await this.truth()).violations;
  }

  /** What stands in the host's pool.conf. */
  async poolConf(host: number): Promise<string> {
    return (await this.truth()).hosts.find((each) => each.number === host)?.poolConf ?? "";
  }

  /** Hosts whose running xapi is a master, and whose database agrees. */
  async masters(): Promise<number[]> {
    return (await this.workingMasters()).map((master) => master.host);
  }

  /** Numbers of the hosts that the only master's database calls enabled. */
  async enabledHosts(): Promise<number[]> {
    const [master] = await this.workingMasters();
    return (master?.hosts ?? []).filter((host) => host.enabled).map((host) => host.number);
  }

  async poolOtherConfig(): Promise<Readonly<Record<string, string>>> {
    const [master] = await this.workingMasters();
    return master?.pool.other_config ?? {};
  }

  private async workingMasters(): Promise<Truth["masters"]> {
    const { hosts, masters } = await this.truth();
    const run = hosts.filter((host) => host.power && host.xapi === "run").map((host) => host.number);
    return masters.filter((master) => run.includes(master.host) && master.pool.master === master.host);
  }

  private async request(path: string, order?: Order): Promise<unknown> {
    const response = await fetch(`http://localhost${path}`, {
      unix: join(this.folder, "control"),
      ...(order === undefined ? {} : { method: "POST", body: JSON.stringify(order) }),
      signal: AbortSignal.timeout(5_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The simulated pool refuses ${path} ${JSON.stringify(order)}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}
