import { poolParameters } from "../../config/pool-keys.ts";
import { customFieldKey } from "../../core/model/ha-flag.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { defineAction } from "../action.ts";
import { awaitOff } from "../await-off.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { showProgress } from "../doctor/progress.ts";
import { changePool, type PoolAccess, poolKeyChange, withPool } from "../pool-access.ts";
import { type Preflight, preflight } from "../preflight.ts";
import { paintFor } from "../screens/paint.ts";
import { renderPreflight } from "../screens/preflight.ts";
import { poolText } from "../screens/text.ts";

interface Choices {
  readonly force: boolean;
  readonly json: boolean;
}

export const haEnableAction = defineAction({
  name: "ha-enable",
  description:
    "Switches HA on for this pool. First it makes the checks of doctor and names the VMs that it will start; where a check is bad it refuses.",
  args: {
    force: { type: "boolean", description: "switches HA on although a check is bad" },
    json: { type: "boolean", description: "for programs" },
  },
  run: (args, ports) =>
    withPool(ports, (pool) =>
      switchOn({ force: args.force === true, json: args.json === true }, pool, ports),
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
  const hosts = pool.database?.hosts ?? [];
  const nameOf = (host: HostUuid) => hosts.find(({ uuid }) => uuid === host)?.name ?? host;
  if (code === EXIT.done) await awaitOff(ports, pool.resolved.settings, nameOf, ports.stdout);
  return code;
}

/** What `ha-enable --json` prints. */
interface EnableReport extends Pick<Preflight, "findings"> {
  /** HA is on now. */
  readonly on: boolean;
  readonly starts: readonly { readonly uuid: string; readonly name: string }[] | null;
}

async function switchOn({ force, json }: Choices, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
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
  const say = json ? () => undefined : ports.stdout;
  if (otherConfig[flagKey(pool)] === "true") {
    tell(true, { findings: [], starts: null });
    return write("true", "", pool, ports, say);
  }
  if (poolParameters(otherConfig).size === 0) {
    ports.stderr("Warning: the pool database holds no parameters; see ha-cfg get for those in force.\n");
  }
  const checked = await preflight(ports, showProgress(ports, json));
  say(renderPreflight(checked, paintFor(ports.colours), ports.isTerminal));
  const bad = checked.findings.filter(({ verdict }) => verdict === "bad").length;
  if (bad > 0 && !force) {
    const what = bad === 1 ? "1 check is bad" : `${bad} checks are bad`;
    ports.stderr(`Cannot switch HA on: ${what}. Nothing was changed; mend what is bad, or give --force.\n`);
    tell(false, checked);
    return EXIT.failed;
  }
  const code = await write("true", forcedText(bad), pool, ports, say);
  tell(code === EXIT.done, checked);
  return code;
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
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { name, otherConfig } = pool.database.pool;
  const word = value === "true" ? "on" : "off";
  if (otherConfig[flagKey(pool)] === value) {
    say(`HA is ${word} already for ${poolText(name)}.\n`);
    await ports.wakeMonitor();
    return EXIT.done;
  }
  const change = poolKeyChange(pool, flagKey(pool), value, {
    audit: `HA of the pool switched ${word}${although}`,
    done: () => say(`HA is switched ${word} for ${poolText(name)}.\n`),
  });
  return changePool(ports, pool, [change]);
}
