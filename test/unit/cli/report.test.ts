import { describe, expect, test } from "bun:test";
import { cutMiddle, placeLabels } from "../../../src/cli/report/labels.ts";
import { nextSteps } from "../../../src/cli/report/next-steps.ts";
import { renderReport } from "../../../src/cli/report/page.ts";
import { waitsOf } from "../../../src/cli/report/waits.ts";
import type { PoolEvent } from "../../../src/core/model/pool-event.ts";
import { incidentsOf } from "../../../src/record/incidents.ts";
import type { PoolIncident, SeenEvent } from "../../../src/record/pool-incident.ts";
import { toldRecords } from "../record/told-failover.ts";
import { haCfg } from "./run.ts";

const at = (s: number): string => new Date(Date.parse("2026-11-30T19:43:00Z") + s * 1_000).toISOString();
const seen = (s: number, event: object, seenBy = "h2"): SeenEvent =>
  ({ at: at(s), seenBy, ...event }) as SeenEvent & PoolEvent;

/** The master h1 dies, h2 fences it, takes over, and starts these VMs. */
function takeOver(vms: readonly string[], hostName = "h1"): PoolIncident {
  const votes = { leader: "h2", counts: [hostName, "h2", "h3"], heard: ["h2", "h3"] };
  const of = hostName;
  const [incident] = incidentsOf([
    seen(0, { kind: "health", of, state: "suspect" }),
    seen(10, { kind: "health", of, state: "failed" }),
    seen(10, { kind: "begun", what: "fence-host", of, from: null, votes }),
    seen(15, { kind: "incident", of, phase: "fenced", proved: true, by: "IPMI" }),
    seen(15, { kind: "begun", what: "promote-self", of: "", from: null, votes }),
    seen(25, { kind: "ended", what: "promote-self", of: "", result: "done", why: null, on: null }),
    seen(27, { kind: "incident", of, phase: "declared", proved: true, by: "IPMI" }),
    ...vms.flatMap((name, index) => [
      seen(28, { kind: "begun", what: "start-vm", of: name, from: of, votes: null }),
      seen(30 + index / 100, {
        kind: "ended",
        what: "start-vm",
        of: name,
        result: "done",
        why: null,
        on: "h3",
      }),
    ]),
    seen(40, { kind: "begun", what: "start-vm", of: "db", from: of, votes: null }),
    seen(41, { kind: "ended", what: "start-vm", of: "db", result: "refused", why: "no memory", on: null }),
  ]);
  if (incident === undefined) throw new Error("there is an incident");
  return incident;
}

const page = (incident: PoolIncident) =>
  renderReport({
    ...{ incident, missing: [{ host: "h3", why: "it is not up" }], settings: new Map([["XAPI_COUNT", "2"]]) },
    ...{ record: "/r/a.record", version: "3.0.0", madeAt: at(100) },
  });

describe("waitsOf", () => {
  test("each part of the time that a VM is down, one after the other", () => {
    const incident = takeOver(["web"]);
    const spans = incident.vms.map((vm) =>
      waitsOf(vm, incident).map(({ wait, fromMs, toMs }) => `${wait} ${(toMs - fromMs) / 1_000}`),
    );
    expect(spans).toEqual([
      ["silence 10", "proof 5", "master 10", "declaration 2", "turn 1", "start 2"],
      ["silence 10", "proof 5", "master 10", "declaration 2", "turn 13", "down 1"],
    ]);
  });

  test("a take-over that came after its start kept nobody waiting", () => {
    const { vms, takeOvers, ...rest } = takeOver(["web"]);
    const [web] = vms;
    if (web === undefined) throw new Error("web was started");
    const late = takeOvers.map((one) => ({ ...one, doneAt: at(500) }));
    const waits = waitsOf(web, { ...rest, vms, takeOvers: late }).map(({ wait }) => wait);
    expect(waits).toEqual(["silence", "proof", "declaration", "turn", "start"]);
  });
});

