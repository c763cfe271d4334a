import { expect, test } from "bun:test";
import { Caller, outcome } from "./caller.ts";

/** As a real xapi answered (26.1.19): any client may make a task, and only it ends it; `finished` stays unset. */
test("a task that a client makes is seen with its progress until it is destroyed", async () => {
  const caller = new Caller({ hosts: 2, vms: [] });
  const session = await caller.login(1);
  const ask = (method: string, ...params: readonly unknown[]) => caller.get(1, method, [session, ...params]);
  const task = await ask("task.create", "HA-Lizard failover of h2", "step 1");
  expect(task).toStartWith("OpaqueRef:");
  expect(await ask("task.set_progress", task, 0.42)).toBe("");
  expect(await ask("task.get_record", task)).toMatchObject({
    ...{ name_label: "HA-Lizard failover of h2", name_description: "step 1" },
    ...{ status: "pending", progress: 0.42 },
  });
  expect(await ask("task.set_status", task, "success")).toBe("");
  expect(await ask("task.get_record", task)).toMatchObject({
    ...{ status: "success", finished: "19700101T00:00:00Z" },
  });
  expect(await ask("task.destroy", task)).toBe("");
  expect(outcome(await caller.ask(1, "task.set_progress", [session, task, 1]))).toMatchObject({
    ok: false,
    fault: { code: "HANDLE_INVALID" },
  });
});
