import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type RegularFile, readRegularFileSync, wordsOf } from "../files/regular-file.ts";
import { explain, type Step } from "./cures.ts";
import { type Answer, isUuid, LEFT_OVER, type Question } from "./place.ts";

/** What is asked of a file system, by path; each throws what the system says. Tests put errors between. */
export interface FileCalls {
  makeFolder(path: string): void;
  read(path: string): RegularFile;
  /** A new file with this text, which is on the disk when this returns. */
  write(path: string, text: string): void;
  /** Fails when `to` is there. */
  link(from: string, to: string): void;
  /** What is not there is no fault. */
  remove(path: string): void;
  /** Names in a folder are on the disk when this returns. */
  flushFolder(path: string): void;
  list(path: string): readonly string[];
  changedMs(path: string): number;
}

const MOST_BYTES = 128;
const DAY_MS = 86_400_000;
/** A folder of thousands of leftovers is not emptied at once. */
const MOST_REMOVED = 50;

export const REAL_CALLS: FileCalls = {
  makeFolder: (path) => {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  },
  read: (path) => readRegularFileSync(path, { maxBytes: MOST_BYTES }),
  write(path, text) {
    const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      // A file system of a network may say only now that it could not write.
      closeSync(file);
    }
  },
  link: linkSync,
  remove(path) {
    try {
      unlinkSync(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  },
  flushFolder(path) {
    const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      fsyncSync(folder);
    } catch (error) {
      // Some file systems flush no folders: they have done so already.
      if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error))) throw error;
    } finally {
      closeSync(folder);
    }
  },
  list: (path) => readdirSync(path),
  changedMs: (path) => lstatSync(path).mtimeMs,
};

/** Where claims are. */
export interface TieFolder {
  /** How it is reached. */
  readonly path: string;
  /** How people know it. */
  readonly label: string;
}

class Failed extends Error {}

/**
 * Answers one question in a folder of a file system that other hosts share. It may be NFS: an answer can be lost after the deed, and what
 * was read may be old, so nothing is believed but what is read at the end. `call` is a word that no other call has. Never throws.
 */
export function askFolder(calls: FileCalls, folder: TieFolder, question: Question, call: string): Answer {
  const asker = new Asker(calls, folder, question.name);
  try {
    switch (question.verb) {
      case "claim":
        return asker.claim(question.host, call);
      case "holder":
        return asker.look();
      case "remove":
        return asker.remove();
    }
  } catch (error) {
    if (error instanceof Failed) return { kind: "failed", why: error.message };
    return { kind: "failed", why: explain(folder.label, "", wordsOf(error)) };
  }
}

class Asker {
  private readonly calls: FileCalls;
  private readonly folder: TieFolder;
  private readonly name: string;

  constructor(calls: FileCalls, folder: TieFolder, name: string) {
    this.calls = calls;
    this.folder = folder;
    this.name = name;
  }

  claim(host: string, call: string): Answer {
    this.do("folder", () => this.calls.makeFolder(this.folder.path));
    const before = this.look();
    if (before.kind === "held") return this.settle(before, host);
    const temporary = this.at(`.claim-${host}-${call}`);
    let said: unknown = null;
    try {
      this.do("write", () => this.calls.write(temporary, `${host}\n`));
      try {
        this.calls.link(temporary, this.at(this.name));
      } catch (error) {
        // EEXIST: somebody has it. Anything else: perhaps it is linked all the same. What is read now says so.
        said = error;
      }
    } finally {
      // An inode that has both names shows in its content; the temporary one is not needed for that.
      this.removeQuietly(temporary);
    }
    const after = this.look();
    if (after.kind === "held") return this.settle(after, host);
    throw this.failed("link", said === null ? "it is not there afterwards" : wordsOf(said));
  }

  look(): Answer {
    const path = this.at(this.name);
    let read = this.calls.read(path);
    // A stale handle is one of a file that was replaced on the server: the next look finds the new one.
    if (read.kind === "fault") read = this.calls.read(path);
    if (read.kind === "none") return { kind: "free" };
    if (read.kind === "fault") throw this.failed("read", read.why);
    const holder = read.kind === "text" ? read.text.replace(/\n$/, "") : "";
    if (!isUuid(holder)) throw this.failed("odd", this.name);
    return { kind: "held", holder };
  }

  remove(): Answer {
    this.do("remove", () => this.calls.remove(this.at(this.name)));
    const after = this.look();
    if (after.kind === "held") return after;
    // Without the folder there is no claim either.
    if (this.flush()) this.tidy();
    return after;
  }

  /** Who has won acts on it at once: the claim must outlive a crash of the storage. */
  private settle(answer: Answer & { readonly kind: "held" }, host: string): Answer {
    if (answer.holder === host) this.flush();
    return answer;
  }

  /** False: there is no folder. */
  private flush(): boolean {
    try {
      this.calls.flushFolder(this.folder.path);
      return true;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw this.failed("flush", wordsOf(error));
    }
  }

  /** By the clock that all hosts share here, the server's: a fresh file says what it shows. */
  private tidy(): void {
    const clock = this.at(`.test-${"0".repeat(16)}`);
    try {
      this.calls.remove(clock);
      this.calls.write(clock, "");
      const nowMs = this.calls.changedMs(clock);
      this.calls.remove(clock);
      const left = this.calls.list(this.folder.path).filter((name) => LEFT_OVER.test(name));
      const old = left.filter((name) => nowMs - this.changedMs(name, nowMs) > DAY_MS);
      for (const name of old.slice(0, MOST_REMOVED)) this.removeQuietly(this.at(name));
    } catch {
      // Leftovers are in nobody's way; the next removal tries again.
    }
  }

  private changedMs(name: string, otherwise: number): number {
    try {
      return this.calls.changedMs(this.at(name));
    } catch {
      return otherwise;
    }
  }

  private removeQuietly(path: string): void {
    try {
      this.calls.remove(path);
    } catch {
      // It is removed when it is a day old.
    }
  }

  private at(name: string): string {
    return join(this.folder.path, name);
  }

  private do(step: Step, action: () => void): void {
    try {
      action();
    } catch (error) {
      throw this.failed(step, wordsOf(error));
    }
  }

  private failed(step: Step, said: string): Failed {
    return new Failed(explain(this.folder.label, step, said));
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? "");
}
