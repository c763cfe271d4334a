import type { FurtherMutant } from "./further-mutants.ts";

/** What is read, remembered, switched, started and told. */
export const FURTHER_DATA_MUTANTS: readonly FurtherMutant[] = [
  {
    fault: "F12",
    regression: "hosts that could not be read are no hosts",
    edits: [
      { file: "src/adapters/xapi/reader.ts", from: "  if (!hosts.ok) return hosts;\n", to: "" },
      {
        file: "src/adapters/xapi/reader.ts",
        from: '  if (hosts.value.size === 0) return malformed("host.get_all_records: a pool without a host");\n',
        to: "",
      },
      {
        file: "src/adapters/xapi/reader.ts",
        from: "      hosts: hosts.value,",
        to: "      hosts: hosts.ok ? hosts.value : new Map(),",
      },
    ],
    caughtBy: {
      file: "test/unit/adapters/xapi/reader-malformed.test.ts",
      test: "read: an error of host.get_all_records is the error of the read",
    },
  },
  {
    fault: "F12",
    regression: "halted VMs that could not be read are no halted VMs",
    edits: [
      { file: "src/adapters/xapi/reader.ts", from: "  if (!halted.ok) return halted;\n", to: "" },
      {
        file: "src/adapters/xapi/reader.ts",
        from: "      halted: halted.value,",
        to: "      halted: halted.ok ? halted.value : new Map(),",
      },
    ],
    caughtBy: {
      file: "test/unit/adapters/xapi/reader-malformed.test.ts",
      test: "read: an order with a fraction is malformed, and says where",
    },
  },
  {
    fault: "F12",
    regression: "a master that cannot read its database remembers that HA is off, with no members",
    edits: [
      {
        file: "src/core/roles/master.ts",
        from: "  return { memory, actions: [], reasons: [memory.promotion === null ? reason : restarting] };",
        to: `  const cached = memory.lastGood && { ...memory.lastGood, haFlag: "off" as const, members: [] };
  return { memory: { ...memory, lastGood: cached }, actions: [], reasons: [reason] };`,
      },
    ],
    caughtBy: {
      file: "test/unit/app/pass/iterate.test.ts",
      test: "XAPI's answer is timeout: said, nothing done, the last good view stays",
    },
  },
  {
    fault: "F13",
    regression: "a failed read is an empty configuration, and what is not in it has its default",
    edits: [
      {
        file: "src/app/pass/iterate.ts",
        from: `    if (view.database.ok) {
      pass.config = await refreshConfig(pass.config, ports, view.database.value.pool.otherConfig);
    }`,
        to: `    const read = view.database.ok ? view.database.value.pool.otherConfig : {};
    pass.config = await refreshConfig(pass.config, ports, read);`,
      },
      {
        file: "src/config/resolve.ts",
        from: "  } else if (work.pool !== null && last !== null) missing.push(known);",
        to: "  } else if (work.pool !== null) return null;",
      },
    ],
    caughtBy: {
      scenario: "fault/f13-a-failed-read-keeps-the-method",
      sign: 'expect not said "its power state was not confirmed"',
    },
  },
  {
    fault: "F18",
    regression: "a new master switches HA on",
    edits: [
      {
        file: "src/core/roles/master.ts",
        from: "return { memory: rest, actions: successor.actions,",
        to: `const on: Action = { kind: "set-pool-key", key: customFieldKey(field), value: "true" };
  const taken = memory.promotion === null ? [] : [on];
  return { memory: rest, actions: [...successor.actions, ...taken],`,
      },
    ],
    caughtBy: {
      scenario: "fault/f18-a-new-master-leaves-ha-off",
      sign: "ha-lizard-enabled false: found true",
    },
  },
  {
    fault: "F20",
    regression: "what failed is tried again with every pass",
    edits: [
      {
        file: "src/core/absorb.ts",
        from: "afterFailure(memory.retries[key], outcome.action.kind, nowMs)",
        to: "{ failures: 1, notBeforeMs: nowMs }",
      },
    ],
    caughtBy: { scenario: "fault/f20-a-start-that-fails-is-given-time", sign: "expect starts vm1 4: found" },
  },
  {
    fault: "F20",
    regression: "a VM that keeps halting is started at once for ever",
    edits: [
      {
        file: "src/core/pace/flapping.ts",
        from: "if (last === undefined || recent.length < FREE_STARTS) return 0;",
        to: "if (last === undefined || recent.length > 0) return 0;",
      },
    ],
    caughtBy: { scenario: "field/12-a-flapping-vm-is-given-time", sign: "expect vm vm2 nowhere: found" },
  },
  {
    fault: "F7",
    regression: "a VM that is being moved counts as one that runs twice",
    edits: [
      {
        file: "src/core/restart/differences.ts",
        from: "    .filter(({ busy }) => !busy)\n",
        to: "",
      },
    ],
    caughtBy: {
      file: "test/unit/core/restart/set-right.test.ts",
      test: "nothing is done when it is being moved, started or stopped",
    },
  },
  {
    fault: "X1",
    regression: "a xapi is restarted over a domain that the database has elsewhere, which ends that domain",
    edits: [
      {
        file: "src/app/pass/execute.ts",
        from: "residentOn === null || mayEnd.includes(uuid)",
        to: "residentOn !== host || mayEnd.includes(uuid)",
      },
    ],
    caughtBy: {
      file: "test/unit/app/pass/restart-xapi.test.ts",
      test: "restart-xapi: not over a VM that the database has elsewhere",
    },
  },
  {
    fault: "F24",
    regression: "a master in maintenance enables itself",
    edits: [
      {
        file: "src/core/roles/master.ts",
        from: "  const step = inOrder(next, round, ORDER);",
        to: `  const inTurn = inOrder(next, round, ORDER);
  const own = round.database.hosts.find((host) => host.uuid === round.view.self.uuid);
  const enable: readonly Action[] = own?.enabled === false ? [{ kind: "enable-host", host: own.uuid }] : [];
  const step = { ...inTurn, actions: [...inTurn.actions, ...enable] };`,
      },
    ],
    caughtBy: {
      scenario: "fault/f24-a-master-in-maintenance-stays-there",
      sign: "expect enabled h2 h3: found h1 h2 h3",
    },
  },
  {
    fault: "F25",
    regression: "what lasts is mailed with every pass",
    edits: [
      {
        file: "src/core/alerts/alert-policy.ts",
        from: "if (saysTheSame(memory.active[notice.key], notice.body)) continue;",
        to: "",
      },
      {
        file: "src/core/alerts/alert-policy.ts",
        from: "if (last !== undefined && nowMs - last.atMs < screenMs) {",
        to: "if (false) {",
      },
    ],
    caughtBy: {
      scenario: "fault/f25-one-mail-of-what-lasts",
      sign: 'expect mailed 1x "h3 is down": found',
    },
  },
  {
    fault: "F26",
    regression: "the password of the fence device is an argument of the agent",
    edits: [
      {
        file: "src/adapters/fencing/fence-agent.ts",
        from: "[agentOf(request), host, action]",
        to: "[agentOf(request), host, action, request.device.password]",
      },
    ],
    caughtBy: {
      file: "test/unit/adapters/fencing/fencer-script.test.ts",
      test: "no process of the attempt has the password in its command line, from its start to its end",
    },
  },
];
