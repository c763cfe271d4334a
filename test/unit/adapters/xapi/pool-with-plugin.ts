import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { createMemoryStore, createScript, createTestClock, value } from "./fixtures.ts";

/** A pool whose plugin says that on every host, and what it was asked: host, plugin, function, arguments. */
export function poolWithPlugin(said: string) {
  const asked: (readonly unknown[])[] = [];
  const script = createScript({
    "host.get_by_uuid": () => value("OpaqueRef:h2"),
    "host.call_plugin": ([, ...params]) => {
      asked.push(params);
      return value(said);
    },
  });
  const xapi = createXapi({
    transport: script.transport,
    clock: createTestClock(),
    store: createMemoryStore(),
    xeTimeoutMs: 5_000,
  });
  return { xapi, asked };
}
