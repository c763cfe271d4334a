import { FUNCTION_NAMES, type FunctionName } from "../core/model/alert.ts";
import { host, hosts, mailAddress, mailAddresses, tags, uuids } from "./addresses.ts";
import { tiePlace } from "./tie-place.ts";
import { choice, count, flag, type Kind, minutes, name, names, path, port, seconds, text } from "./values.ts";

/**
 * Where a parameter is kept. pool: in the pool database as `HA_<NAME>`, and this host's override file before that;
 * host: override file only; watchdog: a variable in /etc/init.d/ha-lizard-watchdog.
 */
export type Scope = "pool" | "host" | "watchdog";

/** One row of the table of parameters. */
export interface Parameter<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  readonly meaning: string;
  readonly scope: Scope;
  /** Never shown, logged or mailed. */
  readonly secret: boolean;
  readonly mark: "new" | "deprecated" | null;
  /** A value that `ha-cfg set` accepts with a word of warning. */
  readonly warns: { readonly at: T; readonly text: string } | null;
  /** Hosts that have different values do not understand each other: `ha-cfg set` changes it only while HA is off. */
  readonly onlyWhileOff: boolean;
}

type Extras<T> = Partial<Pick<Parameter<T>, "scope" | "secret" | "mark" | "warns" | "onlyWhileOff">>;

function row<T>(
  kind: Kind<T>,
  standard: NoInfer<T>,
  meaning: string,
  extras?: Extras<NoInfer<T>>,
): Parameter<T> {
  return {
    kind,
    default: standard,
    meaning,
    scope: "pool",
    secret: false,
    mark: null,
    warns: null,
    onlyWhileOff: false,
    ...extras,
  };
}

const FIELD_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/;
const METHOD_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;
const METHODS = ["POOL", "ILO", "XVM", "IPMI", "REDFISH", "WATCHDOG"];

/**
 * The table. Defaults are those of HA-Lizard's manual where it has the parameter; parser, validation, help and default
 * override file all derive from it.
 */
