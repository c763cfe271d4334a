import type { Clock } from "../ports/clock.ts";
import type { PowerDevice, PowerReading } from "./device.ts";

export type PowerAction = "start" | "stop" | "reset" | "status";

/** How an agent ends: exit 0 only for `ok`, and its last line says what is so, or why not. */
export interface AgentResult {
  readonly ok: boolean;
  readonly says: string;
}

export interface SwitchContext {
  readonly clock: Clock;
  /** Aborts when the agent's time is over. */
  readonly signal: AbortSignal;
  /** A line for the log. */
  readonly say: (text: string) => void;
}

/** Between two looks at the power state. */
const POLL_MS = 1_000;
const POLLS = 20;
/** Two readings in a row, no more. */
const AGAIN = 2;
/** A device that does not answer at first is asked again, over a new connection. */
const FIRST_READS = 3;
const SWITCH_TRIES = 2;

/**
 * The rules every built-in agent keeps (fence-agents/README.md, "The rules that all of them keep"): the state is read
 * first, what is so already is a success, a state counts when two reads in a row agree, and whatever cannot be read is
 * a failure.
 */
export async function switchPower(
  device: PowerDevice,
  action: PowerAction,
  context: SwitchContext,
): Promise<AgentResult> {
  const first = await readFirst(device, context);
  if (first.kind === "unknown") return failed(`Cannot read the power state of ${device.name}: ${first.why}`);
  switch (action) {
    case "status":
      return first.kind === "between"
        ? failed(`${device.name}: ${stateOf(first)}`)
        : { ok: true, says: first.kind };
    case "start":
      return bring(device, "on", first, context);
    case "stop":
      return bring(device, "off", first, context);
    case "reset":
      return cycle(device, first, context);
  }
}

/** Off and verified, then on: it is the off in between that proves something, so that alone decides. */
async function cycle(device: PowerDevice, first: PowerReading, context: SwitchContext): Promise<AgentResult> {
  const off = await bring(device, "off", first, context);
  if (!off.ok) return off;
  context.say(off.says);
  const on = await bring(device, "on", { kind: "off" }, context);
  return on.ok
    ? { ok: true, says: `${device.name}: the host was off and is on again` }
    : { ok: true, says: `${device.name}: the host was off; it does not come on again: ${on.says}` };
}

async function bring(
  device: PowerDevice,
  to: "on" | "off",
  first: PowerReading,
  context: SwitchContext,
): Promise<AgentResult> {
  const done: AgentResult = { ok: true, says: `${device.name}: the host is ${to}` };
  // Said once is no proof: a BMC may answer from memory. If it does not say it again, the command is given.
  if (first.kind === to && (await confirm(device, to, AGAIN, context)).kind === to) return done;
  const refusal = await askFor(device, to, context);
  await context.clock.sleep(device.settleMs, context.signal);
  const seen = await confirm(device, to, POLLS, context);
  if (seen.kind === to) return done;
  const what = refusal === null ? "the command was accepted" : `the command was refused (${refusal})`;
  return failed(`${device.name}: ${what}, and ${describe(seen, context)}`);
}

/** A refusal may be an answer that got lost: the state decides, not the answer. Returns the last refusal, if any. */
async function askFor(
  device: PowerDevice,
  to: "on" | "off",
  { clock, signal, say }: SwitchContext,
): Promise<string | null> {
  let refusal: string | null = null;
  for (let tries = 0; tries < SWITCH_TRIES && !signal.aborted; tries++) {
    const answer = await device.switchPower(to, signal);
    if (answer.kind === "accepted") return null;
    refusal = answer.why;
    say(`${device.name}: switching ${to} was refused: ${refusal}`);
    await clock.sleep(POLL_MS, signal);
  }
  return refusal;
}

/** Reads until two in a row say `to`, at most `polls` times; returns what was read last. */
async function confirm(
  device: PowerDevice,
  to: "on" | "off",
  polls: number,
  { clock, signal }: SwitchContext,
): Promise<PowerReading> {
  let inARow = 0;
  let last: PowerReading = { kind: "unknown", why: "it was not read" };
  for (let poll = 0; poll < polls && !signal.aborted; poll++) {
    if (poll > 0) await clock.sleep(POLL_MS, signal);
    if (signal.aborted) break;
    const reading = await device.read(signal);
    // A look that the deadline has broken off says less than the one before it.
    if (signal.aborted && reading.kind === "unknown") break;
    last = reading;
    inARow = last.kind === to ? inARow + 1 : 0;
    if (inARow >= 2) return last;
  }
  return last.kind === to ? { kind: "unknown", why: "it said so only once" } : last;
}

async function readFirst(device: PowerDevice, context: SwitchContext): Promise<PowerReading> {
  const { clock, signal, say } = context;
  let last: PowerReading = { kind: "unknown", why: "there was no time to ask" };
  for (let reads = 0; reads < FIRST_READS && !signal.aborted; reads++) {
    if (reads > 0) await clock.sleep(POLL_MS, signal);
    if (signal.aborted) break;
    const reading = await device.read(signal);
    if (reading.kind !== "unknown") return reading;
    say(`${device.name}: ${reading.why}`);
    // A look that the deadline has broken off says less than the one before it.
    if (reads === 0 || !signal.aborted) last = reading;
  }
  return last;
}

function describe(seen: PowerReading, { signal }: SwitchContext): string {
  const state = stateOf(seen);
  return signal.aborted ? `when the time was over ${state}` : state;
}

function stateOf(seen: PowerReading): string {
  switch (seen.kind) {
    case "unknown":
      return `its power state is unknown: ${seen.why}`;
    case "between":
      return `the host is neither on nor off: ${seen.why}`;
    default:
      return `the host is ${seen.kind}`;
  }
}

function failed(says: string): AgentResult {
  return { ok: false, says };
}
