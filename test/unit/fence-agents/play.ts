import type { MethodContext, OpenDevice } from "../../../src/fence-agents/method.ts";
import type { AgentRequest } from "../../../src/fence-agents/request.ts";
import { type AgentResult, switchPower } from "../../../src/fence-agents/switch-power.ts";

/** The pauses between looks cost a fiftieth here; what a device needs, and a deadline, is real. */
const FASTER = 50;
const LONGEST_PAUSE_MS = 5_000;

/** How an agent ended, and what it said meanwhile. */
export interface Played extends AgentResult {
  readonly said: readonly string[];
}

/** Runs an agent in this process as `fence` does, but for the pauses between its looks. */
export async function playRequest(
  open: OpenDevice,
  request: AgentRequest,
  context: MethodContext,
  signal: AbortSignal,
): Promise<Played> {
  const said: string[] = [];
  const say = (line: string) => {
    said.push(line);
    context.say(line);
  };
  const device = open(request, { ...context, say });
  if (typeof device === "string") return { ok: false, says: device, said };
  const { clock } = context;
  const sleep = (ms: number, over?: AbortSignal) =>
    clock.sleep(ms > LONGEST_PAUSE_MS ? ms : ms / FASTER, over);
  const quick = { ...clock, sleep };
  return { ...(await switchPower(device, request.action, { clock: quick, signal, say })), said };
}
