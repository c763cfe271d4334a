import { describe, expect, test } from "bun:test";
import {
  type IncidentEvent,
  isWaivable,
  openIncident,
  stepIncident,
} from "../../../../src/core/fencing/incident.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import { host, vm } from "../fixtures.ts";

const EVENTS: readonly IncidentEvent[] = [
  { kind: "host-failed", atMs: 0 },
  { kind: "fence-begun" },
  { kind: "fence-succeeded", proved: true, by: null, atMs: 0 },
  { kind: "fence-failed" },
  { kind: "fencing-waived", atMs: 0 },
  { kind: "declared-dead" },
  { kind: "host-is-live" },
  { kind: "answer-expired", atMs: 0 },
  { kind: "host-returned", atMs: 0 },
  { kind: "nothing-left" },
  { kind: "proof-over", atMs: 0 },
  { kind: "switched-on", atMs: 0 },
  { kind: "confirmed-off", atMs: 0 },
  { kind: "lease-over", atMs: 0 },
];
const at = (phase: Incident["phase"]): Incident => ({ ...openIncident(host(2), 0), phase });

/** The phase after an event; `over`, or `bug` when the event does not belong there. */
function after(incident: Incident, event: IncidentEvent): string {
  try {
    return stepIncident(incident, event)?.phase ?? "over";
  } catch (error) {
    expect(String(error)).toContain(`${event.kind} happens to a host whose incident is ${incident.phase}`);
    return "bug";
  }
}

describe("stepIncident", () => {
  // One column for each of EVENTS, in their order.
  // biome-ignore format: a table
  const table: Record<Incident["phase"], readonly string[]> = {
    //         failed  begun      succeeded  failed     waived    declared    is-live     expired  returned    nothing-left  proof-over     switched-on    confirmed-off  lease-over
    open:     ["bug", "fencing", "open", "open", "fenced", "open", "open", "bug", "over", "bug", "open", "open", "fenced", "fenced"],
    fencing:  ["bug", "fencing", "fenced", "open", "fenced", "fencing", "fencing", "bug", "over", "bug", "fencing", "fencing", "fenced", "fenced"],
    fenced:   ["bug", "bug", "fenced", "fenced", "bug", "declared", "answered", "bug", "over", "bug", "open", "switched-on", "fenced", "bug"],
    declared: ["bug", "bug", "declared", "declared", "bug", "bug", "bug", "bug", "returned", "bug", "switched-on", "switched-on", "declared", "bug"],
    answered: ["bug", "bug", "answered", "answered", "bug", "bug", "bug", "open", "over", "bug", "answered", "answered", "fenced", "bug"],
    "switched-on":["bug", "bug", "switched-on", "switched-on", "bug", "bug", "bug", "open", "returned", "bug", "switched-on", "switched-on", "fenced", "bug"],
    returned: ["open", "bug", "returned", "returned", "bug", "bug", "bug", "bug", "bug", "over", "returned", "returned", "bug", "bug"],
  };
  for (const phase of Object.keys(table) as Incident["phase"][]) {
    for (const [index, event] of EVENTS.entries()) {
      test(`${phase}, then ${event.kind}: ${table[phase][index]}`, () =>
        expect(after(at(phase), event)).toBe(table[phase][index] ?? "a column is missing"));
    }
  }

  test("nothing but a fence or the administrator's wish or word leads to declared: every path of four events is tried", () => {
    const paths = EVENTS.flatMap((a) =>
      EVENTS.flatMap((b) => EVENTS.flatMap((c) => EVENTS.map((d) => [a, b, c, d]))),
    );
    for (const path of paths) {
      let incident: Incident | null = at("open");
      for (const event of path) {
        if (incident !== null && after(incident, event) !== "bug") incident = stepIncident(incident, event);
      }
      const isFenced = path.some(({ kind }) =>
        ["fence-succeeded", "fencing-waived", "confirmed-off", "lease-over"].includes(kind),
      );
      if (incident?.phase === "declared") expect(isFenced).toBe(true);
    }
  });

  test("a waived fence proves nothing, and a failed attempt is counted", () => {
    const failed = stepIncident(at("fencing"), { kind: "fence-failed" });
    expect(failed).toMatchObject({ phase: "open", fenceFailures: 1, proved: false });
    const waived = failed && stepIncident(failed, { kind: "fencing-waived", atMs: 0 });
    expect(waived).toMatchObject({ phase: "fenced", fenceFailures: 1, proved: false });
  });

  test("a proof that an attempt of an earlier incident brings is none for this one", () => {
    const late = stepIncident(at("open"), { kind: "fence-succeeded", proved: true, by: null, atMs: 0 });
    expect(late).toEqual(at("open"));
    expect(stepIncident(at("open"), { kind: "fence-failed" })).toEqual(at("open"));
  });

  test("a lease that is over proves it, while an agent still tries; what becomes of that changes nothing", () => {
    const off = stepIncident(at("fencing"), { kind: "lease-over", atMs: 7 });
    expect(off).toMatchObject({
      phase: "fenced",
      proved: true,
      isWord: false,
      by: "WATCHDOG",
      offSinceMs: 7,
    });
    expect(off && stepIncident(off, { kind: "fence-failed" })).toEqual(off);
  });

  test("a host that fails again begins anew, whatever was proved before", () => {
    const returned = { ...at("returned"), proved: true, fenceFailures: 3, returnedAtMs: 5 };
    expect(stepIncident(returned, { kind: "host-failed", atMs: 9 })).toEqual(openIncident(host(2), 9));
  });
});

