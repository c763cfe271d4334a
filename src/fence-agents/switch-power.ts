import type { Clock } from "../ports/clock.ts";
import { withDeadline } from "../ports/deadline.ts";
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
/** After a look or an order that failed: a device that is busy, or starts, is given time. */
const AGAIN_MS = 3_000;
/** The host is fenced by then: whoever waits for that does not wait longer for it to be on again. */
const ON_AGAIN_MS = 30_000;
/** A first "off" counts when two more looks say so. */
const CONFIRMING_LOOKS = 2;

/**
 * The rules every built-in agent keeps (fence-agents/README.md, "The rules that all of them keep"): the state is read
 * first, what is so already is a success, a state counts when two reads in a row agree, and whatever cannot be read is
 * a failure. The only limit is the agent's time: a device that is busy, silent or slow is asked again until that is
 * over. What asking again cannot change ends the attempt at once.
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
  const on = await withDeadline(
    context.clock,
    ON_AGAIN_MS,
    context.signal,
    (signal) => bring(device, "on", { kind: "off" }, { ...context, signal }),
    () => null,
  );
  if (on === null)
    return {
      ok: true,
      says: `${device.name}: the host was off; it was not on again in time`,
    };
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
  if (first.kind === to && (await isStill(device, to, context))) return done;
  const { clock, signal, say } = context;
  let orders = await order(device, to, context);
  let last: PowerReading = first;
  let inARow = 0;
  while (!signal.aborted) {
    const reading = await device.read(signal);
    // A look that the deadline has broken off says less than the one before it.
    if (signal.aborted && reading.kind === "unknown") break;
    if (reading.kind === "unknown" && !isSame(reading, last)) say(`${device.name}: ${reading.why}`);
    last = reading;
    inARow = reading.kind === to ? inARow + 1 : 0;
    if (inARow >= 2) return done;
    if (reading.kind === "unknown" && reading.final === true) break;
    // Whoever may not switch will not be obeyed later; a host that is on its way is waited for all the same.
    if (orders.final && inARow === 0 && reading.kind !== "between") break;
    // The state decides, not the answer: a refusal may be an answer that got lost after the order had its effect.
    if (orders.refusal !== null && inARow === 0) {
      await clock.sleep(AGAIN_MS, signal);
      if (!signal.aborted) orders = await order(device, to, context, orders.refusal);
    } else await clock.sleep(POLL_MS, signal);
  }
  const { refusal } = orders;
  const what = refusal === null ? "the command was accepted" : `the command was refused (${refusal})`;
  const when = signal.aborted ? "when the time was over " : "";
  return failed(`${device.name}: ${what}, and ${when}${stateOf(last)}`);
}

interface Ordered {
  /** Why the device refused; null when it accepted. */
  readonly refusal: string | null;
  readonly final: boolean;
}

/** Gives the order once, and the device the time that it needs after one. `before`: the refusal that was told already. */
async function order(
  device: PowerDevice,
  to: "on" | "off",
  { clock, signal, say }: SwitchContext,
  before: string | null = null,
): Promise<Ordered> {
  const answer = await device.switchPower(to, signal);
  // An order that the deadline has broken off says less than the refusal before it.
  if (signal.aborted && answer.kind === "refused" && before !== null)
    return { refusal: before, final: false };
  if (answer.kind === "refused" && answer.why !== before)
    say(`${device.name}: switching ${to} was refused: ${answer.why}`);
  await clock.sleep(device.settleMs, signal);
  if (answer.kind === "accepted") return { refusal: null, final: false };
  return { refusal: answer.why, final: answer.final === true };
}

/** Whether two more looks say `to`. */
async function isStill(
  device: PowerDevice,
  to: "on" | "off",
  { clock, signal }: SwitchContext,
): Promise<boolean> {
  for (let look = 0; look < CONFIRMING_LOOKS; look++) {
    if (look > 0) await clock.sleep(POLL_MS, signal);
    if (signal.aborted || (await device.read(signal)).kind !== to) return false;
  }
  return true;
}

/** Asks until the device says something, or the time is over. */
async function readFirst(device: PowerDevice, { clock, signal, say }: SwitchContext): Promise<PowerReading> {
  let last: PowerReading = { kind: "unknown", why: "there was no time to ask" };
  for (let looks = 0; !signal.aborted; looks++) {
    const reading = await device.read(signal);
    if (reading.kind !== "unknown") return reading;
    if (!isSame(reading, last)) say(`${device.name}: ${reading.why}`);
    // A look that the deadline has broken off says less than the one before it.
    if (looks === 0 || !signal.aborted) last = reading;
    if (reading.final === true) break;
    await clock.sleep(AGAIN_MS, signal);
  }
  return last;
}

/** Said already: what does not change is one line of the log. */
function isSame(reading: PowerReading, last: PowerReading): boolean {
  return reading.kind === "unknown" && last.kind === "unknown" && reading.why === last.why;
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
