import { describe, expect, test } from "bun:test";
import { renderDefaultFile } from "../../../src/config/default-file.ts";
import { parseOverrideFile } from "../../../src/config/override-file.ts";
import {
  defaultText,
  findParameter,
  PARAMETERS,
  type ParameterName,
  ROWS,
  type Settings,
} from "../../../src/config/params.ts";
import { poolKey } from "../../../src/config/pool-keys.ts";
import { type Resolved, resolveSettings, type Source } from "../../../src/config/resolve.ts";
import { FUNCTION_NAMES } from "../../../src/core/model/alert.ts";
import type { CoreSettings } from "../../../src/core/model/settings.ts";
import { cpuMs } from "../cpu-time.ts";

type Texts = Readonly<Record<string, string>>;
const NOTHING = { override: {}, pool: {}, lastGood: {} };

describe("the table", () => {
  test("PARAMETERS: every row's default is rendered to a text that reads as the default", () => {
    for (const [known, row] of ROWS) {
      expect([known, row.kind.parse(defaultText(known))]).toEqual([known, { ok: true, value: row.default }]);
    }
  });

  test("PARAMETERS: every row has a sentence and says what is allowed", () => {
    for (const [known, row] of ROWS) {
      expect([known, row.meaning]).toEqual([known, expect.stringMatching(/\.$/)]);
      expect(row.kind.allowed).not.toBe("");
    }
  });

  test("PARAMETERS: the only secrets are credentials", () => {
    const secrets = [...ROWS].filter(([, row]) => row.secret).map(([known]) => known);
    expect(secrets).toEqual(["SMTP_USER", "SMTP_PASS", "FENCE_PASSWD"]);
  });

  test("findParameter: any case, and no two parameters differ in case only", () => {
    expect(findParameter("fence_method")).toBe("FENCE_METHOD");
    expect(findParameter("log_FENCE_host")).toBe("LOG_fence_host");
    expect(findParameter("__proto__")).toBeUndefined();
    expect(new Set([...ROWS.keys()].map((known) => known.toUpperCase())).size).toBe(ROWS.size);
  });

  test("defaults: those of HA-Lizard's manual", () => {
    const { settings, problems } = resolveSettings(NOTHING);
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      MONITOR_DELAY: 45,
      MONITOR_SCANRATE: 10,
      MONITOR_MAX_STARTS: 40,
      MONITOR_KILLALL: true,
      XC_FIELD_NAME: "ha-lizard-enabled",
      OP_MODE: 2,
      GLOBAL_VM_HA: true,
      DISABLED_VAPPS: [],
      ENABLE_LOGGING: true,
      XE_TIMEOUT: 5,
      XAPI_COUNT: 5,
      XAPI_DELAY: 15,
      XAPI_DOWN_TOLERANCE: 300,
      SLAVE_HA: true,
      PROMOTE_SLAVE: true,
      SLAVE_VM_STAT: false,
      HOST_SELECT_METHOD: 0,
      RESTART_STOPPED: false,
      RESTART_ON_GUEST_SHUTDOWN: true,
      START_WAITS_FOR: "nothing",
      START_WAITS_LIMIT: 180,
      ANTI_AFFINITY_TAGS: [],
      SPARE_HOSTS: [],
      MAIL_ON: true,
      MAIL_SUBJECT: "SYSTEM_ALERT-FROM_HOST:$HOSTNAME",
      MAIL_FROM: "root@localhost",
      MAIL_TO: ["root@localhost"],
      SMTP_SERVER: "127.0.0.1",
      SMTP_PORT: 25,
      SMTP_USER: "",
      SMTP_PASS: "",
      SMTP_TLS: "auto",
      MAIL_SCREEN_TIME: 60,
      ENABLE_ALERTS: true,
      HEARTBEAT_PORT: 694,
      START_GUARD: true,
      PLUGIN_WRITE: false,
      FENCE_ENABLED: true,
      FENCE_METHOD: "POOL",
      FENCE_FILE_LOC: "/etc/ha-lizard/fence",
      FENCE_ACTION: "stop",
      FENCE_PASSWD: "",
      FENCE_USER: "",
      FENCE_IPADDRESS: "",
      FENCE_TIMEOUT: 60,
      FENCE_WATCHDOG_TIMEOUT: 30,
      FENCE_HA_ONFAIL: false,
      FENCE_HOST_FORGET: false,
      FENCE_MIN_HOSTS: 3,
      FENCE_QUORUM_REQUIRED: true,
      FENCE_REBOOT_LONE_HOST: false,
      FENCE_USE_IP_HEURISTICS: false,
      FENCE_HEURISTICS_IPS: [],
      TIE_BREAKER: "none",
      TIE_BREAKER_PLACE: "",
      logOff: new Set(["write_pool_state"]),
      mailOff: new Set(),
    } satisfies Settings);
    const core: CoreSettings = settings;
    expect(core.OP_MODE).toBe(2);
  });

  test("resolveSettings: an override whose line is not understood stays what it was, also the next time", () => {
    const lastGood = { FENCE_METHOD: "POOL", OVERRIDE_FENCE_METHOD: "ILO" };
    const input = { override: {}, pool: { HA_FENCE_METHOD: "POOL" }, lastGood };
    expect(resolveSettings(input).settings.FENCE_METHOD).toBe("POOL");
    const resolved = resolveSettings({ ...input, unclear: ["FENCE_METHOD"] });
    expect(resolved.settings.FENCE_METHOD).toBe("ILO");
    expect(resolved.lastGood["OVERRIDE_FENCE_METHOD"]).toBe("ILO");
  });

  test("resolveSettings: of an earlier line and the last good copy the copy counts, and the line where there is none", () => {
    const input = {
      override: { FENCE_METHOD: "IPMI" },
      unclear: ["FENCE_METHOD"],
      pool: { HA_FENCE_METHOD: "POOL" },
    };
    const method = (lastGood: Record<string, string>) =>
      resolveSettings({ ...input, lastGood }).settings.FENCE_METHOD;
    expect(method({ OVERRIDE_FENCE_METHOD: "ILO" })).toBe("ILO");
    expect(method({ FENCE_METHOD: "POOL" })).toBe("IPMI");
  });

  test("renderDefaultFile: all of it is comment, and without the # it holds every default", () => {
    const text = renderDefaultFile();
    expect(parseOverrideFile(text)).toEqual({ values: {}, unclear: [], problems: [] });
    const { values, problems } = parseOverrideFile(text.replace(/^#(?=[A-Z]+_)/gm, ""));
    expect(problems).toEqual([]);
    const settable = [...ROWS].filter(([, row]) => row.scope !== "watchdog").map(([known]) => known);
    expect(values).toEqual(Object.fromEntries(settable.map((known) => [known, defaultText(known)])));
    expect(Object.keys(values)).toHaveLength(Object.keys(PARAMETERS).length - 1 + 2 * FUNCTION_NAMES.length);
  });
});

