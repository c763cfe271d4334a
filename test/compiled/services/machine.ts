import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type InitKind = "systemd" | "sysv";

export interface Said {
  readonly code: number | null;
  readonly out: string;
}

const SCRIPT = join(import.meta.dir, "container.sh");
const COMMAND_MS = 40_000;

/** A machine with an init of its own, on which services are installed and used as on a host (container.sh). */
export class Machine {
  readonly folder: string;
  private readonly outer: Bun.Subprocess<"pipe", "pipe", "inherit">;
  private readonly init: string;

  private constructor(folder: string, outer: Bun.Subprocess<"pipe", "pipe", "inherit">, init: string) {
    this.folder = folder;
    this.outer = outer;
    this.init = init;
  }

  static async boot(kind: InitKind): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), "ha-lizard-machine-"));
    // Its end is that of standard input, so it ends with this process however that ends.
    const outer = Bun.spawn([SCRIPT, folder, kind], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    const reader = outer.stdout.getReader();
    const { value } = await reader.read();
    const init = new TextDecoder().decode(value).trim();
    if (!/^\d+$/.test(init))
      throw new Error(`Cannot boot a machine with ${kind}: container.sh said "${init}"`);
    const machine = new Machine(folder, outer, init);
    if (kind === "systemd")
      await machine.until(
        "systemd serving",
        "systemctl list-units >/dev/null 2>&1 && [ -d /run/systemd/system ]",
      );
    return machine;
  }

  /** Writes a file that the machine sees below /srv. */
  write(name: string, text: string, mode = 0o644): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text, { mode });
  }

  /** Runs shell text as root of the machine, in the environment of a login. */
  async run(script: string): Promise<Said> {
    const spaces = ["--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup"];
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };
    const child = Bun.spawn(
      [
        "nsenter",
        "--target",
        this.init,
        ...spaces,
        "--root",
        "--wd=/",
        "sh",
        "-c",
        `cd / && exec 2>&1\n${script}`,
      ],
      { env, stdin: "ignore", stdout: "pipe", stderr: "ignore", timeout: COMMAND_MS, killSignal: "SIGKILL" },
    );
    const out = await new Response(child.stdout).text();
    return { code: await child.exited, out };
  }

  /** Waits until shell text succeeds. */
  async until(what: string, script: string, boundMs = 20_000): Promise<void> {
    const end = performance.now() + boundMs;
    let last: Said = { code: null, out: "" };
    while (performance.now() < end) {
      last = await this.run(script);
      if (last.code === 0) return;
      await Bun.sleep(100);
    }
    throw new Error(`Waited in vain for ${what}: ${last.code} ${last.out}`);
  }

  async shutDown(): Promise<void> {
    this.outer.stdin.end();
    await this.outer.exited;
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
  }
}