describe("stepIncident, since when a host is off, and whether it was switched on", () => {
  /** h2 was off at 5, and has been switched on at 7, unless a row says otherwise. */
  const was = (phase: Incident["phase"], over: Partial<Incident> = {}): Incident => ({
    ...at(phase),
    ...{ proved: true, vms: [vm("web")], offSinceMs: 5, switchedOnAtMs: 7 },
    ...over,
  });
  const never = { offSinceMs: null, switchedOnAtMs: null };
  const rows: readonly [string, Incident, IncidentEvent, Partial<Incident>][] = [
    [
      "a fence that proves is the first time that it is off",
      was("fencing", never),
      { kind: "fence-succeeded", proved: true, by: "IPMI", atMs: 9 },
      { phase: "fenced", proved: true, by: "IPMI", offSinceMs: 9 },
    ],
    [
      "a fence that proves nothing as well",
      was("fencing", never),
      { kind: "fence-succeeded", proved: false, by: null, atMs: 9 },
      { phase: "fenced", proved: false, offSinceMs: 9 },
    ],
    [
      "the second fence leaves the first time as it is",
      was("fencing", { proved: false, by: "IPMI" }),
      { kind: "fence-succeeded", proved: true, by: "ILO", atMs: 9 },
      { phase: "fenced", proved: true, by: "ILO" },
    ],
    [
      "a fence of an earlier attempt says nothing",
      was("open", never),
      { kind: "fence-succeeded", proved: true, by: "IPMI", atMs: 9 },
      {},
    ],
    [
      "a word is a proof, and the first time that it is off",
      was("open", { ...never, proved: false }),
      { kind: "confirmed-off", atMs: 9 },
      { phase: "fenced", proved: true, isWord: true, offSinceMs: 9 },
    ],
    [
      "a word after a fence leaves the first time as it is",
      was("fenced", { by: "IPMI" }),
      { kind: "confirmed-off", atMs: 9 },
      { isWord: true },
    ],
    [
      "a word after a declaration without a proof",
      was("declared", { proved: false }),
      { kind: "confirmed-off", atMs: 9 },
      { proved: true, isWord: true },
    ],
    [
      "a waived fence is the first time by choice",
      was("open", never),
      { kind: "fencing-waived", atMs: 9 },
      { phase: "fenced", proved: false, offSinceMs: 9 },
    ],
    [
      "a second waived one is not",
      was("open"),
      { kind: "fencing-waived", atMs: 9 },
      { phase: "fenced", proved: false },
    ],
    [
      "a proof that is over: it was off all the same",
      was("fenced", { isWord: true }),
      { kind: "proof-over", atMs: 9 },
      { phase: "open", proved: false, isWord: false },
    ],
    [
      "a proof that is over after the declaration: somebody has switched it on",
      was("declared", { isWord: true }),
      { kind: "proof-over", atMs: 9 },
      { phase: "switched-on", proved: false, isWord: false, switchedOnAtMs: 9 },
    ],
    [
      "a proof that is over while it is being fenced anew",
      was("fencing"),
      { kind: "proof-over", atMs: 0 },
      {},
    ],
    [
      "a host that was switched on is on, which is no news",
      was("switched-on"),
      { kind: "proof-over", atMs: 0 },
      {},
    ],
    [
      "switched on: nothing is proved any more",
      was("declared", { switchedOnAtMs: null, isWord: true }),
      { kind: "switched-on", atMs: 9 },
      { phase: "switched-on", proved: false, isWord: false, switchedOnAtMs: 9 },
    ],
    [
      "switched on while the declaration was lost",
      was("fenced", { switchedOnAtMs: null }),
      { kind: "switched-on", atMs: 9 },
      { phase: "switched-on", proved: false, switchedOnAtMs: 9 },
    ],
    [
      "switched on in an incident that is another by now",
      was("open", never),
      { kind: "switched-on", atMs: 9 },
      {},
    ],
    [
      "it has not come back: it was off, it was switched on, and it had those VMs",
      was("switched-on", { proved: false, fenceFailures: 2, by: "IPMI" }),
      { kind: "answer-expired", atMs: 9 },
      { phase: "open", openedAtMs: 9, fenceFailures: 0, by: null },
    ],
    [
      "back after it was switched on",
      was("switched-on"),
      { kind: "host-returned", atMs: 9 },
      { phase: "returned", returnedAtMs: 9 },
    ],
  ];
  for (const [title, before, event, changed] of rows)
    test(`${before.phase}, then ${event.kind}: ${title}`, () =>
      expect(stepIncident(before, event)).toEqual({ ...before, ...changed }));

  test("returned, then host-failed: a new incident knows nothing of the last one", () =>
    expect(stepIncident(was("returned"), { kind: "host-failed", atMs: 9 })).toEqual(
      openIncident(host(2), 9),
    ));
});

