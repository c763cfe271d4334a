import { afterAll } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Where `ping`, `flock`, `logger` and the shell are on this machine. */
export const PATH = process.env["PATH"] ?? "/usr/bin:/bin";
export const never = (): AbortSignal => new AbortController().signal;

/** A fresh folder that is gone after the tests of the file. */
export class ScratchFolder {
  readonly path: string;

  constructor(topic = "adapters") {
    this.path = mkdtempSync(join(tmpdir(), `ha-lizard-${topic}-`));
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  at(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  write(name: string, text: string, mode = 0o644): string {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  /** An executable shell script; a loop of its own ends with this test process (`ALIVE`). */
  script(name: string, body: string): string {
    return this.write(name, `#!/bin/sh\nALIVE='kill -0 ${process.pid}'\n${body}\n`, 0o755);
  }
}

/** Shell text: hangs until killed, at most as long as the test process lives. */
export const HANG = "while $ALIVE 2>/dev/null; do sleep 0.2; done";

/** Looks every 10 ms until `look` says yes; false after `boundMs`. */
export async function until(look: () => Promise<boolean> | boolean, boundMs = 5_000): Promise<boolean> {
  const end = performance.now() + boundMs;
  while (performance.now() < end) {
    if (await look()) return true;
    await Bun.sleep(10);
  }
  return false;
}

/**
 * A process of this program called by a daemon's name: the same executable, another name. It notes "up" and every SIGHUP
 * in `notes`, and ends with the test.
 */
export function startDaemon(name: string, notes: string): Bun.Subprocess {
  const code = `
    const note = (text) => require("node:fs").appendFileSync(${JSON.stringify(notes)}, text + "\\n");
    process.on("SIGHUP", () => note("hup"));
    setInterval(() => { if (process.ppid !== ${process.pid}) process.exit(); }, 200);
    note("up");`;
  return Bun.spawn([process.execPath, "-e", code], { argv0: name, env: { PATH }, stdin: "ignore" });
}

/** A directory of a test file's own, removed after it, with small real programs and files in it. */
export interface Scratch {
  readonly dir: string;
  path(name: string): string;
  /** Writes a file and its directories. */
  file(name: string, text: string, mode?: number): string;
  /** Writes an executable shell script. Whatever it waits for must end by itself, also when the test is killed. */
  script(name: string, body: string): string;
  /** An environment whose PATH begins with a directory of the scratch. */
  environment(bin?: string): Record<string, string>;
}

export function useScratch(topic: string): Scratch {
  const folder = new ScratchFolder(topic);
  return {
    dir: folder.path,
    path: (name) => folder.at(name),
    file: (name, text, mode) => folder.write(name, text, mode),
    script: (name, body) => folder.script(name, body),
    environment: (bin = "bin") => ({ PATH: `${folder.at(bin)}:${PATH}` }),
  };
}

/** Pids of the live processes whose command line or environment contains a text. */
export function processesWith(text: string): readonly number[] {
  const holds = (pid: number) => {
    try {
      if (/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) return false;
      const said =
        readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
      return said.includes(text);
    } catch {
      return false;
    }
  };
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && holds(pid));
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

export function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}

export async function timed<T>(task: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const began = performance.now();
  return { value: await task, ms: performance.now() - began };
}

const SOURCES = resolve(import.meta.dir, "../../../src");

/**
 * Starts a program of a few lines that imports from the sources (`$src/…`). It ends by itself after 20 s, also when the
 * test is killed.
 */
export function startProgram(scratch: Scratch, name: string, code: string, env: Record<string, string> = {}) {
  const text = `setTimeout(() => process.exit(99), 20_000).unref();\n${code.replaceAll("$src", SOURCES)}`;
  return Bun.spawn([process.execPath, scratch.file(`${name}.ts`, text)], {
    cwd: scratch.dir,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}
