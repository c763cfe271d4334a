import type { ClassName, Fields, Json } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import { ApiError } from "./answer.ts";
import { parseFilter } from "./filter.ts";
import { wallTime } from "./format.ts";
import type { Call, Methods } from "./method.ts";

/** What XAPI itself writes of a VM, after an operation that a client has asked for, and never after a death. */
export type VmEvent = "VM_STARTED" | "VM_SHUTDOWN";

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
  // The messages of one object since a time, the newest first; reads only that object's folder.
  "message.get": {
    params: ["string", "string", "string"],
    taskless: true,
    run: (call, [cls, object, since]) => {
      assertObject(call, String(cls), String(object));
      const from = String(since).replace(/^(\d{4})-(\d\d)-(\d\d)T/, "$1$2$3T");
      const found = [...call.process.host.messages].filter(
        ([, { obj_uuid, timestamp }]) => obj_uuid === object && String(timestamp) >= from,
      );
      return Object.fromEntries(found.reverse());
    },
  },
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

function assertObject({ database }: Call, cls: string, object: string): void {
  const table = CLASSES_OF_MESSAGES[cls.toLowerCase()];
  if (table === undefined) throw new ApiError("INTERNAL_ERROR", ['Failure("Unknown tag/contents")']);
  if (table === null || database.findByUuid(table, object) === undefined)
    throw new ApiError("UUID_INVALID", [cls, object]);
}

/** XAPI's own message about a VM, on the master. It is no news of this program, so the story has nothing of it. */
export function leaveVmMessage(call: Call, name: VmEvent, vmRef: string, what: string): void {
  const { database, process, world } = call;
  const vm = database.get("VM", vmRef);
  if (vm === undefined) return;
  const body = `VM '${String(vm["name_label"])}' (uuid: ${String(vm["uuid"])}) ${what}`;
  const { messages, number, wallStepMs } = process.host;
  const count = String(messages.size + 1).padStart(12, "0");
  const uuid = `00000000-0000-4000-8000-${count}`;
  messages.set(`OpaqueRef:xapi-${number}-${count}-${Math.floor(world.nowMs())}`, {
    ...TEMPLATES.message,
    ...{ uuid, name, priority: 5, cls: "VM", obj_uuid: String(vm["uuid"]), body },
    timestamp: wallTime(world.nowMs() + wallStepMs),
  });
}

function create(call: Call, [name, priority, cls, object, body]: readonly Json[]): Json {
  const { process, world } = call;
  assertObject(call, String(cls), String(object));
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
