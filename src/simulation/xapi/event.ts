import type { Change, Database, Json } from "../database.ts";
import { CLASSES } from "../database.ts";
import { ApiError } from "./answer.ts";
import type { Call, Methods } from "./method.ts";
import { pause, untilOrLater } from "./process.ts";

const A_DAY_MS = 86_400_000;

export const EVENT_METHODS: Methods = {
  "event.from": { params: ["set", "string", "float"], run: eventFrom },
};

/**
 * `event.from` (adapters/xapi/README.md, "Events"): what changed since the token, at once if anything did, else when it
 * does, else nothing at the timeout. The end of the session ends it.
 */
async function eventFrom(call: Call, [classes, token, timeout]: readonly Json[]): Promise<Json> {
  const { database, process, world, session } = call;
  const since = parseToken(String(token));
  const subscriptions = (classes as readonly Json[]).map((name) => String(name).toLowerCase());
  const changes = () => database.changesSince(since).filter((change) => subscribed(change, subscriptions));
  const loggedOut = () => !process.sessions.has(session) && !call.local;
  if (changes().length === 0) {
    const seconds = Number(timeout);
    const waitMs = seconds < 0 ? A_DAY_MS : seconds * 1000;
    let seen = database.generation;
    const relevant = () => {
      if (database.generation === seen) return false;
      seen = database.generation;
      return changes().length > 0;
    };
    const woken = await untilOrLater(world, process, () => loggedOut() || relevant(), waitMs);
    if (woken === "ready" && !loggedOut()) await pause(world, process, world.timings.eventBatchMs);
  }
  if (loggedOut()) throw new ApiError("SESSION_INVALID", [session]);
  return answer(database, changes());
}

function parseToken(token: string): number {
  if (token === "") return 0;
  const match = /^(\d+),(\d+)$/.exec(token);
  if (match === null) throw new ApiError("EVENT_FROM_TOKEN_PARSE_FAILURE", [token]);
  return Number(match[1]);
}

function subscribed(change: Change, subscriptions: readonly string[]): boolean {
  const table = change.table.toLowerCase();
  const object = `${table}/${change.ref.toLowerCase()}`;
  return subscriptions.some((name) => name === "*" || name === table || name === object);
}

function answer(database: Database, changes: readonly Change[]): Json {
  const events = changes.map(({ table, ref, operation, generation, fields }) => {
    const event = { id: String(generation), timestamp: "0.0", class: table.toLowerCase(), operation, ref };
    return fields === null ? event : { ...event, snapshot: fields };
  });
  const counts = CLASSES.map((table) => [table.toLowerCase(), database.count(table)]);
  const token = `${String(database.generation).padStart(20, "0")},${"0".repeat(20)}`;
  return { events, valid_ref_counts: Object.fromEntries(counts) as Json, token };
}