describe("stepIncident, a host that was declared dead in this incident", () => {
  const was = (phase: Incident["phase"], wasDeclared = true): Incident => ({ ...at(phase), wasDeclared });
  const back = { kind: "host-returned", atMs: 9 } as const;

  const phases = ["open", "fencing", "fenced", "declared", "answered", "switched-on"] as const;
  for (const phase of phases)
    test(`${phase}, then host-returned: it has returned, and waits until it is enabled again`, () =>
      expect(stepIncident(was(phase), back)).toEqual({ ...was(phase), phase: "returned", returnedAtMs: 9 }));

  test("returned, then host-returned: a bug, as of any other", () =>
    expect(after(was("returned"), back)).toBe("bug"));
  test("returned, then nothing-left: over, as of any other", () =>
    expect(after(was("returned"), { kind: "nothing-left" })).toBe("over"));

  // [what, before, event, was it declared in this incident]
  const rows: readonly [string, Incident, IncidentEvent, boolean][] = [
    ["it is declared", was("fenced", false), { kind: "declared-dead" }, true],
    ["it is declared again", was("fenced"), { kind: "declared-dead" }, true],
    ["a declaration of an earlier incident ends now", was("open", false), { kind: "declared-dead" }, false],
    ["the same while it is fenced", was("fencing", false), { kind: "declared-dead" }, false],
    ["the same after a proof that is over", was("open"), { kind: "declared-dead" }, true],
    ["XAPI reaches it", was("fenced", false), { kind: "host-is-live" }, false],
    ["the declaration is lost", was("declared"), { kind: "declaration-lost" }, true],
    ["its proof is over", was("declared"), { kind: "proof-over", atMs: 0 }, true],
    [
      "it is fenced again",
      was("fencing"),
      { kind: "fence-succeeded", proved: true, by: null, atMs: 9 },
      true,
    ],
    ["it is switched on", was("declared"), { kind: "switched-on", atMs: 9 }, true],
    ["it does not come back", was("switched-on"), { kind: "answer-expired", atMs: 9 }, true],
    ["it fails after its return", was("returned"), { kind: "host-failed", atMs: 9 }, false],
  ];
  for (const [title, before, event, expected] of rows)
    test(`${before.phase}, then ${event.kind}: ${title}: ${expected ? "declared" : "not declared"}`, () =>
      expect(stepIncident(before, event)?.wasDeclared).toBe(expected));
});

test("isWaivable: never while the host may be alive, nor where somebody has ended the agent", () => {
  expect([isWaivable("agent-timeout"), isWaivable("agent-failed")]).toEqual([true, true]);
  expect([isWaivable("host-answers-again"), isWaivable("last-probe-unknown")]).toEqual([false, false]);
  expect(isWaivable("agent-killed")).toBe(false);
});
