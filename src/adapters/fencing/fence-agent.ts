import { MASK } from "../../core/model/plain-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FenceRequest } from "../../ports/fencer.ts";
import type { Logger } from "../../ports/notices.ts";
import { type ChildEnd, endOf, killGroup, readChunks } from "../processes/run-command.ts";
import { agentOf } from "./agent-script.ts";
import { BUSY, freeLock, UNDER_LOCK } from "./fence-lock.ts";

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
  /** The methods that are modes of this program, and need no script. */
  readonly builtIn: BuiltInMethods;
  /** How this program is started again, for those. */
  readonly self: readonly string[];
}

/** Names of methods. */
export type BuiltInMethods = ReadonlySet<string>;

/** One run of an agent: what it is asked may also be `status`. */
export type AgentRun = Omit<FenceRequest, "action"> & { readonly action: FenceRequest["action"] | "status" };

/** How the run ended, and the last line that the agent said. */
export interface AgentEnd extends ChildEnd {
  readonly lastLine: string;
}

/**
 * Runs an agent under a lock, at most `timeoutMs`; nothing of it is left when this ends. Its output goes to the log line
 * by line, without the password.
 */
export async function runAgent(
  request: AgentRun,
  lock: string,
  options: FencerOptions,
  signal: AbortSignal,
): Promise<AgentEnd> {
  const endMs = String(Math.ceil(options.clock.uptimeMs() + request.timeoutMs));
  const child = Bun.spawn(
    ["/bin/sh", "-c", UNDER_LOCK, "fence", lock, endMs, ...commandOf(request, options)],
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
  // A line that was cut off may end in the beginning of the password, which is not masked.
  const lastWhole = lines.last();
  for (const one of reading) one.flush();
  return { ...end, lastLine: end.late ? lastWhole : lines.last() };
}

function commandOf(request: AgentRun, { builtIn, self }: FencerOptions): readonly string[] {
  const { method, host, action } = request;
  return builtIn.has(method) ? [...self, "fence", method, host, action] : [agentOf(request), host, action];
}

async function endGroup(pid: number, clock: Clock, ended: AbortSignal): Promise<void> {
  killGroup(pid, "SIGTERM");
  await clock.sleep(TERM_MS, ended);
  killGroup(pid, "SIGKILL");
}

/** Secrets reach the agent here and nowhere else: never in argv, which everybody reads in `ps`. */
function environmentOf(request: AgentRun, options: FencerOptions): Record<string, string> {
  return {
    ...options.environment,
    // Scripts around a built-in method start it by this; from source it is not one file.
    HA_LIZARD_PROGRAM: options.self.length === 1 ? (options.self[0] ?? "") : "",
    FENCE_METHOD: request.method,
    FENCE_ACTION: request.action,
    FENCE_TIMEOUT: String(Math.floor(request.timeoutMs / 1_000)),
    ...deviceSettings(request),
  };
}

/** The settings that tell an agent its device, whichever host and action it is asked for. */
export function deviceSettings({ agents, device }: Pick<FenceRequest, "agents" | "device">) {
  return {
    FENCE_FILE_LOC: agents,
    FENCE_PASSWD: device.password,
    FENCE_USER: device.user,
    FENCE_IPADDRESS: device.address,
  };
}

/** The text without the password. */
export function mask(text: string, { device }: Pick<FenceRequest, "device">): string {
  return device.password === "" ? text : text.replaceAll(device.password, MASK);
}

/** Logs the agent's output line by line, bounded, with the password masked. */
function createLineLog(request: AgentRun, logger: Logger) {
  let logged = 0;
  let last = "";
  const say = (raw: string) => {
    const text = mask(raw, request).trim().slice(0, LOGGED_LINE);
    if (text === "") return;
    last = text;
    if (logged >= LOGGED_LINES) return;
    logged++;
    // The answer to a question that is asked every day is no news.
    if (request.action === "status") return;
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
