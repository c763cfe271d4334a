import { reachable } from "./cycles.ts";
import { type ImportGraph, targetsOf } from "./imports.ts";
import type { Violations } from "./tree.ts";

/** The processes that live long and have to stay small. */
export const DAEMONS = ["src/app/daemons/monitor.ts", "src/modes/monitor.ts", "src/modes/watchdog.ts"];

const HEAVY = /^(?:zod|nodemailer|citty|ping)\b/;

/** What is large and loaded by whoever wants it, when he wants it (`import()`), so that nobody else pays for it. */
export const LATER = ["src/simulation/", "src/manual/"] as const;

/** Files that a daemon loads with itself and that import a package which only a short-lived process may load. */
export function checkWeight(graph: ImportGraph, daemons: readonly string[]): Violations {
  const loaded = targetsOf(graph, ({ kind }) => kind === "value");
  return [...reachable(loaded, daemons)].flatMap((file) =>
    (loaded.get(file) ?? [])
      .filter((target) => HEAVY.test(target))
      .map((target) => `${file} imports ${target}`),
  );
}

/**
 * Who loads one of LATER with itself; or is a daemon and can reach it at all. Its types may be imported: they are not there at
 * run time.
 */
export function checkLater(
  graph: ImportGraph,
  daemons: readonly string[],
  folder: (typeof LATER)[number],
): Violations {
  const isLater = (target: string): boolean => target.startsWith(folder);
  const outside = [...graph].filter(([file]) => !isLater(file));
  const reached = reachable(
    targetsOf(graph, ({ kind }) => kind !== "type"),
    daemons,
  );
  return outside.flatMap(([file, imports]) =>
    imports
      .filter(
        ({ target, kind }) => isLater(target) && (kind === "value" || (kind === "lazy" && reached.has(file))),
      )
      .map(
        ({ target, kind }) =>
          `${file} imports ${target}${kind === "lazy" ? ", and a daemon can reach it" : ""}`,
      ),
  );
}
