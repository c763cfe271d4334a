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

/**
 * The same port for a process that can be killed: after its death no call begins and no call ever comes back, so that
 * nothing that was waiting goes on, as after kill -9 or a power cut.
 */
export function mortal<T extends object>(process: SimProcess, port: T): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (!process.alive) return new Promise(() => {});
        const begin = (given: readonly unknown[]): unknown => Reflect.apply(member, target, given);
        const { watch } = process;
        const result = watch === null ? begin(args) : watch({ method: String(name), args, begin });
        if (result instanceof Promise) return whileAlive(process, result);
        return isPort(result) ? mortal(process, result) : result;
      };
    },
  });
}

/** Settles like `promise` as long as the process lives. */
export function whileAlive<T>(process: SimProcess, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(
      (value) => {
        if (process.alive) resolve(value);
      },
      (error: unknown) => {
        if (process.alive) reject(error);
      },
    );
  });
}

/** What a port hands out that is a port itself (the client of one pass). */
function isPort(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((member) => typeof member === "function");
}
