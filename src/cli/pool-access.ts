import { observeSelf } from "../app/pass/observe-self.ts";
import { resolveTexts } from "../app/pass/resolve-texts.ts";
import type { Resolved } from "../config/resolve.ts";
import { describeFault } from "../core/alerts/describe-fault.ts";
import type { DatabaseView, XapiFault, XapiResult } from "../core/model/pool-view.ts";
import type { ConfigTexts } from "../ports/config-source.ts";
import { neverAborts, withDeadline } from "../ports/deadline.ts";
import type { Xapi } from "../ports/pool-database.ts";
import { audit } from "./audit.ts";
import { type CliPorts, EXIT, type ExitCode } from "./cli-ports.ts";

/** The pool as one action sees it. */
export interface PoolAccess {
  readonly xapi: Xapi;
  readonly texts: ConfigTexts;
  /** null: XAPI was silent, and why was told on standard error. */
  readonly database: DatabaseView | null;
  /** With the database, or without it from the last good copy. */
  readonly resolved: Resolved;
  /** What the action ends with when it could not do without the database. */
  readonly exitWithout: ExitCode;
}

/** A read is a few calls, a change one or two; a copy of the database goes to every host of the pool. */
const READ_FACTOR = 3;
const WRITE_FACTOR = 2;
const SYNC_MS = 60_000;

/** Reads the pool once, hands it to `use`, and closes the session whatever happens. */
export async function withPool(
  ports: CliPorts,
  use: (pool: PoolAccess) => Promise<ExitCode>,
): Promise<ExitCode> {
  const texts = await ports.config.read();
  const cached = resolveTexts(texts, null);
  const timeoutMs = cached.settings.XE_TIMEOUT * 1_000;
  const xapi = ports.openXapi(timeoutMs);
  try {
    const read = await limit(ports, timeoutMs * READ_FACTOR, (signal) =>
      xapi.read({ appliances: false, storage: false, addresses: false, domains: null }, signal),
    );
    if (!read.ok) {
      await tellSilence(ports, "read the pool database", read.fault);
      return await use({ xapi, texts, database: null, resolved: cached, exitWithout: exitOf(read.fault) });
    }
    const resolved = resolveTexts(texts, read.value.pool.otherConfig);
    return await use({ xapi, texts, database: read.value, resolved, exitWithout: EXIT.failed });
  } finally {
    await xapi.close();
  }
}

/** One change of one thing: a key set, a key taken away. Safe to repeat. */
export interface PoolChange {
  /** Behind "Cannot": `write HA_OP_MODE to the pool database`. */
  readonly what: string;
  /** For the log: the beginning of a sentence, without secrets (`audit`). */
  readonly audit: string;
  run(signal: AbortSignal): Promise<XapiResult<void>>;
  /** Called when XAPI has taken it. */
  done(): void;
}

/**
 * Carries out changes one by one, copies the database to the slaves and wakes the monitor. Stops at the first that XAPI
 * does not take; those before it stay, and are copied too where XAPI still answers.
 */
export async function changePool(
  ports: CliPorts,
  pool: PoolAccess,
  changes: readonly PoolChange[],
): Promise<ExitCode> {
  const { settings } = pool.resolved;
  const writeMs = settings.XE_TIMEOUT * 1_000 * WRITE_FACTOR;
  let taken = 0;
  for (const change of changes) {
    const written = await limit(ports, writeMs, (signal) => change.run(signal));
    if (written.ok) {
      change.done();
      audit(ports, settings, change.audit);
      taken += 1;
      continue;
    }
    await tellSilence(ports, change.what, written.fault);
    if (written.fault.kind === "timeout") {
      ports.stderr("XAPI may have done it all the same.\n");
      audit(ports, settings, `Asked of XAPI, which gave no answer: ${change.audit}`);
    }
    // A XAPI that is silent would only be waited for once more.
    const exit = exitOf(written.fault);
    if (taken > 0 && exit !== EXIT.xapiSilent) await spread(ports, pool);
    return exit;
  }
  await spread(ports, pool);
  return EXIT.done;
}

async function spread(ports: CliPorts, pool: PoolAccess): Promise<void> {
  const synced = await limit(ports, SYNC_MS, (signal) => pool.xapi.syncDatabase(signal));
  if (!synced.ok) {
    const why = describeFault(synced.fault);
    ports.stderr(
      `Cannot copy the pool database to the slaves now: ${why}. The master tries again by itself.\n`,
    );
  }
  await ports.wakeMonitor();
}

/** The change of one key of the pool (`changePool`). */
export function poolKeyChange(
  pool: PoolAccess,
  key: string,
  value: string,
  told: Pick<PoolChange, "audit" | "done">,
): PoolChange {
  return {
    what: `write ${key} to the pool database`,
    run: (signal) => pool.xapi.setPoolKey(key, value, signal),
    ...told,
  };
}

/** A whole list is some calls that XAPI is given 30 s for each. */
const LIST_MS = 60_000;

/** Asks XAPI for something that takes long. When it does not do it, that is told on standard error: end with `exit`. */
export async function askPool<T>(
  ports: CliPorts,
  what: string,
  ask: (signal: AbortSignal) => Promise<XapiResult<T>>,
): Promise<Asked<T>> {
  const answer = await limit(ports, LIST_MS, ask);
  if (answer.ok) return answer;
  await tellSilence(ports, what, answer.fault);
  return { ok: false, exit: exitOf(answer.fault) };
}

export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly exit: ExitCode };

function limit<T>(
  ports: CliPorts,
  ms: number,
  task: (signal: AbortSignal) => Promise<XapiResult<T>>,
): Promise<XapiResult<T>> {
  const late = (): XapiResult<T> => ({ ok: false, fault: { kind: "timeout" } });
  return withDeadline(ports.clock, ms, neverAborts(), task, late);
}

function exitOf(fault: XapiFault): ExitCode {
  return fault.kind === "timeout" || fault.kind === "unreachable" ? EXIT.xapiSilent : EXIT.failed;
}

const OBSERVE_MS = 2_000;

/** A slave's XAPI asks the master: when that is gone, its own silence is the master's. */
async function tellSilence(ports: CliPorts, what: string, fault: XapiFault): Promise<void> {
  ports.stderr(`Cannot ${what}: ${describeFault(fault)}.\n`);
  if (exitOf(fault) !== EXIT.xapiSilent) return;
  const self = await observeSelf(ports, OBSERVE_MS, neverAborts());
  if (self?.role.kind === "slave") {
    ports.stderr(
      `This host is a slave of ${self.role.masterAddress}, and XAPI here answers only with that master.\n`,
    );
  }
}
