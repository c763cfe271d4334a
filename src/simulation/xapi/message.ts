import type { ClassName, Fields, Json } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import { ApiError } from "./answer.ts";
import { parseFilter } from "./filter.ts";
import { wallTime } from "./format.ts";
import type { Call, Methods } from "./method.ts";

const CLASSES_OF_MESSAGES: Readonly<Record<string, ClassName | null>> = {
  vm: "VM",
  host: "host",
  sr: "SR",
  pool: "pool",
  vdi: "VDI",
  vmpp: null,
  vmss: null,
  pvs_proxy: null,
  certificate: null,
};

/** Messages are files of the master, lost when another host becomes it (adapters/xapi/README.md, "Messages"). */
export const MESSAGE_METHODS: Methods = {
  "message.create": { params: ["string", "int", "string", "string", "string"], run: create },
  "message.get_all": { params: [], run: ({ process }) => [...process.host.messages.keys()] },
  "message.get_all_records": { params: [], run: ({ process }) => Object.fromEntries(process.host.messages) },
  "message.get_all_records_where": {
    params: ["string"],
    run: ({ process }, [text]) => where(process.host.messages, String(text)),
  },
  "message.get_record": {
    params: ["string"],
    run: ({ process }, [self]) => need(process.host.messages, self),
  },
  "message.destroy": {
    params: ["string"],
    run: ({ process }, [self]) => {
      need(process.host.messages, self);
      process.host.messages.delete(String(self));
      return "";
    },
  },
};

const FIELDS: ReadonlySet<string> = new Set(Object.keys(TEMPLATES.message));

/** Messages are in no table, so a column that does not exist matches nothing and is no error (transcript I). */
function where(messages: ReadonlyMap<string, Fields>, text: string): Record<string, Fields> {
  const matches = parseFilter(text, FIELDS);
  const found = [...messages].filter(([ref, fields]) => {
    try {
      return matches(ref, fields);
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  });
  return Object.fromEntries(found);
}

function need(messages: ReadonlyMap<string, Fields>, self: Json | undefined): Fields {
  const message = messages.get(String(self));
  if (message === undefined) throw new ApiError("HANDLE_INVALID", ["message", String(self)]);
  return message;
}

function create(call: Call, [name, priority, cls, object, body]: readonly Json[]): Json {
  const { database, process, world } = call;
  const table = CLASSES_OF_MESSAGES[String(cls).toLowerCase()];
  if (table === undefined) throw new ApiError("INTERNAL_ERROR", ['Failure("Unknown tag/contents")']);
  if (table === null || database.findByUuid(table, String(object)) === undefined) {
    throw new ApiError("UUID_INVALID", [String(cls), String(object)]);
  }
  const ref = `OpaqueRef:${world.random.uuid()}`;
  process.host.messages.set(ref, {
    ...TEMPLATES.message,
    uuid: world.random.uuid(),
    name: String(name),
    priority: Number(priority),
    cls: String(cls),
    obj_uuid: String(object),
    timestamp: wallTime(world.nowMs()),
    body: String(body),
  });
  world.record("message", { host: process.host.number, name: String(name), body: String(body) });
  return ref;
}
