/** A regression of ours that recreates a fault of the existing software, and what has to see it. */
export interface Mutant {
  /** Row of the list of faults. */
  readonly fault: string;
  /** What goes wrong. */
  readonly regression: string;
  readonly edits: readonly Edit[];
  /** Scenarios of which at least one claim or rule must break. */
  readonly scenarios?: readonly string[];
  /** Test file and a part of the name of a test that must fail. */
  readonly tests?: readonly (readonly [file: string, name: string])[];
}

/** `from` stands exactly once in the file, or the mutant has gone stale. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    fault: "F1",
    regression: "the heuristic IPs vote on both sides of every partition",
    edits: [
      {
        file: "src/core/members/vote.ts",
        from: "return hosts.length > 0 && heardOnRoll(view).length * 2 === hosts.length;",
        to: "return hosts.length > 0;",
      },
      { file: "src/core/roles/slave.ts", from: "if (isolated !== null) return isolated;", to: "" },
    ],
    scenarios: ["fault/f01-gateway-votes-in-a-tie-only"],
  },
  {
    fault: "F2",
    regression: "POOL counts as a proof, so XAPI is told that the host is dead without being asked",
    edits: [
      { file: "src/core/fencing/fence-policy.ts", from: 'return method !== "POOL";', to: "return true;" },
    ],
    scenarios: ["setup-pool/slave-dies-pool-method"],
  },
  {
    fault: "F3",
    regression: "the exit code of a fence agent is lost",
    edits: [
      {
        file: "src/adapters/fencing/fencer-script.ts",
        from: 'if (end.exitCode === 0) return { kind: "fenced" };',
        to: 'if (end.exitCode !== null && end.exitCode !== BUSY) return { kind: "fenced" };',
      },
    ],
    tests: [["test/unit/adapters/fencing/fencer-script.test.ts", "exit"]],
  },
  {
    fault: "F4",
    regression: "OP_MODE=1 starts nothing",
    edits: [
      {
        file: "src/core/restart/restart-plan.ts",
        from: "if (appliance.haltedVms.length === 0) continue;",
        to: "continue;",
      },
    ],
    scenarios: ["fault/f04-appliances-are-started"],
  },
  {
    fault: "F5",
    regression: "a host lives when a web page says so",
    edits: [
      {
        file: "src/adapters/peers/peer-prober.ts",
        from: 'return answer.ok ? answer.value === uuid : answer.fault.kind === "api";',
        to: 'return text.includes("XenServer");',
      },
    ],
    tests: [["test/unit/adapters/peers/peer-prober.test.ts", "probe"]],
  },
  {
    fault: "F6",
    regression: "a host whose toolstack restarts counts as dead",
    edits: [
      {
        file: "src/core/members/host-health.ts",
        from: "if (isHeardNow(heard) || isTolerated) {",
        to: 'if (heard === "reported") {',
      },
    ],
    scenarios: ["setup-two-node/toolstacks-hang"],
  },
  {
    fault: "F7",
    regression: "a slave that was cut off keeps its copies of VMs that run elsewhere",
    edits: [
      {
        file: "src/core/restart/comparison.ts",
        from: "!left.vms.includes(uuid)) return null;",
        to: "left.vms.length >= 0) return null;",
      },
    ],
    scenarios: ["fault/f07-leftover-is-ended"],
  },
  {
    fault: "F9",
    regression: "locks on disks are broken by force before a start",
    edits: [
      {
        file: "src/adapters/xapi/starter.ts",
        from: "    for (const [index, candidate] of candidates.entries()) {",
        to: `    const vdis = await session.call("VDI.get_all_records", [], signal);
    for (const [vdi, record] of Object.entries(vdis.ok ? (vdis.value as object) : {}))
      for (const key of Object.keys(record.sm_config))
        await session.call("VDI.remove_from_sm_config", [vdi, key], signal);
    for (const [index, candidate] of candidates.entries()) {`,
      },
    ],
    scenarios: ["fault/f09-locks-are-not-broken"],
  },
  {
    fault: "F10",
    regression: "after the first failed host the others are not dealt with",
    edits: [
      {
        file: "src/core/fencing/recover-hosts.ts",
        from: "for (const host of [...hosts].sort((a, b) => failures(a) - failures(b))) {",
        to: "for (const host of hosts.slice(0, 1)) {",
      },
    ],
    scenarios: ["fault/f10-two-hosts-at-once"],
  },
  {
    fault: "F11",
    regression: "an incident ends only when no host is failed",
    edits: [
      {
        file: "src/core/fencing/recover-hosts.ts",
        from: "if (incident !== null && row.isAlive) return",
        to: "if (incident !== null && row.isAlive && Object.keys(memory.incidents).length === 1) return",
      },
    ],
    scenarios: ["fault/f11-a-host-fails-again"],
  },
  {
    fault: "F12",
    regression: "a read that timed out writes into the caches that HA is off",
    edits: [
      {
        file: "src/core/roles/slave.ts",
        from: "const calm: Memory = { ...before, incidents, promotion, promoted: null, retries };",
        to: `const cached = before.lastGood && { ...before.lastGood, haFlag: "off" as const };
  const calm: Memory = { ...before, lastGood: cached, incidents: {}, promotion, promoted: null, retries };`,
      },
    ],
    scenarios: ["fault/f12-a-read-that-hangs-changes-nothing"],
  },
  {
    fault: "F13",
    regression: "parameters that cannot be read are the defaults, POOL among them",
    edits: [
      {
        file: "src/app/pass/pass-config.ts",
        from: "return lastGood !== null || (databaseRead && override !== null);",
        to: "return lastGood !== null || databaseRead || override !== null;",
      },
    ],
    tests: [["test/unit/app/pass/iterate.test.ts", "parameters that cannot be read decide nothing"]],
  },
  {
    fault: "F14",
    regression: "a host that is alone reboots itself again and again",
    edits: [
      {
        file: "src/core/takeover/isolation.ts",
        from: "if (!settings.FENCE_REBOOT_LONE_HOST || isolation.rebooted)",
        to: "if (!settings.FENCE_REBOOT_LONE_HOST)",
      },
    ],
    scenarios: ["fault/f14-one-reboot"],
  },
  {
    fault: "F15",
    regression: "the successor is the lowest uuid, alive or not",
    edits: [
      {
        file: "src/core/takeover/successor.ts",
        from: "  return [...kept, ...joining];",
        to: "  return [...candidates.map((candidate) => candidate.uuid)].sort().slice(0, 1).concat(kept.slice(0, 0), joining.slice(0, 0));",
      },
    ],
    tests: [["test/unit/core/takeover/successor.test.ts", ""]],
  },
  {
    fault: "F16",
    regression: "power states are reset by what was known before, without asking a host that may live",
    edits: [
      {
        file: "src/adapters/xapi/recovery.ts",
        from: "return proved ? declareProved(context, ref.value, signal) : declareUnproved(context, ref.value, signal);",
        to: "return declareProved(context, ref.value, signal);",
      },
    ],
    scenarios: ["fence/method-pool-respects-host-is-live"],
  },
  {
    fault: "F18",
    regression: "a master switches HA on that the administrator has switched off",
    edits: [
      {
        file: "src/core/roles/master.ts",
        from: "return { memory: rest, actions: successor.actions,",
        to: `const on: Action = { kind: "set-pool-key", key: customFieldKey(field), value: "true" };
  return { memory: forgetTrouble(memory, round), actions: [...successor.actions, on],`,
      },
    ],
    tests: [["test/simulated/pool/failover.test.ts", "HA off: nothing is done"]],
  },
  {
    fault: "F20",
    regression: "a VM that keeps halting is started without end",
    edits: [
      {
        file: "src/core/pace/flapping.ts",
        from: "if (last === undefined || recent.length < FREE_STARTS) return 0;",
        to: "if (last === undefined || recent.length > 0) return 0;",
      },
    ],
    tests: [["test/simulated/pool/failover.test.ts", "that keeps dying is not started for ever"]],
  },
  {
    fault: "F21",
    regression: "VMs are started that were never started here, or whose start is blocked",
    edits: [
      { file: "src/core/restart/restart-plan.ts", from: 'return "never-ran-here";', to: "return null;" },
      {
        file: "src/core/restart/restart-plan.ts",
        from: 'return vm.startBlocked ? "start-blocked" : null;',
        to: "return null;",
      },
    ],
    scenarios: ["fault/f21-what-is-down-stays-down"],
  },
  {
    fault: "F23",
    regression: "everything waits for the slowest: a VM waits behind a fence",
    edits: [
      {
        file: "src/app/pass/iterate.ts",
        from: "await Promise.race([...pass.inFlight.values(), tick]);",
        to: "await Promise.all([...pass.inFlight.values()]);",
      },
    ],
    scenarios: ["fault/f23-nothing-waits-for-a-fence"],
  },
  {
    fault: "F24",
    regression: "a host in maintenance is silently enabled again",
    edits: [
      {
        file: "src/core/fencing/re-enable.ts",
        from: "  for (const incident of Object.values(memory.incidents)) {",
        to: `  after = { ...memory, incidents: {} };
  const disabled = round.database.hosts.filter((host) => !host.enabled);
  for (const incident of disabled.map((host) => ({ host: host.uuid, phase: "returned" as const, returnedAtMs: 0 }))) {`,
      },
    ],
    scenarios: ["fault/f24-maintenance-is-respected"],
  },
  {
    fault: "F25",
    regression: "what lasts is told again with every pass",
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
    tests: [["test/unit/core/alerts/alert-policy.test.ts", "a condition is told when it begins"]],
  },
];
