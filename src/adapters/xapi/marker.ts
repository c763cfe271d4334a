import { HOME_POOL_KEY, RAN_KEY } from "../../core/model/pool-keys.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import { renderStop, STOP_KEY } from "../../core/model/stop.ts";
import { neverAborts } from "../../ports/deadline.ts";
import type { PoolMarker } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { isApiFault, voidOf } from "./errors.ts";
import { otherConfig, parseValue } from "./records.ts";

/** The copy of five thousand VMs; or the master is off, which xapi says after 10 s. */
const FETCH_MS = 15_000;
/** Every slave's copy of the database in turn; a dead slave costs its connect timeout. */
const SYNC_MS = 60_000;

export function createMarker(context: XapiContext): PoolMarker {
  const { session, refs, index } = context;

  return {
    async setPoolKey(key, value, signal) {
      const pool = await refs.pool(signal);
      return pool.ok ? setKey(context, "pool", pool.value.ref, key, value, signal) : pool;
    },
    async addPoolKey(key, value, signal) {
      const pool = await refs.pool(signal);
      if (!pool.ok) return pool;
      const added = await session.call("pool.add_to_other_config", [pool.value.ref, key, value], signal);
      if (added.ok) return { ok: true, value: true };
      return isApiFault(added.fault, "MAP_DUPLICATE_KEY") ? { ok: true, value: false } : added;
    },
    async replacePoolKey(key, value, signal) {
      const pool = await refs.pool(signal);
      if (!pool.ok) return pool;
      const { ref } = pool.value;
      const removed = await session.call("pool.remove_from_other_config", [ref, key], signal);
      if (!removed.ok) return removed;
      return voidOf(await session.call("pool.add_to_other_config", [ref, key, value], neverAborts()));
    },
    async removePoolKey(key, signal) {
      const pool = await refs.pool(signal);
      if (!pool.ok) return pool;
      // An absent key is no error for XAPI.
      return voidOf(await session.call("pool.remove_from_other_config", [pool.value.ref, key], signal));
    },
    async setHostKey(host, key, value, signal) {
      const ref = await refs.host(host, signal);
      return ref.ok ? setKey(context, "host", ref.value, key, value, signal) : ref;
    },
    async setVmKey(vm, key, value, signal) {
      const ref = await refs.vm(vm, signal);
      return ref.ok ? setKey(context, "VM", ref.value, key, value, signal) : ref;
    },
    async stampHomePool(vm, pool, signal) {
      const ref = await refs.vm(vm, signal);
      if (!ref.ok) return ref;
      const ran = await setKey(context, "VM", ref.value, RAN_KEY, vm, signal);
      const stamped = ran.ok ? await setKey(context, "VM", ref.value, HOME_POOL_KEY, pool, signal) : ran;
      if (stamped.ok) index.noteHomePool(vm, pool);
      return stamped;
    },
    async keepStop(vm, stop, signal) {
      const ref = await refs.vm(vm, signal);
      if (!ref.ok) return ref;
      const kept =
        stop === null
          ? voidOf(await session.call("VM.remove_from_other_config", [ref.value, STOP_KEY], signal))
          : await setKey(context, "VM", ref.value, STOP_KEY, renderStop(vm, stop), signal);
      if (kept.ok) index.noteStop(vm, stop !== null);
      return kept;
    },
    async storeDatabase(master, signal) {
      const ref = await refs.host(master, signal);
      if (!ref.ok) return ref;
      // Generation 0 by force: whatever is on disk already.
      return voidOf(await session.callLocally("host.request_backup", [ref.value, 0, true], signal));
    },
    async fetchDatabase(self, signal) {
      const ref = await refs.host(self, signal);
      if (!ref.ok) return ref;
      const options = { overTcp: true, limitMs: FETCH_MS };
      return voidOf(await session.callLocally("host.request_backup", [ref.value, 0, true], signal, options));
    },
    async syncDatabase(signal) {
      return voidOf(await session.call("pool.sync_database", [], signal, SYNC_MS));
    },
  };
}

/** Somebody else who sets the same key at the same time can come between our two steps; the last one to add wins. */
const MOST_TRIES = 4;

/**
 * One key of `other_config`. XAPI can add and remove keys but not change one (adapters/xapi/README.md,
 * "`other_config`"): a key that exists is removed and added again, when its value differs. Between the two a reader
 * finds no key, so these steps do not depend on the caller's patience.
 */
async function setKey(
  { session }: XapiContext,
  cls: "pool" | "host" | "VM",
  ref: string,
  key: string,
  value: string,
  signal: AbortSignal,
): Promise<XapiResult<void>> {
  let within = signal;
  for (let tries = 1; ; tries++) {
    const added = await session.call(`${cls}.add_to_other_config`, [ref, key, value], within);
    const isThere = !added.ok && isApiFault(added.fault, "MAP_DUPLICATE_KEY");
    if (!isThere || tries === MOST_TRIES) return voidOf(added);
    const getter = `${cls}.get_other_config`;
    const before = parseValue(getter, otherConfig, await session.call(getter, [ref], within));
    if (!before.ok) return before;
    if (before.value[key] === value) return { ok: true, value: undefined };
    within = neverAborts();
    const removed = await session.call(`${cls}.remove_from_other_config`, [ref, key], within);
    if (!removed.ok) return removed;
  }
}