/** FENCE_METHOD through every combination of what may stand where. `-` is absent, `null` a pool that cannot be read. */
const precedence: readonly (readonly [string, string | null, string, string, Source, number])[] = [
  // override, pool, last good -> value, source, number of problems
  ["-", "-", "-", "POOL", "default", 0],
  ["-", null, "-", "POOL", "default", 0],
  ["-", "ILO", "-", "ILO", "pool", 0],
  ["-", "ILO", "IPMI", "ILO", "pool", 0],
  ["-", null, "IPMI", "IPMI", "last-good", 0],
  ["-", "-", "IPMI", "IPMI", "last-good", 1],
  ["-", "", "IPMI", "IPMI", "last-good", 1],
  ["-", "I LO", "IPMI", "IPMI", "last-good", 1],
  ["-", "I LO", "-", "POOL", "default", 1],
  ["-", "I LO", "I PMI", "POOL", "default", 2],
  ["-", null, "I PMI", "POOL", "default", 1],
  ["XVM", "-", "-", "XVM", "override", 0],
  ["XVM", "ILO", "IPMI", "XVM", "override", 0],
  ["XVM", null, "IPMI", "XVM", "override", 0],
  ["XVM", "I LO", "-", "XVM", "override", 1],
  ["X VM", "ILO", "-", "ILO", "pool", 1],
  ["X VM", null, "IPMI", "IPMI", "last-good", 1],
  ["X VM", "-", "-", "POOL", "default", 1],
  ["", "ILO", "-", "ILO", "pool", 1],
];

const texts = (key: string, value: string): Texts => (value === "-" ? {} : { [key]: value });

function resolveMethod(override: string, pool: string | null, lastGood: string): Resolved {
  return resolveSettings({
    override: texts("FENCE_METHOD", override),
    pool: pool === null ? null : { HA_FENCE_ENABLED: "1", ...texts("HA_FENCE_METHOD", pool) },
    lastGood: texts("FENCE_METHOD", lastGood),
  });
}

for (const [override, pool, lastGood, value, source, problems] of precedence) {
  test(`resolveSettings: override ${override || "empty"}, pool ${pool ?? "unread"}, last good ${lastGood}: ${value} from ${source}`, () => {
    const resolved = resolveMethod(override, pool, lastGood);
    expect(resolved.settings.FENCE_METHOD).toBe(value);
    expect(resolved.sources.get("FENCE_METHOD")).toBe(source);
    expect(resolved.problems).toHaveLength(problems);
  });
}

