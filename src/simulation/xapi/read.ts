import { CLASSES, type ClassName, type Database, type Fields, type Json } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import { ApiError } from "./answer.ts";
import { type Filter, parseFilter } from "./filter.ts";
import type { Call, Method } from "./method.ts";

/** Field names that every record of a class has. */
const FIELD_NAMES: ReadonlyMap<ClassName, ReadonlySet<string>> = new Map(
  CLASSES.map((table) => [table, new Set(Object.keys(TEMPLATES[table]))]),
);

function fieldNames(table: ClassName): ReadonlySet<string> {
  return FIELD_NAMES.get(table) ?? new Set();
}

/** The implicit methods that were called before; there are as many as classes have fields. */
const KNOWN = new Map<string, Method>();

/** Reads that exist for every class without being written down: get_all_records, get_by_uuid, get_<field> … */
export function implicitMethod(name: string): Method | undefined {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const method = makeImplicitMethod(name);
  if (method !== undefined) KNOWN.set(name, method);
  return method;
}

function makeImplicitMethod(name: string): Method | undefined {
  const dot = name.indexOf(".");
  const table = CLASSES.find((candidate) => candidate === name.slice(0, dot));
  if (table === undefined) return undefined;
  const verb = name.slice(dot + 1);
  switch (verb) {
    case "get_all":
      return { params: [], run: ({ database }) => database.refs(table) };
    case "get_all_records":
      return { params: [], run: ({ database }) => allRecords(database, table) };
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

function allRecords(database: Database, table: ClassName): Record<string, Fields> {
  const all: Record<string, Fields> = {};
  for (const [ref, { fields }] of database.rows(table)) all[ref] = fields;
  return all;
}

/** The filters that were understood before: a program asks the same thing with every look. */
const FILTERS = new Map<string, Filter>();
const MOST_FILTERS = 1_000;

function filterOf(table: ClassName, text: string): Filter {
  const key = `${table} ${text}`;
  const known = FILTERS.get(key);
  if (known !== undefined) return known;
  const filter = parseFilter(text, fieldNames(table));
  if (FILTERS.size >= MOST_FILTERS) FILTERS.clear();
  FILTERS.set(key, filter);
  return filter;
}

function where(call: Call, table: ClassName, text: string): Record<string, Fields> {
  const matches = filterOf(table, text);
  const found: Record<string, Fields> = {};
  for (const [ref, { fields }] of call.database.rows(table)) if (matches(ref, fields)) found[ref] = fields;
  return found;
}
