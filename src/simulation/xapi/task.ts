import type { Json } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import { ApiError } from "./answer.ts";
import { wallTime } from "./format.ts";
import { type Call, type Methods, taskRef } from "./method.ts";
import { need } from "./read.ts";

/**
 * Starts a call as a task and returns its reference at once; the end is written into the record
 * (adapters/xapi/README.md, "Tasks").
 */
export function beginTask(call: Call, name: string, run: () => Json | Promise<Json>): string {
  const { database, world } = call;
  const task = taskRef(call);
  database.insert("task", task, {
    ...TEMPLATES.task,
    uuid: world.random.uuid(),
    name_label: name,
    allowed_operations: ["cancel"],
    created: wallTime(world.nowMs()),
    finished: "19700101T00:00:00Z",
    status: "pending",
    resident_on: call.process.host.ref,
    progress: 0,
    result: "",
    error_info: [],
  });
  void follow(call, task, run);
  return task;
}

async function follow(call: Call, task: string, run: () => Json | Promise<Json>): Promise<void> {
  const { database } = call;
  const end = (status: string, changes: Record<string, Json>) =>
    database.update("task", task, {
      status,
      progress: 1,
      finished: wallTime(call.world.nowMs()),
      allowed_operations: [],
      ...changes,
    });
  try {
    const result = await run();
    end("success", { result: xml(result) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    end("failure", { error_info: [error.code, ...error.params] });
  }
}

/** A task's result is an XML-RPC value. */
function xml(result: Json): string {
  if (!Array.isArray(result)) return `<value>${typeof result === "string" ? result : ""}</value>`;
  const values = (result as readonly Json[]).map((item) => `<value>${String(item)}</value>`);
  return `<value><array><data>${values.join("")}</data></array></value>`;
}

/** One that a client tells of what it does itself: all clients see it, and nothing ends it but the client. */
function createTask({ database, world, process }: Call, label: string, description: string): string {
  const task = `OpaqueRef:${world.random.uuid()}`;
  database.insert("task", task, {
    ...TEMPLATES.task,
    ...{ uuid: world.random.uuid(), name_label: label, name_description: description },
    ...{ created: wallTime(world.nowMs()), finished: "19700101T00:00:00Z", status: "pending" },
    ...{ allowed_operations: [], resident_on: process.host.ref, progress: 0, result: "", error_info: [] },
  });
  world.record("task-shown", { host: process.host.number, label });
  return task;
}

export const TASK_METHODS: Methods = {
  "task.create": {
    params: ["string", "string"],
    taskless: true,
    run: (call, [label, description]) => createTask(call, String(label), String(description)),
  },
  "task.set_progress": {
    params: ["string", "float"],
    taskless: true,
    run: ({ database }, [self, progress]) => {
      need(database, "task", String(self));
      database.update("task", String(self), { progress: Number(progress) });
      return "";
    },
  },
  // `finished` stays unset (measured).
  "task.set_status": {
    params: ["string", "string"],
    taskless: true,
    run: ({ database, world, process }, [self, status]) => {
      need(database, "task", String(self));
      world.record("task-ended", { host: process.host.number, status });
      database.update("task", String(self), { status: String(status) });
      return "";
    },
  },
  "task.destroy": {
    params: ["string"],
    run: ({ database }, [self]) => {
      need(database, "task", String(self));
      database.delete("task", String(self));
      return "";
    },
  },
  "task.cancel": {
    params: ["string"],
    run: ({ database }, [self]) => {
      need(database, "task", String(self));
      throw new ApiError("OPERATION_NOT_ALLOWED", ["the task cannot be cancelled"]);
    },
  },
};
