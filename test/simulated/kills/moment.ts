import type { SimPool } from "../../../src/simulation/pool.ts";
import type { PortCall } from "../../../src/simulation/ports/process.ts";

/** A place at which an iteration may be killed: on the way into a call on the world, inside it, or out of it. */
export interface Moment {
  /** Number of the call, from 1. */
  readonly k: number;
  readonly call: string;
  /** `before`: it does not begin. `begun`: the world has it, and goes on. `after`: it is done, and nobody saw the answer. */
  readonly when: "before" | "begun" | "after";
  readonly atMs: number;
  /** How many calls that act have begun. */
  readonly told: number;
  /** Fence agents that run. */
  readonly agents: number;
}

/** Called at every moment; true: the iteration was killed there. */
type See = (moment: Moment) => boolean;

/** Time is not the outside world. A sleep begins where a call has ended, and ends where one begins: it has no moments of its own. */
const CLOCK: ReadonlySet<string> = new Set(["sleep", "uptimeMs", "wallMs"]);

/** Calls that leave everything as it was. Whatever is not named here acts, a login too. */
const ASKS = /^(?:load .*|read|observe|probe|ping|close|.*\.get_[a-z_]+)$/;

const NEVER: Promise<never> = new Promise(() => {});

/** Shows every moment of the iterations of a host that begin from now on. `agents` ends the fence agents that run then. */
export function followCalls(pool: SimPool, host: number, agents: AbortSignal, see: See): void {
  let calls = 0;
  let told = 0;
  let fences = 0;
  pool.monitor(host).watch = (call) => {
    if (CLOCK.has(call.method)) return call.begin(call.args);
    calls += 1;
    const k = calls;
    const name = nameOf(call);
    const at = (when: Moment["when"]) =>
      see({ k, call: name, when, atMs: pool.world.nowMs(), told, agents: fences });
    if (at("before")) return NEVER;
    const acts = !ASKS.test(name);
    const isFence = call.method === "fence";
    if (acts) told += 1;
    if (isFence) fences += 1;
    const result = call.begin(isFence ? withEnd(call.args, agents) : call.args);
    if (acts) at("begun");
    const ended = () => {
      if (isFence) fences -= 1;
      at("after");
    };
    if (result instanceof Promise) result.then(ended, ended);
    return result;
  };
}

/** `save memory`, `VM.start_on`, `probe`: the method, and what it is about where that tells calls apart. */
function nameOf({ method, args }: PortCall): string {
  if (method === "call") return String(args[0]);
  return method === "load" || method === "save" ? `${method} ${String(args[0])}` : method;
}

/** A fence agent is a process of its own, which may or may not end with the iteration that began it. */
function withEnd([request, signal]: readonly unknown[], end: AbortSignal): readonly unknown[] {
  if (end.aborted || !(signal instanceof AbortSignal)) return [request, signal];
  return [request, AbortSignal.any([signal, end])];
}
