import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { XapiFault, XapiResult } from "../../../../src/core/model/pool-view.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import type { StateStore } from "../../../../src/ports/state-store.ts";
import type { XapiTransport } from "../../../../src/ports/xapi-transport.ts";

export interface Recorded {
  readonly name: string;
  readonly request: { readonly method: string; readonly params: readonly unknown[] } | null;
  readonly status: number;
  readonly body: unknown;
}

/** All recorded answers of a file whose name, or request, contains `name`, in the order of the recording. */
export function recordedAll(file: string, name: string): readonly Recorded[] {
  const path = join(import.meta.dir, "transcripts", `${file}.json`);
  const all: readonly Recorded[] = JSON.parse(readFileSync(path, "utf8"));
  const found = all.filter((one) => one.name.includes(name));
  if (found.length === 0) throw new Error(`no recorded answer ${file}/${name}`);
  return found;
}

/** The first of them. */
export function recorded(file: string, name: string): Recorded {
  const [first] = recordedAll(file, name);
  if (first === undefined) throw new Error(`no recorded answer ${file}/${name}`);
  return first;
}

/** The `result` of a recorded answer. */
export function resultOf(answer: Recorded): unknown {
  const { body } = answer;
  if (typeof body !== "object" || body === null || !("result" in body))
    throw new Error(`${answer.name} has no result`);
  return body.result;
}

/** The result as records by reference, to be changed by a test. */
export function recordsOf(name: string): Record<string, Record<string, unknown>> {
  return structuredClone(resultOf(recorded("reads", name))) as Record<string, Record<string, unknown>>;
}

export const never = (): AbortSignal => new AbortController().signal;

/** Real time, for tests with sockets. */
export const realClock: Clock = {
  wallMs: () => Date.now(),
  uptimeMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    }),
};

/**
 * Time that jumps to the next sleeper as soon as nothing else is left to do. Sleepers that are woken by their signal
 * leave no trace, so a test can see how much time an operation has taken.
 */
export function createTestClock(startMs = 1_000_000): Clock {
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  let nowMs = startMs;
  let ticking = false;

  function tick(): void {
    if (ticking) return;
    ticking = true;
    setImmediate(() => {
      ticking = false;
      const [next] = [...sleepers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) return;
      sleepers.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.wake();
      tick();
    });
  }

  return {
    wallMs: () => nowMs,
    uptimeMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = { atMs: nowMs + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener(
          "abort",
          () => {
            sleepers.delete(sleeper);
            resolve();
          },
          { once: true },
        );
        tick();
      }),
  };
}

/** Documents in memory; `saves` counts what was written. */
export function createMemoryStore(): Pick<StateStore, "load" | "save"> & {
  documents: Map<string, unknown>;
  saves: () => number;
} {
  const documents = new Map<string, unknown>();
  let saves = 0;
  return {
    documents,
    saves: () => saves,
    async load(name) {
      return documents.has(name) ? { kind: "found", value: documents.get(name) } : { kind: "none" };
    },
    async save(name, value) {
      saves += 1;
      documents.set(name, structuredClone(value));
    },
  };
}

export interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What a scripted xapi answers: a value, a fault, or never. */
export type Reply = { readonly value: unknown } | { readonly fault: XapiFault } | "hang";
export type Handler = (params: readonly unknown[], nth: number) => Reply;

export const value = (result: unknown): Reply => ({ value: result });
export const api = (code: string, ...params: string[]): Reply => ({ fault: { kind: "api", code, params } });

/** Logins, logouts and task.destroy as xapi answers them; a script adds the rest. */
const MANNERS: Readonly<Record<string, Handler>> = {
  "session.login_with_password": (_, nth) => value(`OpaqueRef:session-${nth}`),
  "session.logout": () => value(""),
  "session.slave_local_login_with_password": (_, nth) => value(`OpaqueRef:local-${nth}`),
  "session.local_logout": () => value(""),
  "task.destroy": () => value(""),
};

/** A xapi by a table of methods, without a socket. What is not in the table is a METHOD_UNKNOWN, as in the real one. */
export function createScript(handlers: Readonly<Record<string, Handler>>): {
  transport: XapiTransport;
  calls: Call[];
  methods: () => readonly string[];
} {
  const calls: Call[] = [];
  const table: Readonly<Record<string, Handler>> = { ...MANNERS, ...handlers };
  const transport: XapiTransport = {
    call(method, params, signal): Promise<XapiResult<unknown>> {
      calls.push({ method, params });
      const nth = calls.filter((call) => call.method === method).length;
      const reply = table[method]?.(params, nth) ?? api("MESSAGE_METHOD_UNKNOWN", method);
      if (reply === "hang") {
        return new Promise((resolve) => {
          const late = () => resolve({ ok: false, fault: { kind: "timeout" } });
          signal.addEventListener("abort", late, { once: true });
        });
      }
      return Promise.resolve(
        "value" in reply ? { ok: true, value: reply.value } : { ok: false, fault: reply.fault },
      );
    },
    close: () => Promise.resolve(),
  };
  return { transport, calls, methods: () => calls.map((call) => call.method) };
}
