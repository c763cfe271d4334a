import type { FurtherMutant } from "./further-mutants.ts";

/** XAPI follows the group: without the rule each of these ends a running VM, makes two masters, or costs time. */
export const FOLLOW_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "MEND",
    regression: "a new master's own comparison does not wait until its database is right",
    edits: [
      {
        file: "src/core/restart/set-right.ts",
        from: "if (residentOn === null) return false;",
        to: "if (residentOn !== undefined) return false;",
      },
    ],
    caughtBy: {
      scenario: "failover/moved-to-the-successor-just-before",
      sign: "h2 ended the only copy of vm3, after a comparison",
    },
  },
  {
    fault: "LEADERLESS",
    regression: "a silent xapi of a slave starts again while nobody leads",
    edits: [
      {
        file: "src/core/decide.ts",
        from: 'const waits = view.self.role.kind === "slave" && namedUnderHa(view) !== view.self.uuid;',
        to: 'const waits = view.self.role.kind === "slave" && ![null, view.self.uuid].includes(namedUnderHa(view));',
      },
    ],
    caughtBy: {
      scenario: "group/a-silent-xapi-of-a-slave-that-nobody-leads",
      sign: "ended the only copy of vm2, after a comparison",
    },
  },
  {
    fault: "HEARDLIVES",
    regression: "a host whose monitor is heard is fenced when its XAPI has been silent for too long",
    edits: [
      {
        file: "src/core/members/host-health.ts",
        from: "(isHeardNow(heard) ? null : previous?.xapiSilentSinceMs)",
        to: '(heard === "reported" || isHeld ? null : previous?.xapiSilentSinceMs)',
      },
      {
        file: "src/core/members/host-health.ts",
        from: "if (isHeardNow(heard) || isTolerated) {",
        to: 'if (heard === "reported" || (heard === "direct" && isHeld) || isTolerated) {',
      },
      {
        file: "src/core/members/host-health.ts",
        from: 'if (probe.icmp === "unknown") return',
        to: 'if (probe.icmp === "unknown" && !pings) return',
      },
    ],
    caughtBy: {
      scenario: "health/a-broken-xapi-costs-no-host",
      sign: "expect fence-attempts 0",
    },
  },
  {
    fault: "ONLYHELD",
    regression: "a xapi that does not answer is asked to follow, and does not",
    edits: [
      {
        file: "src/app/pass/own-xapi.ts",
        from: "if (own.self.heldSinceMs !== null || !own.self.xapiAnswers) {",
        to: "if (own.self.heldSinceMs !== null) {",
      },
    ],
    caughtBy: {
      scenario: "failover/a-xapi-that-does-not-answer-follows-all-the-same",
      sign: "ended the only copy of vm6, after a comparison",
    },
  },
  {
    fault: "KEEPPLACE",
    regression: "a named successor whose xapi takes no order keeps its place",
    edits: [
      {
        file: "src/core/takeover/resign.ts",
        from: "const isToBe = hasResigned(self, memory) || memory.promotion !== null || isForgetful;",
        to: "const isToBe = hasResigned(self, memory) || isForgetful;",
      },
    ],
    caughtBy: {
      scenario: "failover/the-xapi-of-the-named-successor-dies",
      sign: "expect within 9m all-once",
    },
  },
  {
    fault: "KEEPPLACE",
    regression: "a named master whose xapi never serves keeps its place",
    edits: [
      {
        file: "src/core/takeover/resign.ts",
        from: "if (unservedSinceMs === null || (lastGood",
        to: "if (unservedSinceMs !== null || unservedSinceMs === null || (lastGood",
      },
    ],
    caughtBy: {
      scenario: "failover/the-named-master-never-serves",
      sign: "expect within 7m promoted h2",
    },
  },
  {
    fault: "HOLD",
    regression: "the xapi of a member starts at once, whatever the database of its new master says",
    edits: [
      {
        file: "src/core/takeover/own-xapi.ts",
        from: "const agrees = (group?.agreedAtMs ?? Number.NEGATIVE_INFINITY) >= heldSinceMs;",
        to: "const agrees = true;",
      },
    ],
    caughtBy: {
      scenario: "failover/moved-vms-outlive-the-comparisons",
      sign: "ended the only copy of vm4, after a comparison",
    },
  },
  {
    fault: "FOLLOWEARLY",
    regression: "a xapi follows the named host before that is master",
    edits: [
      {
        file: "src/core/takeover/own-xapi.ts",
        from: 'role.kind !== "slave" || !saysItIsMaster(named, view)',
        to: 'role.kind !== "slave"',
      },
    ],
    caughtBy: {
      scenario: "failover/successor-loses-power-in-the-middle",
      sign: "expect promoted h2 h3: found h2 h5",
    },
  },
  {
    fault: "NAMELESS",
    regression: "a master that the group has not named stays one",
    edits: [
      {
        file: "src/core/takeover/own-xapi.ts",
        from: 'if (role.kind === "master") return standDown(memory, { host: named, address }, round);',
        to: 'if (role.kind === "master") return null;',
      },
    ],
    caughtBy: {
      scenario: "group/cold-start-with-two-databases",
      sign: "expect key HA_MONITOR_DELAY 15: found 10",
    },
  },
  {
    fault: "STAMP",
    regression: "an administrator's word is taken for any master that answers, whatever database it has",
    edits: [
      {
        file: "src/core/group/wanted-roll.ts",
        from: "answersAsMaster(said(host)) && said(host)?.office === officeText(roll.office);",
        to: "answersAsMaster(said(host));",
      },
    ],
    caughtBy: {
      file: "test/unit/core/group/administrators-word.test.ts",
      test: "c has an older database: as it is",
    },
  },
  {
    fault: "PROMNOPROOF",
    regression: "a leader names itself in the place of a master that nobody has proved off",
    edits: [
      {
        file: "src/core/group/wanted-roll.ts",
        from: "const isMasterGone = state.voting.off.has(roll.master) || hasNamedResigned(state, roll, sight);",
        to: "const isMasterGone = true;",
      },
    ],
    caughtBy: { scenario: "failover/master-dies", sign: "rule promoted-before-fence broken" },
  },
  {
    fault: "LEADOLD",
    regression: "a master starts VMs by a database that has not the office of the roll",
    edits: [
      {
        file: "src/core/takeover/hold-starts.ts",
        from: "if (!hasOffice(round))",
        to: "if (!hasOffice(round) && memory.promotion !== null)",
      },
    ],
    caughtBy: {
      file: "test/unit/core/takeover/hold-starts.test.ts",
      test: "its database has an older office: this master has not written its office",
    },
  },
  {
    fault: "AFTER",
    regression: "the no of a host counts whomever its xapi follows",
    edits: [{ file: "src/core/restart/who-runs.ts", from: 'if (!isOurs) return "follows-another";', to: "" }],
    caughtBy: {
      file: "test/unit/core/restart/who-runs.test.ts",
      test: "the no of a host that follows another master: h2 follows another master, which may be starting it there",
    },
  },
  {
    fault: "KEEPROUTE",
    regression: "a new master's xapi waits for the dead one",
    edits: [
      {
        file: "src/core/takeover/become-master.ts",
        from: "route: wantedRoute(asked, round)",
        to: "route: null",
      },
    ],
    caughtBy: {
      scenario: "failover/a-new-master-does-not-wait-for-the-dead-one",
      sign: "68s  expect all-once",
    },
  },
];
