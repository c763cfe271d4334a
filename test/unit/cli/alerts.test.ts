import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";

const messages = [
  {
    id: "OpaqueRef:1",
    priority: 1,
    postedAt: "2026-11-23T09:41:40Z",
    body: "h2 has failed\nh2 answers neither ping nor XAPI and has been fenced by IPMI. Its VMs are started on the other hosts.\n\nLook at h2.",
  },
  { id: "OpaqueRef:2", priority: 5, postedAt: "2026-11-23T10:00:00Z", body: "evil\u001b[2J" },
];

describe("ha-cfg show-alerts", () => {
  test("shows each with its time and severity, in lines of 80 columns", async () => {
    const { code, out, err, world } = await haCfg(["show-alerts"], { messages });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        "2026-11-23 09:41:40 UTC  critical",
        "  h2 has failed",
        "    h2 answers neither ping nor XAPI and has been fenced by IPMI. Its VMs are",
        "    started on the other hosts.",
        "    Look at h2.",
        "",
        "2026-11-23 10:00:00 UTC  info",
        "  evil [2J",
        "",
      ].join("\n"),
    );
    expect(world.calls).toEqual(["read", "list HA-LIZARD", "close"]);
  });

  test("--json is JSON and nothing else", async () => {
    const { out } = await haCfg(["show-alerts", "--json"], { messages });
    expect(JSON.parse(out)).toEqual([
      {
        at: "2026-11-23T09:41:40Z",
        severity: "critical",
        subject: "h2 has failed",
        body: messages[0]?.body.slice("h2 has failed\n".length),
      },
      { at: "2026-11-23T10:00:00Z", severity: "info", subject: "evil\u001b[2J", body: "" },
    ]);
    expect((await haCfg(["show-alerts", "--json"])).out).toBe("[]\n");
  });

  test("none; XAPI silent: exit 124", async () => {
    expect((await haCfg(["show-alerts"])).out).toBe("There are no alerts.\n");
    const silent = await haCfg(["show-alerts"], { messages, listFault: { kind: "timeout" } });
    expect([silent.code, silent.out]).toEqual([124, ""]);
  });
});

describe("ha-cfg clear-alerts", () => {
  test("removes each, and nothing else", async () => {
    const { code, out, world } = await haCfg(["clear-alerts"], { messages });
    expect([code, out]).toEqual([0, "2 alerts removed.\n"]);
    expect(world.calls).toEqual([
      "read",
      "list HA-LIZARD",
      "destroy OpaqueRef:1",
      "destroy OpaqueRef:2",
      "close",
    ]);
    expect((await haCfg(["clear-alerts"])).out).toBe("There are no alerts.\n");
  });

  test("XAPI stops answering half way: exit 124, and how far it came", async () => {
    const { code, out, err } = await haCfg(["clear-alerts"], {
      messages,
      writeFault: (id) => (id === "OpaqueRef:2" ? { kind: "timeout" } : null),
    });
    expect([code, out]).toEqual([124, ""]);
    expect(err).toContain(
      "Cannot remove an alert: no answer in time.\n1 of 2 alerts were removed before that.\n",
    );
  });
});
