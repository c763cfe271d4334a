import { rm } from "node:fs/promises";
import { connect } from "node:net";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import { runCommand } from "../processes/run-command.ts";
import type { Paths } from "./paths.ts";
import { readRegularFile } from "./regular-file.ts";
import { replaceFile } from "./replace-file.ts";
import { readRunNote, writeRunNote } from "./run-note.ts";

export interface HeldXapiOptions {
  readonly paths: Pick<Paths, "bootId" | "heldXapi" | "poolConf" | "run">;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

const LONGEST_BOOT_ID = 4_096;
/** systemd gives a unit 90 s to stop, then kills it. */
const COMMAND_MS = 110_000;

/** Holding, releasing and restarting the own xapi by systemd; the note lies below /run, so that a boot ends the hold. */
export function createHeldXapi(
  options: HeldXapiOptions,
): Pick<LocalHost, "holdAsSlaveOf" | "holdXapi" | "releaseXapi" | "restartXapi"> {
  const { paths, clock } = options;
  const sinceMs = async () => readHeldSince(paths.heldXapi, await readBootId(paths.bootId));
  const note = async (anew: boolean) => {
    const bootId = await readBootId(paths.bootId);
    if (bootId === null) throw new Error("Cannot hold xapi: the id of this boot cannot be read");
    if (!anew && (await readHeldSince(paths.heldXapi, bootId)) !== null) return;
    const held = { bootId, sinceMs: Math.round(clock.uptimeMs()) };
    await writeRunNote(paths.heldXapi, held, paths, "Cannot hold xapi");
  };
  const hold = async (signal: AbortSignal) => {
    await note(false);
    await systemctl(options, ["stop"], signal);
  };
  return {
    holdXapi: hold,
    async holdAsSlaveOf(address, signal) {
      await hold(signal);
      await replaceFile(paths.poolConf, `slave:${address}`);
      // Last, so that a hold that fails at this again and again is told as one that lasts.
      await note(true);
    },
    async releaseXapi(signal) {
      if ((await sinceMs()) === null) return false;
      // When the service stops this runs within a job that the start of xapi would wait for.
      await systemctl(options, ["--no-block", "start"], signal);
      await rm(paths.heldXapi, { force: true });
      return true;
    },
    async restartXapi(signal) {
      await expectNotHeld(paths);
      await systemctl(options, ["restart"], signal);
    },
  };
}

/** Whoever would start a held xapi says why not. */
export async function expectNotHeld(paths: Pick<Paths, "bootId" | "heldXapi">): Promise<void> {
  const heldSinceMs = await readHeldSince(paths.heldXapi, await readBootId(paths.bootId));
  if (heldSinceMs !== null)
    throw new Error("Cannot restart xapi: it is held until its master's database agrees");
}

/**
 * Since when the own xapi is held in this boot, by uptime; null: it is not. A note that is there and cannot be understood, or
 * whose boot cannot be told from ours, is taken for one since the beginning of the boot: in doubt xapi stays held until it is
 * released, for its start may end VMs. Never rejects.
 */
export async function readHeldSince(path: string, bootId: string | null): Promise<number | null> {
  const read = await readRunNote(path, parseNote);
  if (read.kind !== "note") return read.kind === "none" ? null : 0;
  const { note } = read;
  return bootId === null || note.bootId === bootId ? note.sinceMs : null;
}

/** `{"bootId":"…","sinceMs":123}` is all that stands there. */
function parseNote(value: unknown): { readonly bootId: string; readonly sinceMs: number } | null {
  const { bootId, sinceMs } = value as { bootId?: unknown; sinceMs?: unknown };
  const isTime = typeof sinceMs === "number" && Number.isFinite(sinceMs) && sinceMs >= 0;
  return typeof bootId === "string" && isTime ? { bootId, sinceMs } : null;
}

/** null when it cannot be read. */
export async function readBootId(path: string): Promise<string | null> {
  const read = await readRegularFile(path, { maxBytes: LONGEST_BOOT_ID });
  return (read.kind === "text" && read.text.trim()) || null;
}

/** A process that is there takes the connection at once, also one that hangs. */
const LISTENS_MS = 1_000;

/** Does no process listen at this unix socket? false also when that cannot be told. Never rejects. */
export function nobodyListens(clock: Clock, socketPath: string): Promise<boolean> {
  const asked = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ path: socketPath });
      const end = (nobody: boolean) => {
        socket.destroy();
        resolve(nobody);
      };
      socket.once("connect", () => end(false));
      // Also errors after the end: nobody else would hear them.
      socket.on("error", ({ code }: NodeJS.ErrnoException) =>
        end(code === "ECONNREFUSED" || code === "ENOENT"),
      );
      signal.addEventListener("abort", () => end(false), { once: true });
    });
  return withDeadline(clock, LISTENS_MS, new AbortController().signal, asked, () => false);
}

async function systemctl(
  { clock, environment: env }: HeldXapiOptions,
  words: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const command = ["systemctl", ...words, "xapi"];
  const result = await runCommand(clock, command, { timeoutMs: COMMAND_MS, env, signal, noOutput: true });
  if (result.exitCode === 0) return;
  const why = result.late ? "it did not end in time" : `exit status ${result.exitCode ?? "unknown"}`;
  throw new Error(`Cannot ${words.at(-1)} xapi by ${command.join(" ")}: ${why}`);
}
