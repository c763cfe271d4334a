import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Until Xen 4.17 xenwatchdogd is as in 4.13. */
export type XenVersion = "4.13" | "4.19";

/** Where the stand-in of xenwatchdogd waits while the gate is shut. */
export type Gate = "before-forking" | "before-arming" | "before-disarming";

const NO_SLOT = "0".repeat(15);
const FREE = `${NO_SLOT}\n${NO_SLOT}\n`;

/** Where the process runs that fires the slots: the words before its command, and the root as it is seen there. */
export interface Place {
  readonly words: readonly string[];
  readonly root: string;
}

/**
 * Xen's domain watchdog for a root folder: `usr/sbin/xenwatchdogd` there is a stand-in of the real one, and a process of its own fires the
 * slots, which are a small file. A slot has no owner. It ends with the process that has started it, and nothing is left.
 */
export class FalseXen {
  readonly root: string;
  private readonly folder: string;
  private readonly hypervisor: Bun.Subprocess<"pipe", "ignore", "inherit">;

  /** `onFire`: a command that is run when a slot has fired: what cuts the power of the host, say. */
  constructor(
    root: string,
    version: XenVersion = "4.13",
    onFire: readonly string[] = [],
    place: Place = { words: [], root },
  ) {
    this.root = root;
    this.folder = join(root, "var/lib/false-xen");
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(join(root, "usr/sbin"), { recursive: true });
    writeFileSync(join(this.folder, "version"), `${version}\n`);
    this.clear();
    const program = join(root, "usr/sbin/xenwatchdogd");
    copyFileSync(join(import.meta.dir, "xenwatchdogd"), program);
    chmodSync(program, 0o755);
    const command = [...place.words, join(import.meta.dir, "hypervisor"), place.root, ...onFire];
    this.hypervisor = Bun.spawn(command, {
      cwd: "/",
      detached: true,
      stdin: "pipe",
      stdout: "ignore",
      stderr: "inherit",
    });
  }

  /** When each slot that is armed will fire, by the uptime of the machine in milliseconds. */
  slots(): readonly number[] {
    const lines = readFileSync(join(this.folder, "slots"), "utf8").split("\n");
    return lines.map(Number).filter((firesMs) => firesMs > 0);
  }

  /** What a machine without power forgets. */
  clear(): void {
    writeFileSync(join(this.folder, "slots"), FREE);
  }

  /** By the uptime; null: none has fired. */
  firedMs(): number | null {
    const path = join(this.folder, "fired");
    return existsSync(path) ? Number.parseInt(readFileSync(path, "utf8"), 10) : null;
  }

  shut(gate: Gate): void {
    writeFileSync(join(this.folder, gate), "");
  }

  open(gate: Gate): void {
    rmSync(join(this.folder, gate), { force: true });
  }

  async kill(): Promise<void> {
    this.hypervisor.kill("SIGKILL");
    await this.hypervisor.exited;
  }

  async stop(): Promise<void> {
    await this.hypervisor.stdin.end();
    await this.hypervisor.exited;
  }
}
