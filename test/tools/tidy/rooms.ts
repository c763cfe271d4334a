import type { ImportGraph } from "./imports.ts";
import type { Violations } from "./tree.ts";

/** The rooms of src/core, from the ground up, and what each may import besides itself; types count. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  memory: ["model"],
  group: ["model"],
  pace: ["group", "memory", "model"],
  members: ["pace", "group", "memory", "model"],
  alerts: ["members", "pace", "memory", "model"],
  takeover: ["members", "pace", "group", "memory", "model"],
  fencing: ["members", "pace", "group", "memory", "model"],
  intent: ["members", "pace", "memory", "model"],
  placement: ["model"],
  restart: ["intent", "placement", "members", "pace", "memory", "model"],
  roles: [
    "takeover",
    "fencing",
    "restart",
    "intent",
    "placement",
    "alerts",
    "members",
    "pace",
    "group",
    "memory",
    "model",
  ],
};

/** The files that stand in src/core itself: they may import every room, and no room may import them. */
const NO_ROOM = "core";

/** The room of a file of the core; null outside. */
export function roomOf(file: string): string | null {
  const [src, core, room, ...rest] = file.split("/");
  if (src !== "src" || core !== "core" || room === undefined) return null;
  return rest.length === 0 ? NO_ROOM : room;
}

export function checkRooms(graph: ImportGraph, rooms = ROOMS): Violations {
  return [...graph].flatMap(([file, imports]) => {
    const room = roomOf(file);
    if (room === null || room === NO_ROOM) return [];
    const allowed = rooms[room];
    if (allowed === undefined) return [`${file}: there is no room ${room}`];
    const targets = new Set(imports.map(({ target }) => target));
    return [...targets]
      .filter((target) => {
        const other = roomOf(target);
        return other !== null && other !== room && !allowed.includes(other);
      })
      .map((target) => `${file} imports ${target}`);
  });
}

/** Room to rooms, without the way from a room to itself. */
export function roomGraph(graph: ImportGraph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const [file, imports] of graph) {
    const room = roomOf(file);
    if (room === null) continue;
    const others = found.get(room) ?? new Set();
    found.set(room, others);
    for (const { target } of imports) {
      const other = roomOf(target);
      if (other !== null && other !== room) others.add(other);
    }
  }
  return new Map([...found].map(([room, others]) => [room, [...others].sort()]));
}
