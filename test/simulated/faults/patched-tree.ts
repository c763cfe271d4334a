import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Edit } from "./mutants.ts";

const ROOT = resolve(import.meta.dir, "..", "..", "..");
const COPIED = ["src", "test", "package.json", "tsconfig.json"];
const CHILD_MS = 60_000;

/** A copy of the sources in a folder of its own, to be changed and thrown away. */
export class PatchedTree {
  readonly folder = mkdtempSync(join(tmpdir(), "ha-lizard-fault-"));
  private readonly changed = new Map<string, string>();

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Carries out the edits; throws when one does not fit exactly once. */
  patch(edits: readonly Edit[]): void {
    for (const { file, from, to } of edits) {
      const path = join(this.folder, file);
      const text = readFileSync(path, "utf8");
      if (text.split(from).length !== 2) throw new Error(`${file} does not have exactly once: ${from}`);
      if (!this.changed.has(path)) this.changed.set(path, text);
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
    }
  }

  /** Takes all edits back. */
  restore(): void {
    for (const [path, text] of this.changed) writeFileSync(path, text);
    this.changed.clear();
  }

  /** Runs Bun in the copy and returns what it said; it ends with its deadline. */
  async bun(args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const child = Bun.spawn([process.execPath, ...args], {
      cwd: this.folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, AGENT: "0", NO_COLOR: "1", UPDATE_EXPECTED: "" },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), CHILD_MS);
    const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()];
    const [out, err] = await Promise.all(texts);
    const code = await child.exited;
    clearTimeout(timer);
    return { code: child.signalCode === null ? code : null, output: `${out}${err}` };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
