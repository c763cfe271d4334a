import type { FurtherMutant } from "./further-mutants.ts";

/** Who leads, and whom a master follows, when an old master or half of a pool has come back. */
export const NAMED_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "OLDMASTERLEADS",
    regression: "the lead is handed over to any master that answers again",
    edits: [
      {
        file: "src/core/group/hand-over.ts",
        from: "if (isThere ? heir !== roll.master : !isFitter) return false;",
        to: "if (!answersAsMaster(said)) return false;",
      },
    ],
    caughtBy: {
      file: "test/unit/core/group/hand-over.test.ts",
      test: "another master serves, an old one: leads on",
    },
  },
  {
    fault: "OLDMASTERLEADS",
    regression: "any master that answers again stands before the chosen successor",
    edits: [
      {
        file: "src/core/group/standing-order.ts",
        from: "host === roll.master && !hasResigned(said) ? 0 : 1,",
        to: 'said?.role === "master" && said.xapi === "serving" ? 0 : 1,',
      },
    ],
    caughtBy: {
      file: "test/unit/core/group/standing-order.test.ts",
      test: "nor does another master: 0",
    },
  },
  {
    fault: "UNNAMEDSTAYS",
    regression: "a master that the group has not named goes on calling itself master",
    edits: [
      {
        file: "src/core/takeover/own-xapi.ts",
        from: 'if (role.kind === "master") return standDown(memory, { host: named, address }, round);',
        to: 'if (role.kind === "master") return null;',
      },
    ],
    caughtBy: {
      file: "test/unit/core/takeover/own-xapi.test.ts",
      test: "stands down: the named one is not heard: an old database must never win",
    },
  },
  {
    fault: "BOOTEDLEADS",
    regression: "half of a pool that was switched off, and boots, leads by the double vote",
    edits: [{ file: "src/core/group/mandate.ts", from: " && !lacksCompany(voting, has);", to: ";" }],
    caughtBy: {
      scenario: "group/half-that-was-switched-off-boots",
      sign: "expect started vm1 vm2: found vm1 vm2 vm4 vm3",
    },
  },
  {
    fault: "NOMANDATE",
    regression: "whoever is no leader acts like one",
    edits: [
      {
        file: "src/core/group/may-act.ts",
        from: "return untilMs !== null && view.nowMs <= untilMs;",
        to: "return true;",
      },
    ],
    caughtBy: {
      scenario: "group/mandate-ends-during-a-fence",
      sign: "rule no-mandate broken",
    },
  },
  {
    fault: "GEHALF",
    regression: "half of the hosts lead a pool, whichever half it is",
    edits: [
      {
        file: "src/core/group/roll.ts",
        from: "return those * 2 > all;",
        to: "return those * 2 >= all - 1;",
      },
    ],
    caughtBy: { scenario: "group/two-hosts-cut-and-the-slave-is-fenced", sign: "h2 and h1 may act at once" },
  },
  {
    fault: "STALEPROOF",
    regression: "a host that was dead counts as off also when it is back",
    edits: [
      {
        file: "src/core/fencing/incident.ts",
        from: '"host-returned": "returned",\n    "declaration-lost"',
        to: '"host-returned": "declared",\n    "declaration-lost"',
      },
    ],
    caughtBy: { scenario: "who-runs/asked-again-after-it-was-dead", sign: "rule vm-twice broken" },
  },
];
