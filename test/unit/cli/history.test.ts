import { describe, expect, test } from "bun:test";
import type { PoolEvent } from "../../../src/core/model/pool-event.ts";
import type { RecordFiles } from "../../../src/ports/record.ts";
import { toldFailover } from "../record/told-failover.ts";
import type { FakeWorld } from "./fake-ports.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";

const eventsBy = async (number: number): Promise<readonly PoolEvent[]> =>
  (await toldFailover()).flatMap(({ host, head }) => (host === number ? head.events : []));

const own = (events: readonly unknown[]): RecordFiles => ({
  list: async () => [],
  open: async () => ({ ok: false, why: "" }),
  events: async () => events,
});

/** The pool after h3 has died: h1 is this host, h2 answers, h3 is not up. */
async function after(over: Partial<FakeWorld> = {}): Promise<Partial<FakeWorld>> {
  const second = await eventsBy(2);
  const hosts = [
    hostView(1, { uuid: HOST, name: "h1" }),
    hostView(2, { name: "h2" }),
    hostView(3, { name: "h3", live: false }),
  ];
  return { hosts, records: own(await eventsBy(1)), historyOf: () => second, ...over };
}

/** Seconds stay, the rest of a time is the story's own. */
const history = async (args: readonly string[], over: Partial<FakeWorld> = {}) =>
  haCfg(["history", ...args], await after(over));

describe("ha-cfg history", () => {
  test("a line for each incident, and who is missing in it", async () => {
    const { code, out, err } = await history([]);
    expect([code, err]).toEqual([0, "Without the record of h3: it is not up, by XAPI.\n"]);
    expect(out).toBe(`INCIDENT (UTC)   LASTED  WHAT
20261123-120606  13 s    h3 failed and was proved off (TESTBMC); 2 VMs started

ha-cfg history INCIDENT shows one of them; last is the newest.
`);
  });

  test("one incident: what died, how it was proved, who decided with which votes, and each VM", async () => {
    const { code, out } = await history(["last"]);
    expect(code).toBe(0);
    expect(out).toBe(`h3 failed and was proved off (TESTBMC); 2 VMs started
  2026-11-23 12:06:06 UTC, 0 s ago; lasted 13 s

h3
  silent since   12:06:06
  failed         12:06:16
  fence begun    12:06:16 by h1; h1 leads, h1, h2 heard of h1, h2, h3
  off            12:06:19, proved by TESTBMC
  declared dead  12:06:19
  back           not in this record

VM   FROM  TO  BY  ASKED     RUNS
vm3  h3    h1  h1  12:06:19  12:06:19, after 13 s
vm6  h3    h2  h1  12:06:19  12:06:19, after 13 s

What was said
  12:06:06  h1  h3 does not answer: retrying.
  12:06:16  h1  h3 is down: no response to any of the retries.
  12:06:19  h1  h3 was fenced: its agent confirms that it is off.
  12:06:19  h1  h3 was declared dead: its VMs can be started elsewhere.
  12:06:19  h1  vm3 was halted and has been started.
  12:06:19  h1  vm6 was halted and has been started.
`);
    expect((await history(["20261123-120606"])).out).toBe(out);
  });

  test("for programs", async () => {
    const shown = JSON.parse((await history(["--json"])).out);
    expect([shown.schema, shown.missing]).toEqual([1, [{ host: "h3", why: "it is not up, by XAPI" }]]);
    expect(shown.incidents[0].hosts[0]).toMatchObject({ name: "h3", proved: true, proof: "TESTBMC" });
  });

  test("a host that refuses is named, and what it says wrongly is passed over", async () => {
    const fault = { kind: "api", code: "XENAPI_MISSING_PLUGIN", params: ["ha-lizard-plugin"] } as const;
    const refused = await history([], { otherHost: () => ({ ok: false, fault }) });
    expect([refused.code, refused.err]).toEqual([0, expect.stringContaining("Without the record of h2: ")]);
    const odd = [{ kind: "health", at: "yesterday", of: "h3", state: "failed" }, { kind: "later" }, 7, null];
    expect((await history(["last"], { historyOf: () => odd })).out).toBe((await history(["last"])).out);
  });

  test("without XAPI: the record of this host alone", async () => {
    const { code, out, err } = await history([], { readFault: { kind: "timeout" } });
    expect([code, out.split("\n")[1]]).toEqual([0, expect.stringContaining("h3 failed")]);
    expect(err).toContain("Without the record of all other hosts: XAPI does not answer here.\n");
  });

  test("nothing has happened; no such incident: 2", async () => {
    expect((await history([], { records: own([]), historyOf: () => [] })).out).toBe(
      "Nothing has happened in the last 30 days, by these records.\n",
    );
    const { code, err } = await history(["yesterday"]);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("Cannot show yesterday: there is no such incident; see ha-cfg history\n"),
    ]);
  });
});
