import { runPass } from "../../../src/app/pass/iterate.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";

/**
 * A program that writes its memory when a pass ends, not before it acts. Undisturbed nobody notices: a pass goes by
 * what it has in mind. Killed, it has forgotten what it had begun.
 */
export const savesTooLate: RunPass = (ports, signal) => {
  let memory: unknown = null;
  const { store } = ports;
  const save: typeof store.save = async (name, value) => {
    if (name === "memory" || name === "recent-memory") {
      memory = value;
      return;
    }
    if (name === "pass" && memory !== null) {
      await store.save("recent-memory", memory);
      await store.save("memory", memory);
    }
    await store.save(name, value);
  };
  return runPass({ ...ports, store: { ...store, load: (name) => store.load(name), save } }, signal);
};

/**
 * A program that takes a fence it has begun for a fence that is done: the same host a second time is not worth an agent.
 * Undisturbed every fence is begun once and ends well.
 */
export function trustsItsBeginnings(): RunPass {
  const begun = new Set<string>();
  return (ports, signal) => {
    const { fencer } = ports;
    const fence: typeof fencer.fence = async (request, inner) => {
      if (begun.has(request.host)) return { kind: "fenced" };
      begun.add(request.host);
      return fencer.fence(request, inner);
    };
    return runPass({ ...ports, fencer: { ...fencer, fence } }, signal);
  };
}
