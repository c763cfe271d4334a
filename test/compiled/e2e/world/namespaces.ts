import { openSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "./wait.ts";

const SCRIPT = join(import.meta.dir, "pool.sh");
/** No verb of pool.sh takes longer; a host that does not boot says so after 30 s. */
const VERB_DEADLINE_MS = 60_000;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A world of namespaces (pool.sh). It ends with `stop`, and when this process ends, however it ends: the world's first
 * process reads a pipe that only this process holds open.
 */
export class Namespaces {
  private readonly shell: Bun.Subprocess<"pipe", "pipe", number>;
  private readonly initPid: number;
  readonly folder: string;

  private constructor(folder: string, shell: Bun.Subprocess<"pipe", "pipe", number>, initPid: number) {
    this.folder = folder;
    this.shell = shell;
    this.initPid = initPid;
  }

  /** `folder` is shared between the world and this process: sockets, consoles. Its path must be short (108 bytes). */
  static async start(folder: string): Promise<Namespaces> {
    const shell = Bun.spawn([SCRIPT, "world", folder], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: openSync(join(folder, "world.log"), "a"),
      env: { ...process.env, POOL_BUN: process.execPath },
      // A signal to all of this process's group, as Ctrl-C sends it, must not end what clears up after it.
      detached: true,
    });
    const reader = shell.stdout.getReader();
    const first = await reader.read();
    if (first.done) {
      throw new Error(`Cannot start a world: ${readFileSync(join(folder, "world.log"), "utf8").trim()}`);
    }
    const children = `/proc/${shell.pid}/task/${shell.pid}/children`;
    const initPid = await until("the world's first process", 5_000, () =>
      Number(readFileSync(children, "utf8").trim()),
    );
    return new Namespaces(folder, shell, initPid);
  }

  /** The words before a command that make it run in the world. */
  enter(): readonly string[] {
    const user = process.getuid?.() === 0 ? [] : ["--user", "--preserve-credentials"];
    return ["nsenter", "-t", String(this.initPid), ...user, "-m", "-n", "-p", "-i", "-u", "-r", "--wd"];
  }

  /** A path of the world as this process sees it. */
  seen(path: string): string {
    return `/proc/${this.initPid}/root${path}`;
  }

  /** A file as the world sees it, or null: read without a process, because tests look again and again. */
  async read(path: string): Promise<string | null> {
    return await readFile(this.seen(path), "utf8").catch(() => null);
  }

  /** Runs a verb of pool.sh in the world; rejects when it fails. */
  async verb(name: string, ...words: readonly string[]): Promise<string> {
    const result = await this.run([SCRIPT, name, this.folder, ...words]);
    if (result.code !== 0) throw new Error(`Cannot ${name} ${words.join(" ")}: ${result.stderr.trim()}`);
    return result.stdout;
  }

  /** Runs a command on host `number`, which must be on. */
  async onHost(number: number, command: readonly string[]): Promise<CommandResult> {
    return await this.run(this.hostCommand(number, command));
  }

  hostCommand(number: number, command: readonly string[]): readonly string[] {
    return [...this.hostWords(), String(number), ...command];
  }

  /** Within the world, with the number of a host and a command after them: the command on that host. */
  hostWords(): readonly string[] {
    return [SCRIPT, "sh", this.folder];
  }

  async run(command: readonly string[]): Promise<CommandResult> {
    const child = Bun.spawn([...this.enter(), ...command], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, POOL_BUN: process.execPath },
      timeout: VERB_DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    const [stdout, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, stdout, stderr };
  }

  /** Starts a program in the world that ends with it; its output goes to a file of the folder. */
  background(command: readonly string[], logName: string): Bun.Subprocess {
    const log = openSync(join(this.folder, logName), "a");
    return Bun.spawn([...this.enter(), ...command], { stdin: "ignore", stdout: log, stderr: log });
  }

  /** Ends everything in the world, and waits for it. */
  async stop(): Promise<void> {
    await this.shell.stdin.end();
    const grace = setTimeout(() => this.shell.kill("SIGKILL"), 5_000);
    await this.shell.exited;
    clearTimeout(grace);
  }
}
