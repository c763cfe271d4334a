import { describe, expect, test } from "bun:test";
import type { PoolEvent } from "../../../src/core/model/pool-event.ts";
import { incidentsOf } from "../../../src/record/incidents.ts";
import type { SeenEvent } from "../../../src/record/pool-incident.ts";

const at = (s: number): string => new Date(Date.parse("2026-11-30T19:43:00Z") + s * 1_000).toISOString();
const seen = (s: number, event: object, seenBy = "h1"): SeenEvent =>
  ({ at: at(s), seenBy, ...event }) as SeenEvent & PoolEvent;
const health = (s: number, of: string, state: string, by?: string) =>
  seen(s, { kind: "health", of, state }, by);
const phase = (s: number, of: string, name: string, over: object = {}) =>
  seen(s, { kind: "incident", of, phase: name, proved: false, by: null, ...over });
const begun = (s: number, what: string, of: string, by?: string) =>
  seen(s, { kind: "begun", what, of, from: "h3", votes: null }, by);
const ended = (s: number, what: string, of: string, result: string, over: object = {}, by?: string) =>
  seen(s, { kind: "ended", what, of, result, why: null, on: null, ...over }, by);

const headlines = (...events: readonly SeenEvent[]) => incidentsOf(events).map(({ headline }) => headline);

describe("incidentsOf", () => {
  test("what is ten minutes apart is another incident; what is only said is none", () => {
    const said = (s: number) => seen(s, { kind: "said", severity: "info", text: "x" });
    const all = incidentsOf([
      said(0),
      health(10, "h2", "suspect"),
      said(300),
      health(700, "h3", "suspect"),
      said(701),
    ]);
    expect(all.map(({ id, events }) => [id, events.length])).toEqual([
      ["20261130-194310", 2],
      ["20261130-195440", 2],
    ]);
    expect(incidentsOf([])).toEqual([]);
  });

  test("the events of several hosts are one story, whoever was asked first", () => {
    const [incident] = incidentsOf([
      health(12, "h3", "suspect", "h2"),
      health(10, "h3", "suspect", "h1"),
      begun(20, "promote-self", "", "h2"),
      ended(25, "promote-self", "", "done", {}, "h2"),
    ]);
    expect(incident?.hosts[0]?.suspectAt).toBe(at(10));
    expect(incident?.takeOvers).toEqual([
      { host: "h2", begunAt: at(20), votes: null, doneAt: at(25), wholeAt: null, refusals: [] },
    ]);
  });

  test("a take-over: when XAPI is master, which is later than the order, and when all hosts are back", () => {
    const phase = (s: number, name: string, seenBy = "h2") =>
      ({ kind: "take-over", at: at(s), phase: name, seenBy }) as const;
    const [incident] = incidentsOf([
      ...[
        phase(19, "proved"),
        begun(20, "promote-self", "", "h2"),
        ended(21, "promote-self", "", "done", {}, "h2"),
      ],
      ...[phase(20, "promoting"), phase(24, "righting", "h3"), phase(25, "righting"), phase(26, "righted")],
      phase(40, "over"),
    ]);
    expect(incident?.takeOvers).toMatchObject([{ host: "h2", doneAt: at(25), wholeAt: at(40) }]);
    const [dropped] = incidentsOf([begun(20, "promote-self", "", "h2"), phase(30, "over")]);
    expect(dropped?.takeOvers).toMatchObject([{ host: "h2", doneAt: null, wholeAt: null }]);
  });

  test("a VM is there once for each time it was started, also when the host to which it came dies, too", () => {
    const [incident] = incidentsOf([
      ...[begun(0, "start-vm", "web"), ended(1, "start-vm", "web", "done", { on: "h2" })],
      ...[begun(60, "start-vm", "web"), ended(61, "start-vm", "web", "done", { on: "h3" })],
    ]);
    expect(incident?.vms.map(({ name, to, askedAt, startedAt }) => [name, to, askedAt, startedAt])).toEqual([
      ["web", "h2", at(0), at(1)],
      ["web", "h3", at(60), at(61)],
    ]);
  });

  test("attempts that came to nothing are named once, and the host is back when it is heard again", () => {
    const [incident] = incidentsOf([
      health(0, "h3", "failed"),
      begun(0, "fence-host", "h3"),
      ended(5, "fence-host", "h3", "not-fenced", { why: "agent-timeout" }),
      ended(15, "fence-host", "h3", "not-fenced", { why: "agent-timeout" }),
      health(60, "h3", "alive"),
    ]);
    expect(incident?.hosts[0]).toMatchObject({ refusals: ["agent-timeout"], offAt: null, backAt: at(60) });
  });

  test("a VM: from where, to where, and what was refused before", () => {
    const [incident] = incidentsOf([
      begun(0, "start-vm", "web"),
      ended(1, "start-vm", "web", "refused", { why: "not enough memory" }),
      begun(30, "start-vm", "web"),
      ended(31, "start-vm", "web", "done", { on: "h2" }),
      begun(32, "start-vm", "db"),
    ]);
    expect(
      incident?.vms.map(({ name, from, to, askedAt, startedAt, refusals }) => [
        name,
        from,
        to,
        askedAt,
        startedAt,
        refusals,
      ]),
    ).toEqual([
      ["web", "h3", "h2", at(0), at(31), ["not enough memory"]],
      ["db", "h3", null, at(32), null, []],
    ]);
  });

  const rows: readonly [string, readonly SeenEvent[], string][] = [
    [
      "a proof",
      [health(0, "h3", "failed"), phase(5, "h3", "fenced", { proved: true, by: "IPMI" })],
      "h3 failed and was proved off (IPMI)",
    ],
    [
      "no proof",
      [health(0, "h3", "failed"), phase(5, "h3", "declared")],
      "h3 failed and was given up without a proof",
    ],
    ["no fence", [health(0, "h3", "failed")], "h3 failed and was not fenced"],
    [
      "no success",
      [health(0, "h3", "failed"), begun(1, "fence-host", "h3")],
      "h3 failed and could not be fenced",
    ],
    ["a silence", [health(0, "h3", "suspect"), health(5, "h3", "alive")], "h3 did not answer for a while"],
    ["a silence of XAPI alone", [health(0, "h3", "xapi-down")], "XAPI of h3 did not answer for a while"],
    [
      "hosts of the same fate, h2 before h10",
      ["h10", "h2"].flatMap((host) => [
        health(0, host, "failed"),
        phase(5, host, "fenced", { proved: true, by: "IPMI" }),
      ]),
      "h2 and h10 failed and were proved off (IPMI)",
    ],
    [
      "many hosts, of which one is back",
      [1, 2, 3, 4, 5, 6].flatMap((number) => [
        health(number, `h${number}`, "failed"),
        ...(number === 6 ? [health(60, "h6", "alive")] : []),
      ]),
      "5 hosts failed and were not fenced; h6 failed and came back",
    ],
    ["a VM", [begun(0, "start-vm", "web"), ended(1, "start-vm", "web", "done")], "1 VM started"],
    ["a VM that is down", [begun(0, "start-vm", "web")], "1 VM not started"],
    ["a reboot", [begun(0, "reboot-self", "")], "h1: reboot-self"],
  ];
  for (const [what, events, headline] of rows)
    test(`headline: ${what}`, () => expect(headlines(...events)).toEqual([headline]));
});
