import type { SimClock } from "../clock.ts";

/** A call of a process on one of its ports, about to begin. */
export interface PortCall {
  readonly method: string;
  readonly args: readonly unknown[];
  /** Makes the call, with these arguments or others. */
  readonly begin: (args: readonly unknown[]) => unknown;
}

/** Stands between a process and its ports: sees every call, and answers with what the process shall get. */
export type Watch = (call: PortCall) => unknown;

/** One process of the product on a simulated host. A killed one never acts again, a stopped one when it goes on. */
export interface SimProcess {
  readonly host: number;
  alive: boolean;
  /** Stopped as by SIGSTOP: what it has to do when it goes on, in the order in which that came; null: it runs. */
  stopped: (() => void)[] | null;
  goesOnAtMs: number;
  readonly watch: Watch | null;
}

export function newSimProcess(host: number, watch: Watch | null = null): SimProcess {
  return { host, alive: true, stopped: null, goesOnAtMs: 0, watch };
}

type Member = (...args: unknown[]) => unknown;

/**
 * The same port, a plain object, for a process that can be killed: after its death no call begins and no call ever
 * comes back, so that nothing that was waiting goes on, as after kill -9 or a power cut.
 */
export function mortal<T extends object>(process: SimProcess, port: T): T {
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(port)) {
    const member = (port as Record<string, unknown>)[name];
    members[name] =
      typeof member === "function" ? mortalMember(process, port, name, member as Member) : member;
  }
  return members as T;
}

function mortalMember(process: SimProcess, port: object, method: string, member: Member): Member {
  const { watch } = process;
  return (...args) => {
    if (!process.alive) return never();
    const result =
      watch === null
        ? member.apply(port, args)
        : watch({ method, args, begin: (given) => member.apply(port, [...given]) });
    if (result instanceof Promise) return whileAlive(process, result);
    return isPort(result) ? mortal(process, result) : result;
  };
}

/** Settles like `promise` as long as the process lives; while it is stopped, when it goes on. */
export function whileAlive<T>(process: SimProcess, promise: Promise<T>): Promise<T> {
  return promise.then(
    (value) => {
      if (process.stopped !== null) return goesOn(process).then(() => value);
      return process.alive ? value : never();
    },
    async (error: unknown) => {
      if (process.stopped !== null) await goesOn(process);
      if (process.alive) throw error;
      return never();
    },
  );
}

/** Resolves when a stopped process goes on. */
function goesOn(process: SimProcess): Promise<void> {
  return new Promise((resolve) => whenRunning(process, resolve));
}

/** Runs `act` at once, or when the process goes on; never, when it is dead by then. */
export function whenRunning(process: SimProcess, act: () => void): void {
  if (process.stopped !== null) process.stopped.push(act);
  else if (process.alive) act();
}

/**
 * SIGSTOP, and SIGCONT `ms` later: nothing of it goes on, its timers are late, and what is sent to it waits and comes then, in the order in
 * which it came. Of two such orders the one that lasts longer counts.
 */
export function stall(clock: SimClock, process: SimProcess, ms: number): void {
  process.stopped ??= [];
  process.goesOnAtMs = Math.max(process.goesOnAtMs, clock.nowMs() + ms);
  clock.schedule(ms, () => {
    if (clock.nowMs() < process.goesOnAtMs) return;
    const waiting = process.stopped ?? [];
    process.stopped = null;
    for (const act of waiting) whenRunning(process, act);
  });
}

/** Each one anew: what hangs on it goes with it. */
function never(): Promise<never> {
  return new Promise(() => {});
}

/** What a port hands out that is a port itself (the client of one pass). */
function isPort(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((member) => typeof member === "function");
}