export const PARAMETERS = {
  MONITOR_DELAY: row(seconds(1, 3600), 45, "Time between iterations."),
  MONITOR_SCANRATE: row(seconds(1, 600), 10, "Wait while the previous iteration still runs."),
  MONITOR_MAX_STARTS: row(count(1, 1000), 40, "Such waits before a running iteration counts as hung."),
  MONITOR_KILLALL: row(flag(), true, "Kill a hung iteration."),
  XC_FIELD_NAME: row(
    name(FIELD_NAME, "letters, digits, spaces, '.', '_' and '-', at most 64"),
    "ha-lizard-enabled",
    "Custom field for HA on/off (pool and VM) and the health of a host.",
  ),
  OP_MODE: row(choice(1, 2), 2, "1 = manage appliances, 2 = manage VMs."),
  GLOBAL_VM_HA: row(
    flag(),
    true,
    "1 = manage every VM, 0 = only VMs whose HA flag is true (with OP_MODE 2).",
  ),
  DISABLED_VAPPS: row(uuids(), [], "Appliances that are left alone (with OP_MODE 1)."),
  ENABLE_LOGGING: row(flag(), true, "Log to syslog."),
  XE_TIMEOUT: row(seconds(1, 300), 5, "Deadline of one ordinary call to XAPI."),
  XAPI_COUNT: row(count(1, 100), 5, "Retries before a suspect host has failed."),
  XAPI_DELAY: row(seconds(1, 300), 15, "Time between those retries."),
  XAPI_DOWN_TOLERANCE: row(
    seconds(0, 86_400),
    300,
    "How long a host whose monitor is silent may answer ping without XAPI before it counts as not alive; 0 = at once.",
    { mark: "new", warns: { at: 0, text: "the restart of a toolstack can now cost a living host its life" } },
  ),
  SLAVE_HA: row(
    flag(),
    true,
    "After its promotion a slave starts VMs or appliances (needs PROMOTE_SLAVE=1).",
  ),
  PROMOTE_SLAVE: row(flag(), true, "The successor may promote itself when the master has failed."),
  SLAVE_VM_STAT: row(flag(), false, "A slave starts halted VMs while the monitor of the master is silent."),
  HOST_SELECT_METHOD: row(choice(0, 1), 0, "0 = this program picks a healthy host, 1 = XAPI picks."),
  RESTART_STOPPED: row(
    flag(),
    false,
    "1 = start also what a client of XAPI (xe, XenCenter, Xen Orchestra) has stopped, as HA-Lizard 1.x and 2.x do; of one VM: the key HA_RESTART_STOPPED in its other_config.",
    { mark: "new" },
  ),
  RESTART_ON_GUEST_SHUTDOWN: row(
    flag(),
    true,
    "0 = what its own guest has shut down stays down, and so does what has crashed without a restart, which looks the same; of one VM: the key HA_RESTART_ON_GUEST_SHUTDOWN in its other_config.",
    { mark: "new" },
  ),
  START_WAITS_FOR: row(
    choice("nothing", "tools", "address"),
    "nothing",
    "What the next group of VM.order waits for, beside the start of the one before: tools = the guest agent of each of its VMs speaks, address = it has an IP address.",
    { mark: "new" },
  ),
  START_WAITS_LIMIT: row(
    seconds(1, 3_600),
    180,
    "So long after the start of a VM the next group waits for its guest at most.",
    { mark: "new" },
  ),
  ANTI_AFFINITY_TAGS: row(
    tags(),
    [],
    "VMs that have the same one of these tags are kept on different hosts when that is possible, beside those of a VM group of XAPI.",
    { mark: "new" },
  ),
  SPARE_HOSTS: row(uuids(), [], "Hosts that get a VM only when no other host can run it.", { mark: "new" }),
  MAIL_ON: row(flag(), true, "Mail alerts."),
  MAIL_SUBJECT: row(
    text(),
    "SYSTEM_ALERT-FROM_HOST:$HOSTNAME",
    "Subject of mails; $HOSTNAME is replaced, nothing else.",
  ),
  MAIL_FROM: row(mailAddress(), "root@localhost", "Sender of mails."),
  MAIL_TO: row(mailAddresses(), ["root@localhost"], "Who gets the mails."),
  SMTP_SERVER: row(host("required"), "127.0.0.1", "Mail server."),
  SMTP_PORT: row(
    port(),
    25,
    "Port of the mail server; 465 = TLS from the start, others STARTTLS (see SMTP_TLS).",
  ),
  SMTP_USER: row(text(), "", "User at the mail server; empty = no log in.", { secret: true }),
  SMTP_PASS: row(text(), "", "Password at the mail server.", { secret: true }),
  SMTP_TLS: row(
    choice("auto", "starttls", "tls", "unverified", "off"),
    "auto",
    "Encryption to the mail server. auto = without SMTP_USER whatever works; with one, TLS with a valid certificate or no mail. starttls, tls (from the start) = TLS with a valid certificate, always. unverified = TLS with any certificate: the password goes to whoever answers. off = none: mail and password in the clear.",
    {
      mark: "new",
      warns: { at: "off", text: "mails and the password of the mail server are sent in the clear" },
    },
  ),
  MAIL_SCREEN_TIME: row(minutes(0, 10_080), 60, "The same alert is not repeated within this time."),
  ENABLE_ALERTS: row(flag(), true, "Alerts as XAPI messages."),
  HEARTBEAT_PORT: row(
    port(),
    694,
    "UDP port on which the monitors of the pool hear each other, the same on every host; to be changed only while HA is off. 694 is open in Dom0 for XAPI's own HA.",
    { mark: "new", onlyWhileOff: true },
  ),
  START_GUARD: row(
    flag(),
    true,
    "Before a VM is started on a host, whoever asks for it, the other hosts are asked whether they run it; a clear yes refuses the start. Only while HA is on.",
    { mark: "new" },
  ),
  PLUGIN_WRITE: row(
    flag(),
    false,
    "XAPI's plugin ha-lizard-plugin may disarm and arm HA, for whoever may call plugins of the pool (Xen Orchestra, Ansible, Terraform).",
    { mark: "new" },
  ),
  FENCE_ENABLED: row(flag(), true, "Failed hosts are fenced."),
  FENCE_METHOD: row(
    names(
      METHOD_NAME,
      "POOL, ILO, XVM, IPMI, REDFISH, WATCHDOG or the folder name of an agent (letters, digits, _, -); several with , between, POOL or WATCHDOG only as the last",
      METHODS,
      { POOL: "always succeeds", WATCHDOG: "is proved by the time that has passed" },
    ),
    "POOL",
    "Fence agent: POOL, ILO, XVM, IPMI, REDFISH, WATCHDOG or the name of a folder in FENCE_FILE_LOC; of several the next is tried when one fails.",
    {
      warns: {
        at: "POOL",
        text: "POOL cuts no power: two copies of a VM are possible after a network split",
      },
    },
  ),
  FENCE_FILE_LOC: row(
    path(),
    "/etc/ha-lizard/fence",
    "Folder of fence agents of your own; the built-in ones need none.",
  ),
  FENCE_ACTION: row(
    choice("start", "stop", "reset"),
    "stop",
    "What happens to a failed host: off, or (reset) off, and on again when its VMs run elsewhere.",
    {
      warns: {
        at: "start",
        text: "an agent that is asked to start a host does not cut it off from its disks",
      },
    },
  ),
  FENCE_PASSWD: row(text(), "", "Password for the fence device.", { secret: true }),
  FENCE_USER: row(text(), "", "User on the fence device; empty = the agent's own default (ILO, XVM: root).", {
    mark: "new",
  }),
  FENCE_IPADDRESS: row(host("optional"), "", "Address of a single fence device (XVM, power strip)."),
  FENCE_TIMEOUT: row(seconds(5, 600), 60, "Total time of one run of the agent.", { mark: "new" }),
  FENCE_WATCHDOG_TIMEOUT: row(
    seconds(15, 300),
    30,
    "With FENCE_METHOD=WATCHDOG: a host that the group does not answer for this long is reset by its hypervisor watchdog.",
    { mark: "new" },
  ),
  FENCE_HA_ONFAIL: row(flag(), false, "Start the failed host's VMs although fencing failed (dangerous).", {
    warns: {
      at: true,
      text: "dangerous: VMs are started although their old host may still run them, and two copies destroy a disk",
    },
  }),
  FENCE_HOST_FORGET: row(flag(), false, "Remove a fenced host from the pool for good (deprecated).", {
    mark: "deprecated",
    warns: { at: true, text: "deprecated: a forgotten host must be installed anew before it can come back" },
  }),
  FENCE_MIN_HOSTS: row(count(1, 64), 3, "No fencing in a pool with fewer members."),
  FENCE_QUORUM_REQUIRED: row(flag(), true, "Fencing and promotion need a majority of the members.", {
    warns: { at: false, text: "dangerous: after a network split both sides may act" },
  }),
  FENCE_REBOOT_LONE_HOST: row(
    flag(),
    false,
    "A host that sees no other member and has no quorum reboots itself.",
  ),
  FENCE_USE_IP_HEURISTICS: row(flag(), false, "In a tie the heuristic IPs decide which half may fence."),
  FENCE_HEURISTICS_IPS: row(
    hosts(),
    [],
    "Addresses outside the pool that all answer ping when this host is not cut off.",
  ),
  TIE_BREAKER: row(
    choice("none", "ip", "ssh", "sr"),
    "none",
    "What decides when exactly half of the hosts is left. none = the half with the master. ip = FENCE_USE_IP_HEURISTICS=1. ssh, sr = whoever claims TIE_BREAKER_PLACE first; the heuristic IPs are then not asked. ha-cfg tie-breaker sets it up.",
    { mark: "new" },
  ),
  TIE_BREAKER_PLACE: row(
    tiePlace(),
    "",
    "A place outside the pool that one half can claim: with TIE_BREAKER=ssh a directory on a machine with sshd, with TIE_BREAKER=sr a shared file SR.",
    { mark: "new" },
  ),
  WATCH_INTERVAL: row(seconds(1, 300), 10, "Time between two looks of the watchdog.", { scope: "watchdog" }),
} as const;

