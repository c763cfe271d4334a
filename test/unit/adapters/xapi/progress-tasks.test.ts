import { describe, expect, test } from "bun:test";
import { createProgressTasks } from "../../../../src/adapters/xapi/progress-tasks.ts";
import { openSession } from "../../../../src/adapters/xapi/session.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { api, createMemoryStore, createScript, type Handler, realClock, value } from "./fixtures.ts";

const H3 = hostUuid("00000003-1111-4111-8111-111111111113");
const at = (progress: number) => [{ host: H3, label: "HA-Lizard: h3 failed", progress }];

/** A pool whose XAPI answers so, and passes on one of its hosts, one after the other. */
function world(handlers: Readonly<Record<string, Handler>> = {}) {
  let made = 0;
  const script = createScript({
    "session.login_with_password": () => value("OpaqueRef:session"),
    "session.logout": () => value(""),
    "task.create": () => value(`OpaqueRef:task${++made}`),
    ...Object.fromEntries(
      ["set_progress", "set_status", "destroy"].map((name) => [`task.${name}`, () => value("")]),
    ),
    ...handlers,
  });
  const store = createMemoryStore();
  const pass = async (...wishes: readonly (readonly ReturnType<typeof at>[0][])[]) => {
    const open = () => openSession({ transport: script.transport, clock: realClock, xeTimeoutMs: 1_000 });
    const tasks = createProgressTasks({ clock: realClock, store, open });
    const from = script.calls.length;
    for (const wish of wishes) {
      tasks.show(wish);
      await Bun.sleep(5);
    }
    await tasks.end();
    return script.calls
      .slice(from)
      .filter(({ method }) => method.startsWith("task."))
      .map(({ method, params }) => [method.slice(5), ...params.slice(1)].join(" "));
  };
  return { pass, script };
}

describe("a failover as a task of XAPI", () => {
  test("over several passes it is one task, which ends with its VMs, and is destroyed by the next pass", async () => {
    const { pass } = world();
    expect(await pass(at(0.1), at(0.3))).toEqual([
      expect.stringContaining("create HA-Lizard: h3 failed"),
      "set_progress OpaqueRef:task1 0.1",
      "set_progress OpaqueRef:task1 0.3",
    ]);
    expect(await pass(at(0.3), at(0.7), at(1))).toEqual([
      "set_progress OpaqueRef:task1 0.7",
      "set_status OpaqueRef:task1 success",
      "set_progress OpaqueRef:task1 1",
    ]);
    expect(await pass(at(1))).toEqual(["destroy OpaqueRef:task1"]);
    expect(await pass(at(1), [])).toEqual([]);
  });

  test("what comes to no end is no success", async () => {
    const { pass } = world();
    await pass(at(0.1));
    expect(await pass([])).toEqual([
      "set_status OpaqueRef:task1 cancelled",
      "set_progress OpaqueRef:task1 1",
    ]);
  });

  test("a XAPI that has started again knows none: another one is begun", async () => {
    const { pass } = world({
      "task.set_progress": ([, task]) =>
        task === "OpaqueRef:task1" ? api("HANDLE_INVALID", "task", "OpaqueRef:task1") : value(""),
    });
    await pass(at(0.1));
    expect(await pass(at(0.3))).toEqual([
      expect.stringContaining("create"),
      "set_progress OpaqueRef:task2 0.3",
    ]);
  });

  test("a XAPI that refuses is left alone until the next pass", async () => {
    const { pass } = world({ "task.create": () => api("MESSAGE_METHOD_UNKNOWN", "task.create") });
    expect((await pass(at(0.1), at(0.3), at(0.4))).length).toBe(1);
  });

  test("nothing is under way: XAPI is not asked at all", async () => {
    const { pass, script } = world();
    await pass([], []);
    expect(script.calls).toEqual([]);
  });
});
