import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FenceFault } from "../../core/model/action.ts";
import type { DeviceState, FenceOutcome, FenceRequest, Fencer } from "../../ports/fencer.ts";
import { agentOf, checkAgent } from "./agent-script.ts";
import { type AgentEnd, type FencerOptions, mask, runAgent } from "./fence-agent.ts";
import { BUSY, freeLock, isOverdue } from "./fence-lock.ts";

const UUID = /^[0-9a-fA-F-]{36}$/;

/**
 * Runs the agent of a method (fence-agents/README.md, "The contract of an agent"): a mode of this program for the
 * built-in ones, which need no folder, else `<agents>/<METHOD>/<METHOD>.sh <uuid> <action>`. Only exit 0 is success.
 * POOL has no agent: it switches nothing off.
 */
export function createScriptFencer(options: FencerOptions): Fencer {
  return {
    async fence(request, signal) {
      const refusal = checkRequest(request, options);
      if (refusal !== null) return refusal;
      if (request.method === "POOL") return { kind: "fenced" };
      try {
        const lock = lockFor("fence", request.host, options);
        const asked = asKnown(request, options);
        const outcome = await attempt(asked, lock, options, signal);
        if (!isBusy(outcome) || !isOverdue(lock, options.clock)) return outcome;
        await freeLock(lock, options.clock);
        return await attempt(asked, lock, options, signal);
      } catch (error) {
        return notFenced("agent-failed", mask(messageOf(error), request));
      }
    },
    async status(request, signal) {
      if (request.method === "POOL") return { kind: "not-asked", why: "POOL switches nothing off" };
      const refusal = checkRequest(request, options);
      if (refusal?.kind === "not-fenced") return { kind: "unknown", why: refusal.detail };
      try {
        if (!options.builtIn.has(request.method) && !knowsStatus(agentOf(request)))
          return { kind: "not-asked", why: `${agentOf(request)} has no line "# actions: … status"` };
        // Not the lock of a fence: a question must never be in the way of one.
        const lock = lockFor("status", request.host, options);
        return stateOf(await runAgent({ ...request, action: "status" }, lock, options, signal), request);
      } catch (error) {
        return { kind: "unknown", why: mask(messageOf(error), request) };
      }
    },
  };
}

function lockFor(what: string, host: string, { locks }: FencerOptions): string {
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  return join(locks, `${what}-${host}.lock`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An agent's own word about what it can be asked, in a comment: `# actions: start stop reset status`. null: it says nothing. */
function actionsOf(agent: string): readonly string[] | null {
  const line = /^#\s*actions:(.*)$/m.exec(readFileSync(agent, "utf8"));
  return line?.[1]?.split(/[\s,]+/) ?? null;
}

const knowsStatus = (agent: string): boolean => actionsOf(agent)?.includes("status") === true;

/** An agent that knows no `stop`, and `reset`, is asked for that: in between the host is off. */
function asKnown(request: FenceRequest, { builtIn }: FencerOptions): FenceRequest {
  if (request.action !== "stop" || builtIn.has(request.method)) return request;
  const known = actionsOf(agentOf(request));
  return known !== null && !known.includes("stop") && known.includes("reset")
    ? { ...request, action: "reset" }
    : request;
}

function stateOf(end: AgentEnd, { timeoutMs }: Omit<FenceRequest, "action">): DeviceState {
  if (end.late) return { kind: "unknown", why: lateWords(end, timeoutMs) };
  if (end.exitCode === 0 && (end.lastLine === "on" || end.lastLine === "off")) return { kind: end.lastLine };
  if (end.exitCode === BUSY) return { kind: "unknown", why: "it is being asked already" };
  const status = end.signal === null ? `exit status ${end.exitCode}` : `ended by ${end.signal}`;
  return { kind: "unknown", why: end.lastLine === "" ? status : end.lastLine };
}

/** An agent that comes too late has often said what it waits for. */
function lateWords({ lastLine }: AgentEnd, timeoutMs: number): string {
  const late = `no answer within ${timeoutMs / 1_000} s`;
  return lastLine === "" ? late : `${late}; its last words: ${lastLine}`;
}

function notFenced(fault: FenceFault, detail: string): FenceOutcome {
  return { kind: "not-fenced", fault, detail };
}

function isBusy(outcome: FenceOutcome): boolean {
  return outcome.kind === "not-fenced" && outcome.fault === "already-running";
}

function checkRequest(
  request: Omit<FenceRequest, "action">,
  { builtIn }: FencerOptions,
): FenceOutcome | null {
  if (!UUID.test(request.host)) return notFenced("agent-failed", `${request.host} is no uuid`);
  // The runtime's own refusal would show the value.
  if (Object.values(request.device).some((value) => value.includes("\0")))
    return notFenced("agent-failed", "a setting of the device contains a zero byte");
  const fault = builtIn.has(request.method) ? null : checkAgent(request);
  return fault === null ? null : notFenced(fault.fault, fault.detail);
}

async function attempt(
  request: FenceRequest,
  lock: string,
  options: FencerOptions,
  signal: AbortSignal,
): Promise<FenceOutcome> {
  if (signal.aborted) return notFenced("agent-killed", "the attempt was broken off before it began");
  const end = await runAgent(request, lock, options, signal);
  if (end.late && signal.aborted) return notFenced("agent-killed", "the attempt was broken off");
  return judge(end, request);
}

function judge(end: AgentEnd, request: FenceRequest): FenceOutcome {
  if (end.late) return notFenced("agent-timeout", lateWords(end, request.timeoutMs));
  if (end.exitCode === 0) return { kind: "fenced" };
  if (end.signal !== null) return notFenced("agent-killed", `the agent was ended by ${end.signal}`);
  if (end.exitCode === BUSY) return notFenced("already-running", "another attempt on this host is under way");
  const status = `exit status ${end.exitCode}`;
  return notFenced("agent-failed", end.lastLine === "" ? status : `${status}: ${end.lastLine}`);
}
