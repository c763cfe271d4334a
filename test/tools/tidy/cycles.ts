/** Names and what each one leads to. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * The ways that come back to where they began: for every name on one the shortest, each told once, `a > b > a`, beginning
 * with the first of its names.
 */
export function findCycles(graph: Graph): readonly string[] {
  const cycles = [...graph.keys()].flatMap((start) => {
    const way = shortestWay(graph, start);
    return way === null ? [] : [turned(way)];
  });
  return [...new Set(cycles)].sort();
}

/** From a name back to itself; null when it cannot be reached again. */
function shortestWay(graph: Graph, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const next of graph.get(name) ?? []) {
      if (next === start) return wayTo(name, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, name);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [end];
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}

function turned(way: readonly string[]): string {
  const first = way.indexOf([...way].sort()[0] ?? "");
  const round = [...way.slice(first), ...way.slice(0, first)];
  return [...round, round[0]].join(" > ");
}

/** Everything that can be reached, the beginnings included. */
export function reachable(graph: Graph, starts: readonly string[]): ReadonlySet<string> {
  const seen = new Set(starts);
  for (const name of seen) for (const next of graph.get(name) ?? []) seen.add(next);
  return seen;
}
