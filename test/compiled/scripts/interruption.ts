import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, run, Scratch, TREE } from "./scratch.ts";

/** More than any run has, and a bound for the loop. */
const MOST_COMMANDS = 400;
const AT_ONCE = 4;
/** Between two commands that are tried: `npm test` takes a sample, `test/run interrupted` every one. */
const STRIDE = process.env["EVERY_COMMAND"] === "1" ? 1 : 24;
const DIE_AT = join(import.meta.dir, "die-at.bash");

/** A script of the release with its options, the root apart. */
export type Step = readonly [script: "install.sh" | "uninstall.sh", ...options: string[]];

/** What a root holds: for each path the kind, the mode and the text. Notes of the tests' own rpm are left out. */
export type Tree = Readonly<Record<string, string>>;

function treeOf(root: string): Tree {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.filter((name) => !name.endsWith("/.calls")).map((name) => [name, said(join(root, name))]),
  );
}

function said(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  const mode = (stat.mode & 0o777).toString(8);
  return stat.isDirectory() ? `folder ${mode}` : `file ${mode} ${readFileSync(path, "utf8")}`;
}

/** What the roots hold that were killed before this command and then went on, one for each way of going on. */
export interface Interrupted {
  readonly killedBefore: number;
  readonly trees: readonly Tree[];
}

/** A small release, and roots to interrupt it in. */
export class Interruption {
  private readonly folder = mkdtempSync(join(tmpdir(), "ha-lizard-interrupted-"));
  private readonly release = join(this.folder, "release");

  constructor() {
    mkdirSync(join(this.release, "fence"), { recursive: true });
    for (const part of ["install.sh", "uninstall.sh", "init.d", "fence/POOL", "fence/XVM"])
      cpSync(join(TREE, part), join(this.release, part), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a script of the release on a root; with `dieAt` it is killed before that command. */
  async step(scratch: Scratch, [script, ...options]: Step, dieAt?: number, signal = "KILL"): Promise<Ran> {
    const binary = script === "install.sh" ? ["--binary", scratch.binary] : [];
    const count = join(scratch.folder, "count");
    writeFileSync(count, "0\n");
    const fatal = { BASH_ENV: DIE_AT, COUNT: count, DIE_AT: `${dieAt}`, DIE_BY: signal };
    // Only bash can be killed by number; the other starts processes faster.
    const shell = dieAt === undefined ? "dash" : "bash";
    return await run([shell, join(this.release, script), "--root", scratch.root, ...binary, ...options], {
      PATH: `${join(scratch.folder, "tools")}:${process.env["PATH"]}`,
      ...(dieAt === undefined ? {} : fatal),
    });
  }

  /**
   * Kills `first` before its commands, one root for each, then runs `again` there, without interruption. In order of the
   * commands; the last one was not interrupted, or is the one of `most`.
   */
  async everywhere(
    prepared: Scratch,
    first: Step,
    again: readonly Step[],
    most = MOST_COMMANDS,
  ): Promise<readonly Interrupted[]> {
    const found: Interrupted[] = [];
    let next = 1;
    let isPast = false;
    const work = async () => {
      while (!isPast && next <= most) {
        const killedBefore = next;
        next += STRIDE;
        const scratch = copyOf(prepared);
        const { code } = await this.step(scratch, first, killedBefore);
        isPast ||= code === 0;
        const copies = again.map((step, at) => [step, at === 0 ? scratch : copyOf(scratch)] as const);
        const trees: Tree[] = [];
        for (const [step, copy] of copies) {
          const ran = await this.step(copy, step);
          trees.push(ran.code === 0 ? treeOf(copy.root) : { [`${step.join(" ")} fails`]: ran.said });
          if (copy !== scratch) copy.remove();
        }
        scratch.remove();
        found.push({ killedBefore, trees });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return found.sort((a, b) => a.killedBefore - b.killedBefore);
  }

  /** What a root holds after these steps. */
  async treeAfter(prepared: Scratch, ...steps: readonly Step[]): Promise<Tree> {
    const scratch = copyOf(prepared);
    for (const step of steps) {
      const ran = await this.step(scratch, step);
      if (ran.code !== 0) throw new Error(`${step.join(" ")}: ${ran.said}`);
    }
    const tree = treeOf(scratch.root);
    scratch.remove();
    return tree;
  }
}

function copyOf(scratch: Scratch): Scratch {
  const copy = new Scratch();
  cpSync(scratch.folder, copy.folder, { recursive: true, verbatimSymlinks: true });
  return copy;
}
