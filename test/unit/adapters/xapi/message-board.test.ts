import { describe, expect, test } from "bun:test";
import { ALERT_NAME, type PostedMessage } from "../../../../src/ports/pool-database.ts";
import { api, never, value } from "./fixtures.ts";
import { faultOf, granted, open } from "./recorded-pool.ts";

/** As a real xapi has it. */
const record = (name: string, timestamp: string, body = "b") => ({
  uuid: "1155d010-cffd-5146-7d18-13ea8a01ecbb",
  name,
  priority: 3,
  cls: "Pool",
  obj_uuid: "c214c33b-308b-0c17-eb42-c93deff5e740",
  timestamp,
  body,
});
const message: PostedMessage = {
  id: "OpaqueRef:m",
  priority: 3,
  postedAt: "2026-11-23T09:41:40Z",
  body: "b",
};

describe("listPosted", () => {
  test("listPosted: the oldest first, times with dashes, priorities also as text", async () => {
    const { xapi, calls } = open({
      handlers: {
        "message.get_all_records_where": () =>
          value({
            "OpaqueRef:new": { ...record(ALERT_NAME, "20261123T10:12:52Z"), priority: "1" },
            "OpaqueRef:old": record(ALERT_NAME, "20261123T09:41:40Z", "line1\nline2"),
            "OpaqueRef:dashed": record(ALERT_NAME, "2026-11-23T10:00:00Z"),
          }),
      },
    });
    const posted = granted(await xapi.listPosted(ALERT_NAME, never()));
    expect(posted).toEqual([
      { id: "OpaqueRef:old", priority: 3, postedAt: "2026-11-23T09:41:40Z", body: "line1\nline2" },
      { id: "OpaqueRef:dashed", priority: 3, postedAt: "2026-11-23T10:00:00Z", body: "b" },
      { id: "OpaqueRef:new", priority: 1, postedAt: "2026-11-23T10:12:52Z", body: "b" },
    ]);
    expect(calls.at(-1)?.params[1]).toBe('(field "name" = "HA-LIZARD")');
  });

  test("listPosted: a xapi that ignores the filter: others' messages are left out", async () => {
    const all = {
      "OpaqueRef:1": record("HOST_CLOCK_SKEW_DETECTED", "20261123T10:12:52Z"),
      "OpaqueRef:2": record(ALERT_NAME, "20261123T10:12:52Z"),
    };
    const { xapi } = open({ handlers: { "message.get_all_records_where": () => value(all) } });
    expect(granted(await xapi.listPosted(ALERT_NAME, never())).map(({ id }) => id)).toEqual(["OpaqueRef:2"]);
  });

  test("listPosted: is given 30 s", async () => {
    const { xapi, clock } = open({ handlers: { "message.get_all_records_where": () => "hang" } });
    const startedMs = clock.uptimeMs();
    expect(faultOf(await xapi.listPosted(ALERT_NAME, never()))).toBe("timeout");
    expect(clock.uptimeMs() - startedMs).toBe(30_000);
  });
});

describe("destroyPosted", () => {
  test("destroyPosted: one message; one that is gone already is no fault, anything else is", async () => {
    const done = open({ handlers: { "message.destroy": () => value("") } });
    expect((await done.xapi.destroyPosted(message, never())).ok).toBe(true);
    expect(done.calls.at(-1)?.params).toEqual(["OpaqueRef:session-1", "OpaqueRef:m"]);
    const gone = open({
      handlers: { "message.destroy": () => api("HANDLE_INVALID", "message", "OpaqueRef:m") },
    });
    expect((await gone.xapi.destroyPosted(message, never())).ok).toBe(true);
    const denied = open({ handlers: { "message.destroy": () => api("RBAC_PERMISSION_DENIED") } });
    expect(faultOf(await denied.xapi.destroyPosted(message, never()))).toBe("api");
  });
});
