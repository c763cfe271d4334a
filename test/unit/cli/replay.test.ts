import { describe, expect, test } from "bun:test";
import type { RecordFiles, RecordText } from "../../../src/ports/record.ts";
import { toldFailover } from "../record/told-failover.ts";
import { haCfg } from "./run.ts";

/** A host with one file of a record: that of the master of a failover, or these texts. */
async function records(over: { version?: string; texts?: readonly RecordText[] } = {}): Promise<RecordFiles> {
  const told = (await toldFailover()).filter(({ host }) => host === 1);
  return {
    list: async () => [
      { path: "/r/a.record", beganMs: 0, incident: false },
      { path: "/r/b.incident.record", beganMs: 60_000, incident: true },
    ],
    events: async () => [],
    open: async (path) =>
      path === "x"
        ? { ok: true, version: over.version ?? "3.0.0", host: "xcp1", texts: over.texts ?? told }
        : { ok: false, why: "there is no such file" },
  };
}

const replay = async (args: readonly string[], over?: Parameters<typeof records>[0]) =>
  haCfg(["replay", ...args], { records: await records(over) });

/** The record of the failover in which one text says something else. */
async function lied(from: string, to: string): Promise<readonly RecordText[]> {
  const told = (await toldFailover()).filter(({ host }) => host === 1);
  return told.map((one) => ({ ...one, text: one.text.replace(from, to) }));
}

describe("ha-cfg replay", () => {
  test("a record that decides as it did: 0", async () => {
    const { code, out, err } = await replay(["x"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /^The record of xcp1: \d+ passes, \d+ rounds, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d to [-0-9 :]+ UTC\.\nEvery round decides as it did then\.\n$/,
    );
  });

  test("one that does not: 1, and the first difference", async () => {
    const texts = await lied('"actions":[{"kind":"fence-host"', '"actions":[{"kind":"reboot-self"');
    const { code, out } = await replay(["x"], { texts });
    expect(code).toBe(1);
    expect(out).toContain(
      ' decides otherwise: actions[0].kind\n  recorded  "reboot-self"\n  now       "fence-host"\n',
    );
  });

  test("a record of another version is replayed, and the version is said", async () => {
    const { code, out } = await replay(["x"], { version: "3.1.0" });
    expect([code, out.split("\n")[1]]).toEqual([
      0,
      "It was recorded by version 3.1.0, and this is 3.0.0: what differs may be a change of the program.",
    ]);
  });

  test("what this version does not understand is passed over; nothing at all: 2, and why", async () => {
    const head = { at: "2026-11-30T19:43:49Z", passMs: 1, eventful: false, events: [] };
    const some = await replay(["x"], { texts: [{ head, text: "{}" }, ...(await lied("", ""))] });
    expect([some.code, some.err]).toEqual([
      0,
      'Passed over: 2026-11-30T19:43:49Z: its part "kind" is not as this version has it.\n',
    ]);
    const none = await replay(["x"], { version: "9", texts: [{ wrong: "at byte 66: it is damaged" }] });
    expect([none.code, none.out, none.err]).toEqual([
      2,
      "",
      "Passed over: at byte 66: it is damaged.\nCannot replay x: this version understands nothing of it (recorded by 9, this is 3.0.0).\n",
    ]);
  });

  test("no such file: 2", async () => {
    const { code, err } = await replay(["y"]);
    expect([code, err]).toEqual([2, "Cannot replay y: there is no such file.\n"]);
  });

  test("without a file: the records of this host", async () => {
    expect((await replay([])).out).toBe("/r/a.record\n/r/b.incident.record  something happened in it\n");
    expect(JSON.parse((await replay(["--json"])).out)).toEqual([
      { path: "/r/a.record", began: "1970-01-01T00:00:00.000Z", incident: false },
      { path: "/r/b.incident.record", began: "1970-01-01T00:01:00.000Z", incident: true },
    ]);
    expect((await haCfg(["replay"])).out).toBe("This host has no record yet: it is written while HA runs.\n");
  });

  test("for programs", async () => {
    const shown = JSON.parse((await replay(["x", "--json"])).out);
    expect(shown).toMatchObject({
      schema: 1,
      host: "xcp1",
      recordedBy: "3.0.0",
      version: "3.0.0",
      difference: null,
    });
    expect([shown.whatIf, shown.unread]).toEqual([null, []]);
  });
});

describe("ha-cfg replay --with", () => {
  test("a setting that changes nothing: 0", async () => {
    const { code, out } = await replay(["x", "--with", "FENCE_MIN_HOSTS=2"]);
    expect([code, out.split("\n")[1]]).toEqual([
      0,
      "With FENCE_MIN_HOSTS=2 every decision would have been the same.",
    ]);
  });

  test("one that changes something: 1, what, and when", async () => {
    const { code, out } = await replay(["x", "--with", "XAPI_COUNT=1,XAPI_DELAY=4"]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /\nWith XAPI_COUNT=1,XAPI_DELAY=4 these decisions would have been others \(times in UTC\):\n[-\d]+ [:\d]+ {2}fence-host h3 +\d s earlier\n/,
    );
    const shown = JSON.parse((await replay(["x", "--with", "XAPI_COUNT=1", "--json"])).out);
    expect(shown.whatIf[0].action.kind).toBe("fence-host");
    expect(Date.parse(shown.whatIf[0].nowAt)).toBeLessThan(Date.parse(shown.whatIf[0].recordedAt));
  });

  const wrong: readonly [string, string][] = [
    ["XAPI_COUNT", "Cannot try XAPI_COUNT: write NAME=VALUE\n"],
    ["XAPI_CONT=1", 'Cannot try "XAPI_CONT=1": there is no such parameter; did you mean XAPI_COUNT?\n'],
    ["XAPI_COUNT=x", "Cannot try XAPI_COUNT: "],
    ["MAIL_FROM=a@b", "Cannot try MAIL_FROM: no decision is made by it\n"],
  ];
  for (const [typed, why] of wrong)
    test(`${typed}: 2`, async () => {
      const { code, err } = await replay(["x", "--with", typed]);
      expect([code, err.startsWith(why) ? why : err]).toEqual([2, why]);
    });
});
