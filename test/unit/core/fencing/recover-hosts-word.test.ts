import { describe, expect, test } from "bun:test";
import { recoverHosts } from "../../../../src/core/fencing/recover-hosts.ts";
import type { IncidentPhase } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import {
  ALIVE,
  DEAD,
  goodView,
  healthIn,
  host,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
  said,
  short,
  slaveRound,
  vm,
} from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

const NOW_MS = 1_000_000;
const health = { h1: healthIn("alive"), h2: healthIn("alive"), h3: healthIn("failed") };
const WORD: SightOver = { confirmedOff: [host(3)] };

interface Case {
  /** null: h3 has just failed. */
  readonly phase: IncidentPhase | null;
  readonly memory?: Partial<Memory>;
  readonly situation?: Situation;
  /** It is a slave that leads, not the master. */
  readonly isSlave?: boolean;
}

/** An administrator has confirmed that h3 is off; what is done about it, and what is known of it then. */
function recover({ phase, memory: over = {}, situation = {}, isSlave = false }: Case) {
  const incidents = phase === null ? {} : incidentIn(phase, { vms: [vm("web")] });
  const memory = memoryWith({ health, incidents, ...over });
  const seen = { nowMs: NOW_MS, probes: { h2: ALIVE(), h3: DEAD }, group: WORD, ...situation };
  const round = isSlave ? slaveRound(memory, seen) : masterRound(memory, seen);
  const scope = { mayFence: true, fenceOnly: isSlave };
  const { actions, reasons, memory: next } = recoverHosts(memory, [host(3)], round, scope);
  const after = next.incidents["h3"];
  const known = `${after?.phase}${after?.proved ? " proved" : ""}${after?.isWord ? " by word" : ""}`;
  return { does: short(actions).join(), says: said(reasons).join(), known, after };
}

describe("recoverHosts, an administrator's word (ha-cfg confirm-off)", () => {
  const [FENCED, TOLD] = ["fenced proved by word", "host-confirmed-off h3"];
  const hosts = [1, 2, 3].map((number) => knownHost(host(number), { enabled: number !== 3 }));
  const inMaintenance = { lastGood: goodView({ hosts }) };
  // [what, the case, what is known then, what is said]
  const taken: readonly [string, Case, string, string][] = [
    ["of a host that has just failed", { phase: null }, FENCED, TOLD],
    ["of one that could not be fenced", { phase: "open" }, FENCED, TOLD],
    ["of one whose fence has ended unseen", { phase: "fencing" }, FENCED, TOLD],
    ["of one that may have been in maintenance", { phase: null, memory: inMaintenance }, FENCED, TOLD],
    ["of one that XAPI has reached since, and that has died again", { phase: "answered" }, FENCED, TOLD],
    ["of one that was switched on since, and has died again", { phase: "switched-on" }, FENCED, TOLD],
    ["by a slave that leads", { phase: "open", isSlave: true }, FENCED, TOLD],
    [
      "with FENCE_ENABLED=0, of fewer than FENCE_MIN_HOSTS",
      { phase: "open", situation: { settings: { FENCE_ENABLED: false, FENCE_MIN_HOSTS: 4 } } },
      FENCED,
      TOLD,
    ],
    ["of one that was fenced, by a slave that leads", { phase: "fenced", isSlave: true }, FENCED, ""],
    ["of one that was declared dead", { phase: "declared" }, "declared proved by word", ""],
    [
      "of one that was declared dead, by a slave that leads",
      { phase: "declared", isSlave: true },
      "declared proved by word",
      "",
    ],
  ];
  for (const [title, given, known, says] of taken)
    test(`recoverHosts: it is taken ${title}: ${known}`, () => {
      const after = recover(given);
      expect(after).toMatchObject({ does: "", known, says });
      expect(after.after?.offSinceMs).toBe(NOW_MS);
    });

  test("recoverHosts: it is taken of one that was fenced, by a master, which declares it dead: its own, too, whose take-over is open", () => {
    for (const promotion of [null, takeOver({ oldMaster: host(3), sinceMs: NOW_MS })])
      expect(recover({ phase: "fenced", memory: { promotion } })).toMatchObject({
        does: "declare-host-dead h3",
        known: FENCED,
        says: "",
      });
  });

  const led = { group: { ...isLedBy(host(2)), ...WORD } };
  const nobody = { group: { ...NOBODY_LEADS, ...WORD } };
  const left: readonly [string, Case, string][] = [
    ["of a host whose fence is under way", { phase: "fencing", situation: flying() }, "fencing"],
    [
      "of one that is looked at once more",
      { phase: "open", memory: { health: { ...health, h3: healthIn("suspect") } } },
      "open",
    ],
    ["by a host that does not lead", { phase: "open", situation: led }, "open"],
    ["where nobody leads", { phase: "declared", situation: nobody }, "declared"],
    [
      "after the mandate, of one that was fenced",
      { phase: "fenced", isSlave: true, situation: { group: { ...WORD, mandateUntilMs: NOW_MS - 1 } } },
      "fenced",
    ],
    ["of another host", { phase: "declared", situation: { group: { confirmedOff: [host(2)] } } }, "declared"],
  ];
  for (const [title, given, known] of left)
    test(`recoverHosts: it is not taken ${title}: ${known}`, () => expect(recover(given).known).toBe(known));

  test("recoverHosts: it is taken once, and the host is off since it was fenced", () => {
    const incidents = incidentIn("declared", { proved: true, isWord: true, offSinceMs: 5 });
    expect(recover({ phase: null, memory: { incidents } }).after).toEqual(incidents["h3"]);
    const fenced = incidentIn("declared", { proved: true, by: "IPMI", offSinceMs: 5 });
    expect(recover({ phase: null, memory: { incidents: fenced } }).after).toMatchObject({
      ...{ isWord: true, by: "IPMI", offSinceMs: 5 },
    });
  });
});

function flying(): Situation {
  return { inFlight: ["fence-host:h3"] };
}