describe("resolveSettings", () => {
  const good = {
    HA_FENCE_METHOD: "ILO",
    HA_FENCE_QUORUM_REQUIRED: "1",
    HA_XAPI_COUNT: "9",
    HA_XC_FIELD_NAME: "ha",
  };
  const first = resolveSettings({ ...NOTHING, pool: good });

  test("a good read becomes the last good copy", () => {
    expect(first.lastGood).toEqual({
      FENCE_METHOD: "ILO",
      FENCE_QUORUM_REQUIRED: "1",
      XAPI_COUNT: "9",
      XC_FIELD_NAME: "ha",
    });
  });

  const badReads: Readonly<Record<string, Texts | null>> = {
    "no answer": null,
    "an empty map": {},
    "another program's keys only": { auto_poweron: "true" },
    "the gap while a key is changed": {
      HA_FENCE_QUORUM_REQUIRED: "1",
      HA_XAPI_COUNT: "9",
      HA_XC_FIELD_NAME: "ha",
    },
    "empty values": {
      HA_FENCE_METHOD: "",
      HA_FENCE_QUORUM_REQUIRED: "",
      HA_XAPI_COUNT: "",
      HA_XC_FIELD_NAME: "",
    },
    nonsense: {
      HA_FENCE_METHOD: "../x",
      HA_FENCE_QUORUM_REQUIRED: "no",
      HA_XAPI_COUNT: "0",
      HA_XC_FIELD_NAME: "=",
    },
  };
  for (const [what, pool] of Object.entries(badReads)) {
    test(`a bad read (${what}) changes no value, and the last good copy stays`, () => {
      const next = resolveSettings({ override: {}, pool, lastGood: first.lastGood });
      expect(next.settings).toEqual(first.settings);
      expect(next.lastGood).toEqual(first.lastGood);
      expect(next.problems.length > 0).toBe(pool !== null);
    });
  }

  test("parameters that all vanished are reported in one sentence, and insert replaces them", () => {
    const gone = resolveSettings({ override: {}, pool: {}, lastGood: first.lastGood });
    expect(gone.problems).toEqual([
      "The pool database holds no parameters any more: the last good ones stay in force until ha-cfg insert",
    ]);
    const inserted = resolveSettings({
      override: {},
      pool: { HA_FENCE_METHOD: "POOL" },
      lastGood: gone.lastGood,
    });
    expect(inserted.settings.FENCE_METHOD).toBe("POOL");
  });

  test("a pool without parameters and without a last good copy is no problem: nothing was lost", () => {
    expect(resolveSettings(NOTHING).problems).toEqual([]);
  });

  test("an empty value where nothing is allowed to stand is a decision, not a bad read", () => {
    const next = resolveSettings({
      override: {},
      pool: { HA_FENCE_PASSWD: "" },
      lastGood: { FENCE_PASSWD: "old" },
    });
    expect(next.settings.FENCE_PASSWD).toBe("");
    expect(next.problems).toEqual([]);
  });

  test("an override that was good once outlives a typing error, and is forgotten when its line is removed", () => {
    const pool = { HA_FENCE_METHOD: "POOL" };
    const before = resolveSettings({ override: { FENCE_METHOD: "ILO" }, pool, lastGood: {} });
    const typo = resolveSettings({ override: { FENCE_METHOD: "IL O" }, pool, lastGood: before.lastGood });
    expect([typo.settings.FENCE_METHOD, typo.sources.get("FENCE_METHOD")]).toEqual(["ILO", "last-good"]);
    const again = resolveSettings({ override: { FENCE_METHOD: "IL O" }, pool, lastGood: typo.lastGood });
    expect(again.settings.FENCE_METHOD).toBe("ILO");
    const removed = resolveSettings({ override: {}, pool, lastGood: again.lastGood });
    expect(removed.settings.FENCE_METHOD).toBe("POOL");
    expect(removed.lastGood).toEqual({ FENCE_METHOD: "POOL" });
  });

  test("resolving again with its own last good copy changes nothing", () => {
    const override = { XE_TIMEOUT: "7", LOG_fence_host: "0" };
    const once = resolveSettings({ override, pool: good, lastGood: {} });
    const twice = resolveSettings({ override, pool: good, lastGood: once.lastGood });
    expect(twice).toEqual(once);
  });

  test("quotes around a value of the pool are not part of it, those of a password are", () => {
    const pool = { HA_XC_FIELD_NAME: "'ha'", HA_FENCE_HEURISTICS_IPS: '"()"', HA_SMTP_PASS: "'x'" };
    const { settings, problems } = resolveSettings({ ...NOTHING, pool });
    expect([settings.XC_FIELD_NAME, settings.FENCE_HEURISTICS_IPS, settings.SMTP_PASS]).toEqual([
      "ha",
      [],
      "'x'",
    ]);
    expect(problems).toEqual([]);
  });

  test("no secret in a problem: invalid value, mistyped name, wrong place", () => {
    const secret = "hunter2\u0007";
    const override = { FENCE_PASSWD: secret, FENCE_PASWD: secret, "SMTP_PASS ": secret, smtp_pass: secret };
    const pool = { HA_SMTP_PASS: secret, HA_SMTP_PASSWORD: secret, HA_LOG_email: secret };
    const { problems } = resolveSettings({
      override,
      pool,
      lastGood: { SMTP_USER: secret, SMTP_PASS: secret },
    });
    expect(problems.length).toBeGreaterThanOrEqual(8);
    expect(problems.join("\n")).not.toContain("hunter2");
    expect(problems.join("\n")).toContain("did you mean FENCE_PASSWD?");
  });

  test("an override file that cannot be read keeps what it said before", () => {
    const first = resolveSettings({
      override: { FENCE_METHOD: "ILO" },
      pool: { HA_FENCE_METHOD: "POOL" },
      lastGood: {},
    });
    const unread = { override: null, pool: { HA_FENCE_METHOD: "POOL" }, lastGood: first.lastGood };
    expect(resolveSettings(unread).settings.FENCE_METHOD).toBe("ILO");
    expect(resolveSettings({ ...unread, override: {} }).settings.FENCE_METHOD).toBe("POOL");
  });

  test("LOG_ and MAIL_ switches are read from the override file only", () => {
    const override = {
      LOG_fence_host: "0",
      LOG_write_pool_state: "1",
      MAIL_email: "0",
      MAIL_vm_mon: "maybe",
    };
    const { settings, problems } = resolveSettings({ override, pool: { HA_LOG_email: "0" }, lastGood: {} });
    expect(settings.logOff).toEqual(new Set(["fence_host"]));
    expect(settings.mailOff).toEqual(new Set(["email"]));
    expect(problems).toHaveLength(2);
  });

  test("parameters of HA-Lizard 2.x that are not used are named once for each place", () => {
    const override = {
      POST_VERSION: "1",
      DISK_MONITOR: "1",
      PRIORITY_email: "0",
      PRIORITY_vm_mon: "1",
      LOG_log: "1",
    };
    const pool = {
      HA_MGT_LINK_LOSS_TOLERANCE: "5",
      HA_DISK_MONITOR: "1",
      HA_FENCE_LOG: "/var/log/ha-lizard",
    };
    expect(resolveSettings({ override, pool, lastGood: {} }).problems).toEqual([
      "Parameters of HA-Lizard 2.x in the override file that are not used: DISK_MONITOR, LOG_*, POST_VERSION, PRIORITY_*",
      "Parameters of HA-Lizard 2.x in the pool database that are not used: HA_DISK_MONITOR, HA_FENCE_LOG, HA_MGT_LINK_LOSS_TOLERANCE",
    ]);
  });

  test("the watchdog's parameter is set in its script", () => {
    const { problems } = resolveSettings({ ...NOTHING, override: { WATCH_INTERVAL: "5" } });
    expect(problems.join()).toContain("/etc/init.d/ha-lizard-watchdog");
  });

  test("keys named like properties of every object are unknown names", () => {
    const odd = Object.fromEntries([
      ["__proto__", "1"],
      ["constructor", "1"],
      ["HA_toString", "1"],
      ["HA_", "1"],
    ]);
    expect(resolveSettings({ override: odd, pool: odd, lastGood: odd }).settings).toEqual(
      resolveSettings(NOTHING).settings,
    );
  });

  test("every pool parameter is read from its HA_ key", () => {
    const samples = new Map<ParameterName, string>();
    for (const [known, row] of ROWS) if (row.scope === "pool") samples.set(known, defaultText(known));
    const pool = Object.fromEntries([...samples].map(([known, text]) => [poolKey(known), text]));
    const { sources, problems, lastGood } = resolveSettings({ ...NOTHING, pool });
    expect(problems).toEqual([]);
    expect(lastGood).toEqual(Object.fromEntries(samples));
    for (const known of samples.keys()) expect([known, sources.get(known)]).toEqual([known, "pool"]);
  });
});

test("resolveSettings: a pool map full of names that are none of ours is said in a few sentences", () => {
  const pool = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`HA_no_such_${at}`, "x"]));
  const began = cpuMs();
  const { problems } = resolveSettings({ override: {}, pool, lastGood: {} });
  expect(problems.length).toBe(21);
  expect(problems.at(-1)).toBe("Cannot use 49980 more names of the pool database");
  expect(cpuMs() - began).toBeLessThan(1_000);
});

test("resolveSettings: a name from outside cannot begin a line of its own", () => {
  const { problems } = resolveSettings({ override: {}, pool: { "HA_x\nroot: y": "1" }, lastGood: {} });
  expect(problems[0]).toStartWith('Cannot use "HA_x\\nroot: y" of the pool database: ');
});
