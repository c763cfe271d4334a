import { afterAll } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD_VARIABLE } from "../../../src/fence-agents/ssh/askpass.ts";
import { PATH, ScratchFolder, until } from "../../unit/adapters/scratch.ts";

/** Root's password on every test device; its characters would mean something to a shell. */
export const PASSWORD = "s3cret $HOME 'q\" pw";
const HASH = Bun.spawnSync(["openssl", "passwd", "-6", "-stdin"], {
  stdin: new TextEncoder().encode(`${PASSWORD}\n`),
})
  .stdout.toString()
  .trim();

/** One device: a loopback address in the network of its sshd. */
export interface SshBox {
  readonly address: string;
  /** The files that its shell keeps. */
  read(name: string): string;
  write(name: string, text: string): void;
}

/**
 * A real sshd with a shell of ours (`clp-shell.sh`, `xe-shell.sh`) instead of root's, in namespaces of its own. Clients reach
 * it on port 22 with `environment()`, whose `ssh` runs in its network, or with `enter`. It ends with the test process.
 */
export class SshServer {
  readonly folder: ScratchFolder;
  private readonly child: Bun.Subprocess<"pipe", "ignore", "pipe">;
  private boxes = 0;

  private constructor(folder: ScratchFolder, shell: string) {
    this.folder = folder;
    const here = import.meta.dir;
    const forced = `${join(here, shell)} ${folder.path}`;
    this.child = Bun.spawn(
      ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"].concat(
        join(here, "sshd.sh"),
        folder.path,
        forced,
      ),
      { cwd: "/", env: { PATH: `${PATH}:/usr/sbin:/sbin` }, stdin: "pipe", stdout: "ignore", stderr: "pipe" },
    );
  }

  /** `config`: further lines of sshd_config. Stops after the tests of the file. */
  static async start(shell: string, config = "", keyType = "ed25519"): Promise<SshServer> {
    const folder = new ScratchFolder("sshd");
    const key = folder.at("host-key");
    generateKey(key, keyType);
    folder.write("shadow", `root:${HASH}:19000:0:99999:7:::\n`, 0o600);
    folder.write("authorized_keys", "");
    folder.write("extra_config", `HostKey ${key}\n${config}\n`);
    const server = new SshServer(folder, shell);
    afterAll(() => server.stop());
    const [pid] = await server.waitForStart();
    const enter = `exec nsenter --net=/proc/${pid}/ns/net`;
    // As an ssh before 8.4 sees it: tests of the whole program show the other way.
    folder.write(
      "bin/ssh",
      `#!/bin/sh\nunset SSH_ASKPASS_REQUIRE\n${enter} "$(PATH=${PATH} command -v ssh)" "$@"\n`,
      0o755,
    );
    folder.write("bin/askpass", `#!/bin/sh\nprintf '%s\\n' "$${PASSWORD_VARIABLE}"\n`, 0o755);
    folder.write("bin/enter", `#!/bin/sh\n${enter} "$@"\n`, 0o755);
    return server;
  }

  /** For a client that is started here but talks there. */
  environment(): Record<string, string> {
    return { PATH: `${this.folder.at("bin")}:${PATH}` };
  }

  /** Says the password as the program itself would, and sooner. */
  get askpass(): string {
    return this.folder.at("bin/askpass");
  }

  /** The words that run what follows them in the network of the devices. */
  get enter(): string {
    return this.folder.at("bin/enter");
  }

  /** A new device at an address of its own. */
  box(files: Readonly<Record<string, string>>, address = `127.0.1.${++this.boxes}`): SshBox {
    const path = (name: string) => this.folder.at(address, name);
    mkdirSync(this.folder.at(address));
    const write = (name: string, text: string) => writeFileSync(path(name), `${text}\n`);
    for (const [name, text] of Object.entries(files)) write(name, text);
    return { address, write, read: (name) => readFileSync(path(name), "utf8").trim() };
  }

  private async waitForStart(): Promise<readonly [number]> {
    const log = () => {
      try {
        return readFileSync(this.folder.at("log"), "utf8");
      } catch {
        return "";
      }
    };
    const up = await until(() => log().includes("Server listening"), 20_000);
    const [child] = childrenOf(this.child.pid);
    if (up && child !== undefined) return [child];
    await this.stop();
    throw new Error(`sshd does not start: ${log()}${await new Response(this.child.stderr).text()}`);
  }

  async stop(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
  }
}

/** Makes `<path>` and `<path>.pub`; returns the public key. */
export function generateKey(path: string, type: string): string {
  Bun.spawnSync(["ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", path]);
  return readFileSync(`${path}.pub`, "utf8").trim();
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}
