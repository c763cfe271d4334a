import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import type { Lock } from "../../ports/processes.ts";
import { wordsOf } from "../files/regular-file.ts";
import { type Answer, isFileName, isUuid, type Question } from "./place.ts";
import { isMountedBelow } from "./sr-mount.ts";
import { askFolder, type FileCalls } from "./tie-files.ts";

/** Our folder on an SR. XAPI's scan of an SR looks at disks only. */
const FOLDER = "ha-lizard-ties";
/** Another process of this host is done with its question in less. */
const LOCK_MS = 2_000;
const BETWEEN_MS = 50;

export interface SrChildContext {
  readonly clock: Clock;
  /** Where SRs are mounted. */
  readonly mounts: string;
  /** One for each SR: who holds it may be stuck there. */
  lockOf(sr: string): Lock;
  readonly calls: FileCalls;
}

/** `<sr> claim <name> <host> <call>`, `<sr> holder|remove <name> <call>`; null: anything else. */
export function parseArguments(
  args: readonly string[],
): { readonly sr: string; readonly question: Question; readonly call: string } | null {
  const [sr = "", verb, name = "", ...rest] = args;
  const host = verb === "claim" ? (rest.shift() ?? "") : null;
  const [call = "", ...more] = rest;
  if (!isUuid(sr) || !isFileName(name) || !/^[0-9a-f]{16}$/.test(call) || more.length > 0) return null;
  if (verb === "claim")
    return host !== null && isUuid(host) ? { sr, question: { verb, name, host }, call } : null;
  return verb === "holder" || verb === "remove" ? { sr, question: { verb, name }, call } : null;
}

/**
 * Asks an SR one question, in a process that may be stuck with it for ever: a process that waits for storage which is gone
 * cannot be ended. It keeps the lock while it waits, so no second one of this host is stuck beside it, also when the monitor is
 * another one by then. Never rejects.
 */
export async function askSr(
  sr: string,
  question: Question,
  call: string,
  context: SrChildContext,
): Promise<Answer> {
  const label = `SR ${sr}`;
  const locked = await takeLock(context.lockOf(sr), context.clock);
  if (locked !== null) return { kind: "failed", why: `${label}: ${locked}` };
  const opened = openMounted(context.mounts, sr);
  if (typeof opened === "string") return { kind: "failed", why: `${label}: ${opened}` };
  try {
    const folder = { path: `/proc/self/fd/${opened}/${FOLDER}`, label };
    return askFolder(context.calls, folder, question, call);
  } finally {
    closeSync(opened);
  }
}

async function takeLock(lock: Lock, clock: Clock): Promise<string | null> {
  const endMs = clock.uptimeMs() + LOCK_MS;
  for (;;) {
    const answer = await lock.acquire();
    if (answer.kind === "acquired") return null;
    if (answer.kind === "refused") return answer.why;
    if (clock.uptimeMs() >= endMs)
      return "an earlier question of this host still waits for its storage; look at the storage server and its network";
    await clock.sleep(BETWEEN_MS);
  }
}

/** A descriptor of the SR's root; a string says why there is none. */
function openMounted(mounts: string, sr: string): number | string {
  const path = join(mounts, sr);
  const cure = "plug it in on this host (xe pbd-plug)";
  try {
    const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    const info = readFileSync(`/proc/self/fdinfo/${folder}`, "utf8");
    if (isMountedBelow(mounts, info, readFileSync("/proc/self/mountinfo", "utf8"))) return folder;
    closeSync(folder);
    return `nothing is mounted at ${path}; ${cure}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `there is no ${path}; ${cure}`
      : `${path} cannot be opened: ${wordsOf(error)}; ${cure}`;
  }
}
