import { CLASSES, type ClassName, type Database, type Fields, type Json } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import { ApiError } from "./answer.ts";
import { parseFilter } from "./filter.ts";
import type { Call, Method } from "./method.ts";

/** Field names that every record of a class has. */
function fieldNames(table: ClassName): ReadonlySet<string> {
  return new Set(Object.keys(TEMPLATES[table]));
}

/** Reads that exist for every class without being written down: get_all_records, get_by_uuid, get_<field> … */
export function implicitMethod(name: string): Method | undefined {
  const dot = name.indexOf(".");
  const table = CLASSES.find((candidate) => candidate === name.slice(0, dot));
  if (table === undefined) return undefined;
  const verb = name.slice(dot + 1);
  switch (verb) {
    case "get_all":
      return { params: [], run: ({ database }) => database.refs(table) };
    case "get_all_records":
      return { params: [], run: ({ database }) => Object.fromEntries(database.entries(table)) };
    case "get_all_where":
      return { params: ["string"], run: (call, [text]) => Object.keys(where(call, table, String(text))) };
    case "get_all_records_where":
      return { params: ["string"], run: (call, [text]) => where(call, table, String(text)) };
    case "get_record":
      return { params: ["string"], run: ({ database }, [self]) => need(database, table, String(self)) };
    case "get_by_uuid":
      return { params: ["string"], run: ({ database }, [uuid]) => byUuid(database, table, String(uuid)) };
    case "get_by_name_label":
      return { params: ["string"], run: ({ database }, [label]) => byName(database, table, String(label)) };
  }
  const field = verb.startsWith("get_") ? verb.slice("get_".length) : "";
  if (!fieldNames(table).has(field)) return undefined;
  return {
    params: ["string"],
    run: ({ database }, [self]) => need(database, table, String(self))[field] ?? "",
  };
}

/** The record, or HANDLE_INVALID. */
export function need(database: Database, table: ClassName, ref: string): Fields {
  const fields = database.get(table, ref);
  if (fields === undefined) throw new ApiError("HANDLE_INVALID", [table, ref]);
  return fields;
}

function byUuid(database: Database, table: ClassName, uuid: string): string {
  const ref = database.findByUuid(table, uuid);
  if (ref === undefined) throw new ApiError("UUID_INVALID", [table, uuid]);
  return ref;
}

function byName(database: Database, table: ClassName, label: string): Json {
  return database.entries(table).flatMap(([ref, fields]) => (fields["name_label"] === label ? [ref] : []));
}

function where(call: Call, table: ClassName, text: string): Record<string, Fields> {
  const matches = parseFilter(text, fieldNames(table));
  const entries = call.database.entries(table).filter(([ref, fields]) => matches(ref, fields));
  return Object.fromEntries(entries);
}
