import type { DatabaseView } from "../../../src/core/model/pool-view.ts";
import { ALIVE, type Brain, DEAD, database, FLAG, master, three } from "./fixtures.ts";

export const ok = (value: DatabaseView) => ({ ok: true, value }) as const;
/** A pool at rest: nothing left to mark, stamp or copy. */
export function settled(over: Partial<DatabaseView> = {}): DatabaseView {
  const marks = ["master", "healthy", "healthy"];
  const hosts = three().map((view, index) => ({ ...view, otherConfig: { [FLAG]: marks[index] ?? "" } }));
  return database(hosts, over);
}
export const calm = { h2: ALIVE(), h3: ALIVE() };
/** A master that has known its pool, in which nobody has started, for more than a minute. */
export function restedMaster(): Brain {
  const brain = master();
  brain.look(-100, { database: ok(settled()), probes: calm });
  const { lastGood } = brain.memory;
  if (lastGood === null) throw new Error("no view");
  const sync = brain.look(-99, { database: ok(settled()), probes: calm }).actions;
  for (const action of sync) brain.finish(action, { kind: "done" }, -99);
  // Nobody has looked for a while, so the database is put on disk anew.
  const store = brain.look(6, { database: ok(settled()), probes: calm }).actions;
  for (const action of store) brain.finish(action, { kind: "done" }, 6);
  return brain;
}
export const kinds = (reasons: readonly { kind: string }[]) => reasons.map((reason) => reason.kind);
export const h3dead = { h2: ALIVE(), h3: DEAD };
/** h3 fails: suspected at 10 s, failed at 30 s (XAPI_COUNT 2, XAPI_DELAY 10). */
export function failH3(brain: Brain, view: DatabaseView = settled()) {
  brain.look(10, { database: ok(view), probes: h3dead });
  brain.look(20, { database: ok(view), probes: h3dead });
  return brain.look(30, { database: ok(view), probes: h3dead });
}
