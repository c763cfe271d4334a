import { describe, expect, test } from "bun:test";
import { mailSections } from "../../../../../src/core/alerts/mail/mail-sections.ts";
import { type PoolReport, UNSEEN_POOL } from "../../../../../src/core/alerts/pool-report.ts";
import { ALERT, MAIL } from "./mail.ts";

describe("mailSections: alerts", () => {
  test("one section for each, in their order, before the pool and what holds now", () => {
    const alerts = [ALERT, { ...ALERT, subject: "h3 has failed" }];
    expect(mailSections({ ...MAIL, alerts }).map(({ title }) => title)).toEqual([
      "h2 has failed",
      "h3 has failed",
      "Pool lab, as h1 (master) sees it",
      "What holds now",
    ]);
  });
  test("what happened, what to do; how severe, when, and whose word it is", () =>
    expect(mailSections(MAIL)[0]).toEqual({
      title: "h2 has failed",
      sentences: [ALERT.body, "What to do: Look at the host."],
      rows: [
        ["Severity", "error"],
        ["Time", "2026-11-23 14:04:09 UTC"],
        ["Function", "check_slave_status"],
      ],
    }));
  test("without advice nothing is to be done", () =>
    expect(mailSections({ ...MAIL, alerts: [{ ...ALERT, advice: "" }] })[0]?.sentences).toEqual([
      ALERT.body,
    ]));
  test("what was held back is told last", () => {
    const alerts = [{ ...ALERT, repeats: { count: 3, sinceMs: 60_000 } }];
    expect(mailSections({ ...MAIL, alerts })[0]?.sentences.at(-1)).toStartWith(
      "This has happened 3 times since",
    );
  });
});

describe("mailSections: the pool", () => {
  const pool = (over: Partial<PoolReport>) =>
    mailSections({ ...MAIL, report: { ...MAIL.report, ...over } })[1];
  const row = (name: string, over: Partial<PoolReport>) =>
    pool(over)?.rows.find(([first]) => first === name)?.[1];

  const ha: readonly [PoolReport["ha"], string][] = [
    ["on", "on"],
    ["off", "off"],
    ["unset", "neither on nor off"],
    [null, "not known"],
  ];
  for (const [flag, words] of ha)
    test(`HA ${flag}: ${words}`, () => expect(row("HA", { ha: flag })).toBe(words));

  test("no successor is said", () => expect(row("Successor", { successor: null })).toBe("none"));
  test("a host with one VM, with more, and with a number that cannot be read", () => {
    const vms = (count: number | null) => {
      const line = { name: "h9", address: "10.0.0.9", state: "alive" as const, vms: count };
      return row("h9", { hosts: [line] });
    };
    expect([vms(0), vms(1), vms(2), vms(null)]).toEqual([
      "alive, 0 VMs, 10.0.0.9",
      "alive, 1 VM, 10.0.0.9",
      "alive, 2 VMs, 10.0.0.9",
      "alive, 10.0.0.9",
    ]);
  });
  test("a view older than a minute says how old it is", () => {
    expect(pool({ ageMs: 60_000 })?.sentences).toEqual([]);
    expect(pool({ ageMs: 150_000 })?.sentences).toEqual(["The pool database was last read 3 minutes ago."]);
  });
  test("where nothing is wrong, nothing holds", () =>
    expect(mailSections({ ...MAIL, report: { ...MAIL.report, conditions: [] } })).toHaveLength(2));
  test("a host that knows nothing says so", () =>
    expect(mailSections({ ...MAIL, report: { ...UNSEEN_POOL, host: "h1" } }).slice(1)).toEqual([
      {
        title: "Pool (not known), as h1 (unknown) sees it",
        sentences: ["This host has not seen the pool healthy yet."],
        rows: [
          ["HA", "not known"],
          ["Master", "not known"],
          ["Successor", "none"],
        ],
      },
    ]));
});
