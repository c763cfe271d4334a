import { Tuples } from "./tuples.ts";

/** What can happen next, seen from one state. */
export interface Next {
  readonly label: string;
  readonly state: readonly number[];
  /** The rule that this step breaks. */
  readonly broken?: string;
}

/** A small world: its states are a few numbers each. */
export interface World {
  readonly width: number;
  first(): readonly number[];
  /** Calls `next` with everything that can happen, in an order that is always the same. `label` is asked for only when told. */
  steps(
    state: readonly number[],
    next: (label: () => string, state: readonly number[], broken?: string) => void,
  ): void;
  /** The rule that this state breaks; null: none. */
  broken(state: readonly number[]): string | null;
  show(state: readonly number[]): string;
}

export interface Explored {
  readonly states: number;
  readonly steps: number;
  readonly seconds: number;
  /** Everything that can be reached has been seen. */
  readonly complete: boolean;
  /** The rule that breaks, and the shortest story of it; null: none does. */
  readonly failure: { readonly rule: string; readonly story: readonly string[] } | null;
}

/** Looks at every state that can be reached, nearest first, up to so many. */
export function explore(
  world: World,
  limits: { readonly states: number; readonly seconds: number },
): Explored {
  const began = performance.now();
  const seen = new Tuples(world.width);
  const parents: number[] = [-1];
  let steps = 0;
  let failure: { rule: string; at: number; last?: Next } | null = null;
  seen.add(world.first());
  let at = 0;
  const elapsed = () => (performance.now() - began) / 1000;
  for (; at < seen.size && failure === null; at++) {
    if (seen.size > limits.states || (at % 4096 === 0 && elapsed() > limits.seconds)) break;
    world.steps(seen.get(at), (label, state, broken) => {
      if (failure !== null) return;
      steps++;
      if (broken !== undefined) failure = { rule: broken, at, last: { label: label(), state } };
      else if (seen.add(state) >= 0) {
        parents.push(at);
        const rule = world.broken(state);
        if (rule !== null) failure = { rule, at: seen.size - 1 };
      }
    });
  }
  const found = failure as { rule: string; at: number; last?: Next } | null;
  return {
    states: seen.size,
    steps,
    seconds: elapsed(),
    complete: found === null && at >= seen.size,
    failure: found === null ? null : { rule: found.rule, story: storyOf(world, seen, parents, found) },
  };
}

function storyOf(
  world: World,
  seen: Tuples,
  parents: readonly number[],
  { at, last }: { readonly at: number; readonly last?: Next },
): readonly string[] {
  const path: number[] = [];
  for (let place = at; place >= 0; place = parents[place] ?? -1) path.unshift(place);
  const lines = path.map((place, index) => {
    const before = path[index - 1];
    const state = seen.get(place);
    const label = before === undefined ? "at first" : labelOf(world, seen.get(before), state);
    return `${label.padEnd(44)} ${world.show(state)}`;
  });
  return last === undefined ? lines : [...lines, `${last.label.padEnd(44)} ${world.show(last.state)}`];
}

function labelOf(world: World, from: readonly number[], to: readonly number[]): string {
  let found = "?";
  world.steps(from, (label, state) => {
    if (found === "?" && state.every((value, at) => value === to[at])) found = label();
  });
  return found;
}
