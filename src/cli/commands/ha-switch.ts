import { poolParameters } from "../../config/pool-keys.ts";
import { customFieldKey } from "../../core/model/ha-flag.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { WITHOUT_KEY } from "../../core/model/pool-keys.ts";
import type { HostView } from "../../core/model/pool-view.ts";
import { defineAction } from "../action.ts";
import { awaitOff, awaitOn } from "../await-switch.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { showProgress } from "../doctor/progress.ts";
import { findHost } from "../host-argument.ts";
import { changePool, type PoolAccess, poolKeyChange, withPool } from "../pool-access.ts";
import { type Preflight, preflight } from "../preflight.ts";
import { paintFor } from "../screens/paint.ts";
import { renderPreflight } from "../screens/preflight.ts";
import { poolText } from "../screens/text.ts";

interface Choices {
  readonly force: boolean;
  readonly json: boolean;
  readonly without: string | undefined;
}

export const haEnableAction = defineAction({
  name: "ha-enable",
  description:
    "Switches HA on for this pool. First it makes the checks of doctor and names the VMs that it will start; where a check is bad it refuses. Then it waits until the hosts have it, and names those that are missing.",
  args: {
    force: { type: "boolean", description: "switches HA on although a check is bad" },
    without: {
      type: "string",
      description:
        "a host that is not heard: the hosts begin without it (its name or uuid; of several, comma between)",
    },
    json: { type: "boolean", description: "for programs" },
  },
  run: (args, ports) =>
    withPool(ports, (pool) =>
      switchOn({ force: args.force === true, json: args.json === true, without: args.without }, pool, ports),
    ),
});

export const haDisableAction = defineAction({
  name: "ha-disable",
  description:
    "Switches HA off for this pool: from then on no host is fenced, no VM is started. Waits until the hosts have it, and names those that are not heard.",
  args: {},
  run: (_args, ports) => withPool(ports, (pool) => switchOff(pool, ports)),
});

async function switchOff(pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  const code = await write("false", "", pool, ports, ports.stdout);
  if (code === EXIT.done) await awaitOff(awaiting(pool, ports, ports.stdout));
  return code;
}

function awaiting({ database, resolved: { settings } }: PoolAccess, ports: CliPorts, say: Say) {
  const nameOf = (host: HostUuid) => database?.hosts.find(({ uuid }) => uuid === host)?.name ?? host;
  return { ports, settings, nameOf, say };
}

type Say = (text: string) => void;

/** What `ha-enable --json` prints. */
interface EnableReport extends Pick<Preflight, "findings"> {
  /** HA is on now. */
  readonly on: boolean;
  readonly starts: readonly { readonly uuid: string; readonly name: string }[] | null;
}

async function switchOn(
  { force, json, without }: Choices,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { otherConfig, haEnabled } = pool.database.pool;
  const tell = (on: boolean, { findings, starts }: Preflight) => {
    if (!json) return;
    const listed = starts?.map(({ uuid, name }) => ({ uuid, name })) ?? null;
    const report: EnableReport = { on, findings, starts: listed };
    ports.stdout(`${JSON.stringify(report, null, 2)}\n`);
  };
  if (haEnabled) {
    ports.stderr(
      "Cannot switch HA on: XAPI's own HA is on for this pool, and two of them fight for the hosts.\n",
    );
    tell(false, { findings: [], starts: null });
    return EXIT.failed;
  }
  const leftOut = findLeftOut(without, pool.database.hosts);
  const say = json ? () => undefined : ports.stdout;
  if (otherConfig[flagKey(pool)] === "true") {
    tell(true, { findings: [], starts: null });
    return write("true", "", pool, ports, say, leftOut);
  }
  if (poolParameters(otherConfig).size === 0) {
    ports.stderr("Warning: the pool database holds no parameters; see ha-cfg get for those in force.\n");
  }
  const checked = excuse(await preflight(ports, showProgress(ports, json)), leftOut);
  say(renderPreflight(checked, paintFor(ports.colours), ports.isTerminal));
  const bad = checked.findings.filter(({ verdict }) => verdict === "bad").length;
  if (bad > 0 && !force) {
    const what = bad === 1 ? "1 check is bad" : `${bad} checks are bad`;
    ports.stderr(`Cannot switch HA on: ${what}. Nothing was changed; repair what is bad, or give --force.\n`);
    tell(false, checked);
    return EXIT.failed;
  }
  const code = await write("true", forcedText(bad), pool, ports, say, leftOut);
  if (code === EXIT.done) await awaitOn(awaiting(pool, ports, say));
  tell(code === EXIT.done, checked);
  return code;
}

/** Throws UsageError when one of them is no host of the pool. */
function findLeftOut(without: string | undefined, hosts: readonly HostView[]): readonly HostView[] {
  const typed = (without ?? "").split(",").filter((one) => one.trim() !== "");
  return typed.map((one) => findHost("leave out", one.trim(), hosts));
}

/** What is bad about a host that is left out is known. */
function excuse(checked: Preflight, leftOut: readonly HostView[]): Preflight {
  const isAbout = (text: string) => leftOut.some(({ name }) => name !== "" && text.includes(name));
  const findings = checked.findings.map((finding) =>
    finding.verdict === "bad" && isAbout(finding.text) ? { ...finding, verdict: "warn" as const } : finding,
  );
  return { ...checked, findings };
}

function forcedText(bad: number): string {
  if (bad === 0) return "";
  return ` although ${bad === 1 ? "1 check was" : `${bad} checks were`} bad (--force)`;
}

function flagKey({ resolved }: PoolAccess): string {
  return customFieldKey(resolved.settings.XC_FIELD_NAME);
}

async function write(
  value: "true" | "false",
  although: string,
  pool: PoolAccess,
  ports: CliPorts,
  say: (text: string) => void,
  leftOut: readonly HostView[] = [],
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { name, otherConfig } = pool.database.pool;
  const listed = leftOut.map(({ uuid }) => uuid).join(":");
  const names = leftOut.map((host) => host.name).join(", ");
  const leaving =
    value === "false" || (otherConfig[WITHOUT_KEY] ?? "") === listed
      ? []
      : [
          poolKeyChange(pool, WITHOUT_KEY, listed, {
            audit: names === "" ? "The hosts begin with all of them" : `The hosts begin without ${names}`,
            done: () => (names === "" ? undefined : say(`The hosts begin without ${names}.\n`)),
          }),
        ];
  const word = value === "true" ? "on" : "off";
  if (otherConfig[flagKey(pool)] === value) {
    say(`HA is already ${word} for ${poolText(name)}.\n`);
    if (leaving.length > 0) return changePool(ports, pool, leaving);
    await ports.wakeMonitor();
    return EXIT.done;
  }
  const change = poolKeyChange(pool, flagKey(pool), value, {
    audit: `HA of the pool switched ${word}${although}`,
    done: () => say(`HA is switched ${word} for ${poolText(name)}.\n`),
  });
  return changePool(ports, pool, [...leaving, change]);
}
