import { rm } from "node:fs/promises";
import type { Clock } from "../../ports/clock.ts";
import type { Paths } from "../files/paths.ts";
import { readRunNote, writeRunNote } from "../files/run-note.ts";

/*
 * Between fork and exec a child has neither the name nor the environment of the program that it will be. When the one that starts it is
 * killed just then, nothing in /proc tells that there is a slot to come: so each start is noted before it begins.
 */

type NotePaths = Pick<Paths, "watchdogStart" | "run">;

interface StartNote {
  readonly token: string;
  /** By the uptime. */
  readonly sinceMs: number;
}

/** So long a child is waited for that nobody has seen: a fork takes milliseconds. One that comes later is found all the same, later. */
const PENDING_MS = 2_000;

/** Never rejects: without a note a slot is armed all the same, for a host whose slot runs out is reset. */
export async function noteStart(paths: NotePaths, token: string, clock: Clock): Promise<void> {
  const note: StartNote = { token, sinceMs: clock.uptimeMs() };
  await writeRunNote(paths.watchdogStart, note, paths, "Cannot note a start").catch(() => undefined);
}

/** Never rejects. */
export async function forgetStart(paths: NotePaths): Promise<void> {
  await rm(paths.watchdogStart, { force: true }).catch(() => undefined);
}

/** The token of a start that nobody has seen the end of, and that may still go on; null: there is none. Never rejects. */
export async function pendingStart(paths: NotePaths, clock: Clock): Promise<string | null> {
  const read = await readRunNote(paths.watchdogStart, parse);
  if (read.kind !== "note") return null;
  const agoMs = clock.uptimeMs() - read.note.sinceMs;
  // Clocks of two processes differ by a few milliseconds; one that is from the future is from another boot.
  if (agoMs < PENDING_MS && agoMs > -PENDING_MS) return read.note.token;
  await forgetStart(paths);
  return null;
}

function parse(value: unknown): StartNote | null {
  const { token, sinceMs } = value as { token?: unknown; sinceMs?: unknown };
  const isTime = typeof sinceMs === "number" && Number.isFinite(sinceMs);
  return typeof token === "string" && isTime ? { token, sinceMs } : null;
}
