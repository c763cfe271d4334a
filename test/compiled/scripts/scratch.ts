import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const TREE = resolve(import.meta.dir, "../../..");
/** The shells the scripts must run under: Debian's, Dom0's, and the smallest. */
export const SHELLS: readonly string[] = ["dash", "bash", "busybox sh"];

export interface Ran {
  readonly code: number | null;
  readonly said: string;
}

/**
 * Runs a command and returns its exit code and all it said; killed after `deadlineMs`. Nothing of this process's
 * environment reaches it but PATH.
 */
export async function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  deadlineMs = 90_000,
): Promise<Ran> {
  const child = Bun.spawn([...command], {
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "", ...env },
    timeout: deadlineMs,
    killSignal: "SIGKILL",
  });
  const [out, error] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, said: `${out}${error}` };
}

/**
 * A daemon of shell in the place of the executable. It notes its start, says with what it was started, and ends with
 * the process `keeper`, this test, or after a minute.
 */
export function fakeDaemon(onTerm: "ends" | "ignores" | "dies at once", keeper = process.pid): string {
  // What the installer and the service's script ask of it; the file end-lease of the root has the answers to that
  // question, one a line; the last one is repeated.
  const asked = `case "\${1:-}" in
  version | default-file | ha-cfg) echo "# $*"; exit 0 ;;
  fence) exit 0 ;;
  end-lease)
    answers=$HA_LIZARD_ROOT/end-lease
    answer=$(head -n 1 "$answers" 2>/dev/null)
    [ ! -e "$answers" ] || [ "$(wc -l <"$answers")" -lt 2 ] || sed -i 1d "$answers"
    exit "\${answer:-0}"
    ;;
esac`;
  if (onTerm === "dies at once") return `#!/bin/sh\n${asked}\nexit 1\n`;
  return `#!/bin/sh
${asked}
${onTerm === "ignores" ? "trap '' TERM" : ""}
name=\${0##*/}
{ env; echo "cwd=$(pwd)"; echo "files=$(ulimit -Hn)"; } >"$HA_LIZARD_ROOT/$name.facts.new"
mv "$HA_LIZARD_ROOT/$name.facts.new" "$HA_LIZARD_ROOT/$name.facts"
echo $$ >>"$HA_LIZARD_ROOT/$name.starts"
n=0
while [ $n -lt 600 ] && kill -0 ${keeper} 2>/dev/null; do n=$((n + 1)); sleep 0.1; done
`;
}

/** A root folder of its own, and an executable to install in it. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "ha-lizard-scripts-"));
  readonly root = join(this.folder, "root");
  readonly binary = join(this.folder, "executable");

  constructor() {
    mkdirSync(this.root);
    this.writeBinary(fakeDaemon("ends"));
  }

  writeBinary(text: string): void {
    writeFileSync(this.binary, text);
    chmodSync(this.binary, 0o755);
  }

  /** `shell` may have an argument of its own. */
  async install(shell: string, ...options: readonly string[]): Promise<Ran> {
    const script = join(TREE, "install.sh");
    return await run([...shell.split(" "), script, "--root", this.root, "--binary", this.binary, ...options]);
  }

  async uninstall(shell: string, ...options: readonly string[]): Promise<Ran> {
    return await run([...shell.split(" "), join(TREE, "uninstall.sh"), "--root", this.root, ...options]);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Writes a file below the root, with its folders. */
  write(name: string, text: string): void {
    mkdirSync(join(this.path(name), ".."), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  text(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** Everything below the root, sorted. */
  list(): readonly string[] {
    return readdirSync(this.root, { recursive: true, encoding: "utf8" }).sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