describe("renderReport", () => {
  test("headline, lanes, bars, decision, parameters, and what to do next", () => {
    const html = page(takeOver(["web"]));
    for (const part of [
      "<h1>h1 failed and was proved off (IPMI); h2 became master; 1 VM started; 1 VM not started</h1>",
      "<p>Without the record of h3: it is not up.</p>",
      ">fences h1, 2 of 3 votes</text>",
      ">master</text>",
      "<title>web: 5.0 s for the proof that its host is off</title>",
      "<td>19:43:10 by h2 (leader), 2 of 3 votes: h2, h3; silent: h1</td>",
      "<td>h1: silent since 19:43:00, counted as failed 10 s later</td>",
      "<td>h1: proved by its fence device (IPMI), at 19:43:15</td>",
      "<td>30 s: 1 of 2 started again; 1 not started in these records</td>",
      "db, down longest, waited 10 s for its host to count as failed, 5.0 s for the proof that its host is off, 10 s for a new master,",
      "ha-cfg replay /r/a.record --with XAPI_COUNT=10",
      '<td class="n">no memory</td>',
      '<td class="n">XAPI_COUNT</td><td class="n">2</td>',
      "db was not started within these records (no memory). Look why: ha-cfg get-vm-ha db",
    ])
      expect(html).toContain(part);
  });

  test("no script, nothing from elsewhere, and names are no markup", () => {
    const html = page(takeOver(['<script>alert("1")</script>', "a&b"], "<img src=x>"));
    expect(html).not.toMatch(/<script|<img|<link|<iframe| on\w+=|https?:|url\(/i);
    expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(html).toContain("default-src 'none'");
  });

  test("at most 300 kB, whatever the size of the pool, and what is left out is counted", () => {
    const html = page(
      takeOver(
        Array.from({ length: 3_000 }, (_, index) => `a VM with a long name ${index} ${"x".repeat(70)}`),
      ),
    );
    expect(Buffer.byteLength(html)).toBeLessThan(300_000);
    expect(html).toMatch(/… and \d+ more VMs\./);
  });
});

describe("placeLabels", () => {
  test("each next to the line where it has room, else above; none leaves the picture", () => {
    const placed = placeLabels(
      [
        { x: 100, text: "silent" },
        { x: 300, text: "follows the new master" },
        { x: 320, text: "XAPI silent" },
        { x: 330, text: "XAPI may start" },
        { x: 600, text: "back" },
        { x: 990, text: "declared dead" },
      ],
      100,
      1_000,
    );
    expect(placed.map(({ anchor, row }) => `${anchor} ${row}`)).toEqual([
      ...["start 0", "middle 0", "middle 1", "middle 2", "middle 0", "end 0"],
    ]);
  });
});

describe("cutMiddle", () => {
  const rows: readonly [string, string][] = [
    ["db", "db"],
    ["application-server-17", "applicati…server-17"],
    ["W".repeat(100), "WWWWWW…WWWWW"],
    ["データベースサーバー十七番機", "データベース…ー十七番機"],
  ];
  for (const [name, shown] of rows) test(name.slice(0, 30), () => expect(cutMiddle(name, 158)).toBe(shown));
});

test("nextSteps: the most urgent first", () => {
  const steps = (...events: readonly SeenEvent[]) => {
    const [incident] = incidentsOf(events);
    return incident === undefined ? [] : nextSteps(incident, null).slice(0, 2);
  };
  const failed = seen(0, { kind: "health", of: "h3", state: "failed" });
  const refused = seen(5, {
    kind: "ended",
    what: "fence-host",
    of: "h3",
    result: "not-fenced",
    why: "agent-timeout",
    on: null,
  });
  expect(steps(failed, refused)).toEqual([
    "h3 was not proved off, so its VMs wait. Look at its fence device (ha-cfg fence-test h3); if it is off: ha-cfg confirm-off h3",
    "Attempts to fence h3 failed (agent-timeout). Try its device: ha-cfg fence-test h3",
  ]);
  expect(steps(seen(0, { kind: "health", of: "h3", state: "suspect" }))[0]).toBe(
    "Check that everything is healthy now: ha-cfg status, ha-cfg doctor",
  );
});

describe("ha-cfg report", () => {
  const run = async (args: readonly string[], files: Record<string, string | null> = {}) => {
    const records = await toldRecords(1);
    const ended = await haCfg(["report", ...args], { records, readFault: { kind: "timeout" }, files });
    return { ...ended, files: ended.world.files };
  };

  test("the newest incident, or the one that is named, with the parameters of then", async () => {
    const { code, out, files } = await run(["x.html"]);
    expect([code, out]).toEqual([
      0,
      "h3 failed and was proved off (TESTBMC); 2 VMs started: written to x.html\n",
    ]);
    expect(files["x.html"]).toContain('<td class="n">FENCE_METHOD</td><td class="n">TESTBMC</td>');
    expect((await run(["20261123-120606", "y.html"])).files["y.html"]).toBe(files["x.html"] ?? "");
  });

  test("the host has begun to record after another one, in a file that holds no round: the next one is named", async () => {
    const told = await toldRecords(1);
    const late = Date.parse("2026-11-23T12:06:07Z");
    const records = {
      ...told,
      list: async () => [
        { path: "/r/empty.record", beganMs: late, incident: false },
        { path: "/r/late.record", beganMs: late + 1, incident: true },
      ],
      open: async (path: string) => {
        const opened = await told.open((await told.list())[0]?.path ?? "");
        return path === "/r/empty.record" && opened.ok ? { ...opened, texts: [] } : opened;
      },
    };
    const { world } = await haCfg(["report", "x.html"], {
      records,
      readFault: { kind: "timeout" },
      files: {},
    });
    expect(world.files["x.html"]).toContain("ha-cfg replay /r/late.record --with");
  });

  test("a file that is there is not replaced without a yes; no name, no such incident: 2", async () => {
    expect((await run(["x.html"], { "x.html": "old" })).files["x.html"]).toBe("old");
    expect((await run(["x.html", "--yes"], { "x.html": "old" })).code).toBe(0);
    expect((await run(["-"])).code).toBe(2);
    expect((await run(["yesterday", "x.html"])).code).toBe(2);
  });
});
