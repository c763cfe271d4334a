import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type HostSpec, hostDefaults } from "../../../src/simulation/spec.ts";
import { type SimServer, type SimServerConfig, startSimServer } from "../../simulated/server/start.ts";
import type { Tls } from "../../simulated/server/xapi-front.ts";
import type { ScratchFolder } from "../../unit/adapters/scratch.ts";

const BINARY = resolve(import.meta.dir, "../../../dist/ha-lizard");
const PLUGINS = "etc/xapi.d/plugins";
/** Longer than any answer that an administrator would wait for. */
const LIMIT_MS = 30_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly tookMs: number;
}

export interface RunOptions {
  /** What comes through standard input; absent: nothing, and no terminal. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In this machine's network: only for what asks nobody but a server of the test. */
  readonly network?: boolean;
}

/**
 * A simulated pool behind real sockets, and for each host a root directory in which the compiled program finds what a
 * Dom0 has. Every run is in a network of its own, where no host of the pool and nobody else answers.
 */
export class Stage {
  readonly server: SimServer;
  readonly binary = BINARY;
  private readonly folder: ScratchFolder;

  private constructor(server: SimServer, folder: ScratchFolder) {
    this.server = server;
    this.folder = folder;
  }

  /** `folder` is the test file's own, which removes it. */
  static async open(
    folder: ScratchFolder,
    config: Omit<SimServerConfig, "hosts"> & {
      readonly hosts: number;
      readonly ownPorts?: Tls;
      /** What is special about a host, in the order of the hosts. */
      readonly special?: readonly HostSpec[];
      /** Those that a host of a simulated pool has; the caller's network has them. */
      readonly ownAddresses?: boolean;
    },
  ): Promise<Stage> {
    if (!existsSync(BINARY)) throw new Error("Cannot run ha-cfg: dist/ha-lizard is missing; npm run build");
    const roots = Array.from({ length: config.hosts }, (_, index) => folder.at(`root${index + 1}`));
    for (const [index, root] of roots.entries()) furnish(folder, root, index + 1);
    // Loopback addresses, so that a probe in this machine's network reaches nobody else.
    const hosts = roots.map((root, index) => ({
      root,
      ...(config.ownAddresses === true ? {} : { address: `127.77.0.${index + 1}` }),
      ...config.special?.[index],
    }));
    const plugins = (host: number, plugin: string) => {
      const path = join(folder.at(`root${host}`), PLUGINS, plugin);
      return existsSync(path) ? { command: [path], env: environmentOf(folder, host) } : null;
    };
    const server = await startSimServer({ ...config, hosts, plugins, dir: folder.at("pool") });
    symlinkSync(BINARY, folder.at("ha-cfg"));
    return new Stage(server, folder);
  }

  /** Where a host that reboots itself would say so. */
  get sysrq(): string {
    return sysrqOf(this.folder);
  }

  /** A path below the root of a host. */
  at(host: number, path: string): string {
    return join(this.folder.at(`root${host}`), path);
  }

  write(host: number, path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.at(host, path)), { recursive: true });
    writeFileSync(this.at(host, path), text, { mode });
  }

  read(host: number, path: string): string {
    return readFileSync(this.at(host, path), "utf8");
  }

  /** XAPI finds the plugin of this program on that host, as install.sh links it. */
  installPlugin(host: number): void {
    mkdirSync(this.at(host, PLUGINS), { recursive: true });
    symlinkSync(BINARY, join(this.at(host, PLUGINS), "ha-lizard-plugin"));
  }

  /** The command line of `ha-cfg <args>`, and the environment it needs on that host. */
  command(host: number, args: readonly string[], options: RunOptions = {}) {
    const isolation = options.network === true ? [] : ["unshare", "--user", "--map-root-user", "--net"];
    const env = { ...environmentOf(this.folder, host), ...options.env };
    return { command: [...isolation, this.folder.at("ha-cfg"), ...args], env, cwd: this.folder.path };
  }

  /** Runs `ha-cfg <args>` on a host. */
  async run(host: number, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { command, env, cwd } = this.command(host, args, options);
    return this.capture(command, env, cwd, options.input);
  }

  /**
   * Runs it on a terminal of 80 columns. Somebody types the next of `typed` when a question stands there. What was shown,
   * echo included, is `out`.
   */
  async runOnTerminal(
    host: number,
    args: readonly string[],
    typed: readonly string[] = [],
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    const { command, env, cwd } = this.command(host, args, { env: extra });
    const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const began = performance.now();
    const child = Bun.spawn(["script", "-qec", `stty cols 80; exec ${line}`, "/dev/null"], {
      cwd,
      env: { ...env, SHELL: "/bin/sh" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let out = "";
    let answered = 0;
    for await (const chunk of child.stdout) {
      out += new TextDecoder().decode(chunk);
      const question = /(: |\) )$/.test(out);
      const answer = typed[answered];
      if (!question || answer === undefined) continue;
      answered += 1;
      child.stdin.write(`${answer}\n`);
      child.stdin.flush();
    }
    child.stdin.end();
    return { code: await child.exited, out, err: "", tookMs: performance.now() - began };
  }

  private async capture(
    command: readonly string[],
    env: Record<string, string>,
    cwd: string,
    input: string | undefined,
  ): Promise<Ran> {
    const began = performance.now();
    const child = Bun.spawn([...command], {
      cwd,
      env,
      stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
      stdout: "pipe",
      stderr: "pipe",
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code: await child.exited, out, err, tookMs: performance.now() - began };
  }

  /** What the database of the first host, the master, holds of a class, by uuid. */
  otherConfigs(table: "pool" | "VM" | "host"): readonly Readonly<Record<string, string>>[] {
    const { database } = this.server.world.host(1);
    return database.entries(table).map(([, fields]) => fields["other_config"] as Record<string, string>);
  }

  poolKeys(): Readonly<Record<string, string>> {
    return this.otherConfigs("pool")[0] ?? {};
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

const sysrqOf = (folder: ScratchFolder): string => folder.at("sysrq");

/** Of the program on that host. */
function environmentOf(folder: ScratchFolder, host: number): Record<string, string> {
  const root = folder.at(`root${host}`);
  return {
    PATH: `${join(root, "opt/xensource/bin")}:${process.env["PATH"]}`,
    HA_LIZARD_ROOT: root,
    HA_LIZARD_SYSRQ: sysrqOf(folder),
  };
}

/** What the program reads of a Dom0 besides XAPI. */
function furnish(folder: ScratchFolder, root: string, number: number): void {
  const files: Readonly<Record<string, string>> = {
    "etc/xensource-inventory": `INSTALLATION_UUID='${hostDefaults(number).uuid}'\n`,
    "proc/sys/kernel/random/boot_id": `b007${String(number).padStart(4, "0")}-0000-4000-8000-000000000000\n`,
    "etc/ha-lizard/ha-lizard.conf": "# nothing yet\n",
    "var/log/messages": "",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, "etc/ha-lizard/state"), { recursive: true });
  // In the place of those of this machine, which no run may reach.
  folder.script(`root${number}/opt/xensource/bin/logger`, "cat >/dev/null");
  folder.script(`root${number}/opt/xensource/bin/xe-toolstack-restart`, "exit 0");
  mkdirSync(join(root, "var/lib/xcp"), { recursive: true });
  symlinkSync(folder.at("pool", `h${number}`, "xapi"), join(root, "var/lib/xcp/xapi"));
}
