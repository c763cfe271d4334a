import { describe, expect, test } from "bun:test";
import { parseOverrideFile } from "../../../src/config/override-file.ts";
import { ROWS } from "../../../src/config/params.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { POOL_OF_2X } from "./pool-of-2x.ts";

describe("a pool that HA-Lizard 2.x has set up", () => {
  const { settings, problems, sources } = resolveSettings({ override: {}, pool: POOL_OF_2X, lastGood: {} });

  test("is read as it is", () =>
    expect(settings).toMatchObject({
      FENCE_METHOD: "ILO",
      FENCE_MIN_HOSTS: 2,
      FENCE_PASSWD: 'it\'s "secret" $HOME',
      FENCE_HEURISTICS_IPS: ["10.10.10.1", "10.10.10.2"],
      GLOBAL_VM_HA: false,
      MAIL_SUBJECT: "SYSTEM_ALERT-FROM_HOST:$HOSTNAME",
      MAIL_TO: ["ops@example.org", "night@example.org"],
      MONITOR_DELAY: 15,
      SMTP_PORT: 25,
      XC_FIELD_NAME: "ha-lizard-enabled",
      DISABLED_VAPPS: [],
    }));

  test("what it wrote and we do not use is named once, and is no fault", () =>
    expect(problems).toEqual([
      "Parameters of HA-Lizard 2.x in the pool database that are not used: HA_DISK_MONITOR, HA_MGT_LINK_LOSS_TOLERANCE",
    ]));

  test("only what it does not know is ours", () => {
    const ours = [...sources].filter(
      ([name, source]) => source === "default" && !/^(LOG|MAIL)_[a-z]/.test(name),
    );
    expect(ours.map(([name]) => name)).toEqual([
      "XAPI_DOWN_TOLERANCE",
      "RESTART_STOPPED",
      "RESTART_ON_GUEST_SHUTDOWN",
      "START_WAITS_FOR",
      "START_WAITS_LIMIT",
      "ANTI_AFFINITY_TAGS",
      "SPARE_HOSTS",
      "SMTP_TLS",
      "MAIL_SCREEN_TIME",
      "HEARTBEAT_PORT",
      "START_GUARD",
      "PLUGIN_WRITE",
      "FENCE_USER",
      "FENCE_TIMEOUT",
      "FENCE_WATCHDOG_TIMEOUT",
      "TIE_BREAKER",
      "TIE_BREAKER_PLACE",
    ]);
  });

  test("what we write, it can read: no quotes, 0 and 1, its own lists, no line breaks", () => {
    const values: Readonly<Record<string, unknown>> = settings;
    for (const [name, row] of ROWS) {
      if (row.scope !== "pool") continue;
      const text = row.kind.render(values[name]);
      if (row.kind.label === "flag") expect([name, text]).toEqual([name, expect.stringMatching(/^[01]$/)]);
      expect([name, text]).toEqual([name, expect.not.stringMatching(/[\r\n]|^["']/)]);
    }
    expect(ROWS.get("FENCE_HEURISTICS_IPS")?.kind.render(settings.FENCE_HEURISTICS_IPS)).toBe(
      "10.10.10.1:10.10.10.2",
    );
    expect(ROWS.get("MAIL_TO")?.kind.render(settings.MAIL_TO)).toMatch(
      /^ops@example.org[,;]night@example.org$/,
    );
    expect(ROWS.get("DISABLED_VAPPS")?.kind.render([])).toBe("()");
  });
});

test("an override file of 2.x: a shell's assignments, read as data", () => {
  const { values, problems } = parseOverrideFile(`#!/bin/bash
# Overrides of this host
FENCE_METHOD="IPMI"            # this host has another BMC
MAIL_SUBJECT="ALERT $HOSTNAME"
DISABLED_VAPPS=()
PRIORITY_fence_host=1
LOG_log=1
DISK_MONITOR=0
POST_VERSION=1
export XE_TIMEOUT=15
`);
  expect(problems).toEqual([]);
  const resolved = resolveSettings({ override: values, pool: POOL_OF_2X, lastGood: {} });
  expect(resolved.settings).toMatchObject({
    FENCE_METHOD: "IPMI",
    MAIL_SUBJECT: "ALERT $HOSTNAME",
    XE_TIMEOUT: 15,
    DISABLED_VAPPS: [],
  });
  expect(resolved.problems[0]).toBe(
    "Parameters of HA-Lizard 2.x in the override file that are not used: DISK_MONITOR, LOG_*, POST_VERSION, PRIORITY_*",
  );
});