type Table = typeof PARAMETERS;
type TableName = keyof Table;
/** Parameters that a pass reads; the watchdog's own one is in its service script. */
type SettingName = Exclude<TableName, "WATCH_INTERVAL">;
type ValueOf<K extends TableName> = Table[K] extends Parameter<infer T> ? T : never;

/** LOG_<function> and MAIL_<function> of the override file. */
type SwitchName = `${"LOG" | "MAIL"}_${FunctionName}`;
export type ParameterName = TableName | SwitchName;

/** The effective values, by the names of HA-Lizard's manual; numbers in the parameter's unit. */
export type Settings = { readonly [K in SettingName]: ValueOf<K> } & {
  /** Functions whose lines are not logged. */
  readonly logOff: ReadonlySet<FunctionName>;
  /** Functions whose alerts are not mailed. */
  readonly mailOff: ReadonlySet<FunctionName>;
};

/** Any row, whatever its type. */
export type AnyParameter = Parameter<unknown>;

function switchRows(): readonly (readonly [SwitchName, AnyParameter])[] {
  const rows: (readonly [SwitchName, AnyParameter])[] = [];
  for (const [prefix, what] of [
    ["LOG", "Log lines"],
    ["MAIL", "Alerts by mail"],
  ] as const) {
    for (const from of FUNCTION_NAMES) {
      const standard = !(prefix === "LOG" && from === "write_pool_state");
      rows.push([`${prefix}_${from}`, row(flag(), standard, `${what} of ${from}.`, { scope: "host" })]);
    }
  }
  return rows;
}

/** Every parameter by name, in the order of HA-Lizard's manual. */
export const ROWS: ReadonlyMap<ParameterName, AnyParameter> = new Map<ParameterName, AnyParameter>([
  ...(Object.entries(PARAMETERS) as [TableName, AnyParameter][]),
  ...switchRows(),
]);

const BY_UPPER_CASE = new Map([...ROWS.keys()].map((known) => [known.toUpperCase(), known]));

/** The parameter an administrator means, whatever the case; undefined when there is none of this name. */
export function findParameter(typed: string): ParameterName | undefined {
  return BY_UPPER_CASE.get(typed.toUpperCase());
}

/** The row of a parameter. */
export function rowOf(known: ParameterName): AnyParameter {
  const found = ROWS.get(known);
  if (found === undefined) throw new Error(`Cannot find parameter ${known}: it is not in the table`);
  return found;
}

/** The default as text, as the pool database would hold it. */
export function defaultText(known: ParameterName): string {
  const found = rowOf(known);
  return found.kind.render(found.default);
}

/** Parameters of HA-Lizard 2.x that have no meaning here: accepted, reported once, never an obstacle. */
export function isUnusedParameter(key: string): boolean {
  return (
    key === "MGT_LINK_LOSS_TOLERANCE" ||
    key === "DISK_MONITOR" ||
    key === "POST_VERSION" ||
    key === "FENCE_LOG" ||
    /^(PRIORITY|LOG|MAIL)_[a-z][a-z0-9_]*$/.test(key)
  );
}
