import { readdirSync, readFileSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";

/** In the environment of each process that we start: `<token> <path of the program>`. Nobody else's has it. */
export const SLOT_MARK = "HA_LIZARD_WATCHDOG_SLOT";

/** A process of xenwatchdogd that this program has started, an earlier process of it too, as /proc shows it. */
export interface SlotProcess {
  readonly pid: number;
  /** In ticks since boot. Together with the pid it names one process for good. */
  readonly startTime: string;
  /** Given to it when it was started. */
  readonly token: string;
  readonly timeoutMs: number;
  /** It wakes up before its slot fires, and arms it again: a version from Xen 4.19 on. */
  readonly pets: boolean;
  readonly isStopped: boolean;
  /** It is in its sleep, which begins when its slot is armed; so is one that was stopped there. */
  readonly isAsleep: boolean;
  /** Signals that wait until it goes on, as the mask of the kernel: bit 0 is signal 1. */
  readonly pending: bigint;
}

/** One look through /proc. */
interface Look {
  readonly found: readonly SlotProcess[];
  /** Something began or ended just then, and may have left a child that was not seen. */
  readonly isIncomplete: boolean;
  /** Pids of what has ended and waits to be collected. */
  readonly dead: readonly number[];
}

/** Where processes come and go all the time, so many looks have to do. */
const MOST_LOOKS = 10;
/** An environment that is longer than this was not made by us. */
const LONGEST = 32_768;
/** The kernel keeps so much of a program's name. */
const LONGEST_NAME = 15;
/** nanosleep, clock_nanosleep, and what either of them is called after a stop: restart_syscall. x86-64, as Dom0 is. */
const SLEEPS: ReadonlySet<string> = new Set(["35", "230", "219"]);

/**
 * Searches for all of ours that run `program`, and looks again until nothing has begun or ended meanwhile: one that has just forked
 * and ended is another process now. Throws when /proc does not tell.
 */
export async function findSlotProcesses(program: string): Promise<readonly SlotProcess[]> {
  const known = new Set<number>();
  for (let looks = 1; ; looks++) {
    const { found, isIncomplete, dead } = await lookThrough(program);
    const isCalm = !isIncomplete && dead.every((pid) => known.has(pid));
    if (isCalm || looks === MOST_LOOKS) return found;
    for (const pid of dead) known.add(pid);
  }
}

async function lookThrough(program: string): Promise<Look> {
  const name = basename(program).slice(0, LONGEST_NAME);
  const found: SlotProcess[] = [];
  const dead: number[] = [];
  let isIncomplete = false;
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const called = nameOf(pid);
    if (called !== null && called !== name) continue;
    const seen = called === null ? null : await readSlotProcess(Number(pid), program);
    if (seen === null) isIncomplete = true;
    else if (seen === "dead") dead.push(Number(pid));
    else if (seen !== "not-ours") found.push(seen);
  }
  return { found, isIncomplete, dead };
}

/**
 * Its name. Unlike the command line it is read without a lock that a process waiting for a dead disk may hold for ever.
 * null: it has ended.
 */
function nameOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/**
 * One process, whole. dead: it has ended, and waits to be collected. null: there is none any more, or it is only just being made or ended.
 * Throws when it is there and cannot be read.
 */
export async function readSlotProcess(
  pid: number,
  program: string,
): Promise<SlotProcess | "not-ours" | "dead" | null> {
  const owner = ownerOf(pid);
  if (owner !== process.getuid?.()) return owner === null ? null : "not-ours";
  const names = ["environ", "cmdline", "syscall", "status", "stat"];
  const [environ, cmdline, syscall, status, stat] = await Promise.all(names.map((name) => textOf(pid, name)));
  const [state = "", startTime = ""] = stateOf(stat ?? "");
  if (state === "Z" || state === "X") return "dead";
  if (!environ || !cmdline || !syscall || !status || !stat) return null;
  const mark = environ.split("\0").find((one) => one.startsWith(`${SLOT_MARK}=`));
  const [, token, path] = /^[^=]+=(\S+) (.+)$/.exec(mark ?? "") ?? [];
  const [, timeout, sleep] = /\0(\d+)\0(\d+)\0$/.exec(cmdline) ?? [];
  if (token === undefined || path !== program || timeout === undefined) return "not-ours";
  return {
    pid,
    startTime,
    token,
    timeoutMs: Number(timeout) * 1_000,
    pets: Number(sleep) < Number(timeout),
    isStopped: state === "T",
    isAsleep: SLEEPS.has(syscall.split(" ")[0] ?? ""),
    pending: pendingOf(status),
  };
}

/** A user; null: the process has ended. */
function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** null: it has ended. Empty: it is about to, or its memory is only just being made. */
async function textOf(pid: number, name: string): Promise<string | null> {
  try {
    const file = await open(`/proc/${pid}/${name}`, "r");
    try {
      return await textFrom(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    // ESRCH is also that of one that ends, and has no memory any more.
    if (isGone(error)) return null;
    throw error;
  }
}

async function textFrom(file: FileHandle): Promise<string> {
  const buffer = Buffer.alloc(LONGEST);
  for (let length = 0; ; ) {
    const { bytesRead } = await file.read(buffer, length, LONGEST - length, null);
    length += bytesRead;
    if (bytesRead === 0 || length === LONGEST) return buffer.toString("utf8", 0, length);
  }
}

/** State and start time. What stands in brackets before them is the program's own choice. */
function stateOf(stat: string): readonly [string?, string?] {
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [words[0], words[19]];
  return state === undefined || startTime === undefined ? [] : [state, startTime];
}

function pendingOf(status: string): bigint {
  const masks = status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]{1,16})$/gm);
  return [...masks].reduce((all, [, mask]) => all | BigInt(`0x${mask}`), 0n);
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ESRCH";
}
