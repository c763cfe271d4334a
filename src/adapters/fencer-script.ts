import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FenceFault } from "../core/action.ts";
import type { Clock } from "../ports/clock.ts";
import type { FenceOutcome, FenceRequest, Fencer } from "../ports/fencer.ts";
import type { Logger } from "../ports/notices.ts";
import { BUSY, freeLock, isOverdue, UNDER_LOCK } from "./fence-lock.ts";
import { endOf, killGroup, readChunks } from "./run-command.ts";

const METHOD = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;
const UUID = /^[0-9a-fA-F-]{36}$/;
/** What an agent that ignores SIGTERM is given before its group is killed. */
const TERM_MS = 1_000;
const LOGGED_LINES = 200;
const LOGGED_LINE = 500;
const LONGEST_LINE = 10_000;
const DRAIN_MS = 250;
export interface FencerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Directory of the lock files. */
  readonly locks: string;
  /** Environment that every agent gets (PATH …); the device's settings are added. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs `<agents>/<METHOD>/<METHOD>.sh <uuid> <action>` (behaviour.md §10). Only exit 0 is success. */
export function createScriptFencer(options: FencerOptions): Fencer {
  return {
    async fence(request, signal) {
      const refusal = checkRequest(request);
      if (refusal !== null) return refusal;
      try {
        mkdirSync(options.locks, { recursive: true, mode: 0o700 });
        const lock = join(options.locks, `fence-${request.host}.lock`);
        const outcome = await runAgent(request, lock, options, signal);
        if (!isBusy(outcome) || !isOverdue(lock, options.clock)) return outcome;
        await freeLock(lock, options.clock);
        return await runAgent(request, lock, options, signal);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return notFenced("agent-failed", mask(why, request));
      }
    },
  };
}

function notFenced(fault: FenceFault, detail: string): FenceOutcome {
  return { kind: "not-fenced", fault, detail };
}

function isBusy(outcome: FenceOutcome): boolean {
  return outcome.kind === "not-fenced" && outcome.fault === "already-running";
}

function agentOf(request: FenceRequest): string {
  return join(request.agents, request.method, `${request.method}.sh`);
}

function checkRequest(request: FenceRequest): FenceOutcome | null {
  if (!METHOD.test(request.method))
    return notFenced("agent-missing", `${request.method} is no name of a method`);
  if (!UUID.test(request.host)) return notFenced("agent-failed", `${request.host} is no uuid`);
  // The runtime's own refusal would show the value.
  if (Object.values(request.device).some((value) => value.includes("\0")))
    return notFenced("agent-failed", "a setting of the device contains a zero byte");
  const agent = agentOf(request);
  if (!existsSync(agent)) return notFenced("agent-missing", `there is no ${agent}`);
  try {
    accessSync(agent, constants.X_OK);
    return null;
  } catch {
    return notFenced("agent-not-executable", `${agent} is not executable; run: chmod 755 ${agent}`);
  }
}

async function runAgent(
  request: FenceRequest,
  lock: string,
  options: FencerOptions,
  signal: AbortSignal,
): Promise<FenceOutcome> {
  if (signal.aborted) return notFenced("agent-killed", "the attempt was broken off before it began");
  const endMs = String(Math.ceil(options.clock.uptimeMs() + request.timeoutMs));
  const child = Bun.spawn(
    ["/bin/sh", "-c", UNDER_LOCK, "fence", lock, endMs, agentOf(request), request.host, request.action],
    {
      cwd: "/",
      env: environmentOf(request, options),
      detached: true,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const lines = createLineLog(request, options.logger);
  const reading = [lines.read(child.stdout), lines.read(child.stderr)];
  const end = await endOf(options.clock, child, request.timeoutMs, signal, (ended) =>
    endGroup(child.pid, options.clock, ended),
  );
  // Whatever the agent left behind in its group ends with the attempt: it has spoken, and the next attempt needs the lock.
  killGroup(child.pid, "SIGKILL");
  if (end.exitCode !== BUSY) await freeLock(lock, options.clock);
  await Promise.all(reading.map((one) => one.finish(options.clock, DRAIN_MS)));
  for (const one of reading) one.flush();
  if (end.late && signal.aborted) return notFenced("agent-killed", "the attempt was broken off");
  return judge(end, lines.last(), request);
}

async function endGroup(pid: number, clock: Clock, ended: AbortSignal): Promise<void> {
  killGroup(pid, "SIGTERM");
  await clock.sleep(TERM_MS, ended);
  killGroup(pid, "SIGKILL");
}

function judge(
  end: { readonly exitCode: number | null; readonly signal: string | null; readonly late: boolean },
  lastLine: string,
  request: FenceRequest,
): FenceOutcome {
  if (end.late) return notFenced("agent-timeout", `no answer within ${request.timeoutMs / 1_000} s`);
  if (end.exitCode === 0) return { kind: "fenced" };
  if (end.signal !== null) return notFenced("agent-killed", `the agent was ended by ${end.signal}`);
  if (end.exitCode === BUSY) return notFenced("already-running", "another attempt on this host is under way");
  const status = `exit status ${end.exitCode}`;
  return notFenced("agent-failed", lastLine === "" ? status : `${status}: ${lastLine}`);
}

/** Secrets reach the agent here and nowhere else: never in argv, which everybody reads in `ps`. */
function environmentOf(request: FenceRequest, options: FencerOptions): Record<string, string> {
  return {
    ...options.environment,
    FENCE_METHOD: request.method,
    FENCE_ACTION: request.action,
    FENCE_FILE_LOC: request.agents,
    FENCE_TIMEOUT: String(Math.floor(request.timeoutMs / 1_000)),
    FENCE_PASSWD: request.device.password,
    FENCE_USER: request.device.user,
    FENCE_IPADDRESS: request.device.address,
  };
}

function mask(text: string, { device }: FenceRequest): string {
  return device.password === "" ? text : text.replaceAll(device.password, "********");
}

/** Logs the agent's output line by line, bounded, with the password masked. */
function createLineLog(request: FenceRequest, logger: Logger) {
  let logged = 0;
  let last = "";
  const say = (raw: string) => {
    const text = mask(raw, request).trim().slice(0, LOGGED_LINE);
    if (text === "") return;
    last = text;
    if (logged >= LOGGED_LINES) return;
    logged++;
    logger.log("info", "fence_host", `${request.method}: ${text}`);
  };
  return {
    last: () => last,
    read(stream: ReadableStream<Uint8Array>) {
      const decoder = new TextDecoder();
      let rest = "";
      const reading = readChunks(stream, (chunk) => {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        // The beginning of an endless line is kept: cutting there could leave the tail of the password, unmasked.
        rest = (parts.pop() ?? "").slice(0, LONGEST_LINE);
        // A flood is not worth the time: beyond the limit only the last line of all is of use.
        for (const part of logged < LOGGED_LINES ? parts : parts.slice(-1)) say(part);
        return true;
      });
      return { finish: reading.finish, flush: () => say(rest) };
    },
  };
}
