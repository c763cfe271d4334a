/** A call of a process on one of its ports, about to begin. */
export interface PortCall {
  readonly method: string;
  readonly args: readonly unknown[];
  /** Makes the call, with these arguments or others. */
  readonly begin: (args: readonly unknown[]) => unknown;
}

/** Stands between a process and its ports: sees every call, and answers with what the process shall get. */
export type Watch = (call: PortCall) => unknown;

/** One process of the product on a simulated host. A killed one never acts again. */
export interface SimProcess {
  readonly host: number;
  alive: boolean;
  readonly watch: Watch | null;
}

export function newSimProcess(host: number, watch: Watch | null = null): SimProcess {
  return { host, alive: true, watch };
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

/** Settles like `promise` as long as the process lives. */
export function whileAlive<T>(process: SimProcess, promise: Promise<T>): Promise<T> {
  return promise.then(
    (value) => (process.alive ? value : never()),
    (error: unknown) => {
      if (process.alive) throw error;
      return never();
    },
  );
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
