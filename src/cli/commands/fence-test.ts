import { deviceStates, whatIsWrong } from "../../app/pass/fence.ts";
import { rememberedMemory } from "../../app/pass/remembered.ts";
import type { Settings } from "../../config/params.ts";
import { fenceMethods } from "../../core/fencing/fence-policy.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { countsOnLease } from "../../core/model/lease-method.ts";
import { neverAborts } from "../../ports/deadline.ts";
import type { DeviceState } from "../../ports/fencer.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { ignoredText, methodReports, methodRequest, untestedText } from "../fence-warnings.ts";
import { findHost } from "../host-argument.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";

interface Target {
  readonly uuid: HostUuid;
  readonly name: string;
  /** XAPI calls it enabled and live, so its device should say on. */
  readonly up: boolean;
}

interface Row {
  readonly host: string;
  readonly uuid: HostUuid;
  readonly method: string;
  readonly state: DeviceState["kind"];
  /** Why this host could not be fenced; null when it could. */
  readonly wrong: string | null;
}

export const fenceTestAction = defineAction({
  name: "fence-test",
  description: "Asks the fence device of every host whether that is on. Fences nobody.",
  args: {
    host: { type: "positional", required: false, description: "one host only: its name or uuid" },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    return withPool(ports, async (pool) => {
      const all = pool.database === null ? await rememberedHosts(ports) : hostsOf(pool);
      const wanted = choose(all, args.host);
      if (wanted.length === 0) {
        ports.stderr("Cannot test fencing: this host knows no host of the pool.\n");
        return pool.exitWithout;
      }
      return test(wanted, pool, ports, args.json === true);
    });
  },
});

function hostsOf({ database }: PoolAccess): readonly Target[] {
  return (database?.hosts ?? []).map(({ uuid, name, enabled, live }) => ({
    uuid,
    name,
    up: enabled && live,
  }));
}

/** The master may be dead: that is when somebody wants to know. */
async function rememberedHosts(ports: CliPorts): Promise<readonly Target[]> {
  const memory = await rememberedMemory(ports.store);
  return (memory?.lastGood?.hosts ?? []).map(({ uuid, name }) => ({ uuid, name, up: false }));
}

function choose(all: readonly Target[], typed: string | undefined): readonly Target[] {
  return typed === undefined || all.length === 0 ? all : [findHost("test", typed, all)];
}

async function test(
  targets: readonly Target[],
  pool: PoolAccess,
  ports: CliPorts,
  json: boolean,
): Promise<ExitCode> {
  const { settings } = pool.resolved;
  if (!settings.FENCE_ENABLED) ports.stderr("Warning: FENCE_ENABLED=0, no host is fenced at all.\n");
  const methods = fenceMethods(settings.FENCE_METHOD).join(", ");
  if (countsOnLease(settings.FENCE_METHOD))
    ports.stderr("WATCHDOG has no device that could be asked: ha-cfg status shows the leases.\n");
  if (methods === "") return EXIT.done;
  if (!json) ports.stdout(`Asking the fence devices (FENCE_METHOD ${methods}) of ${targets.length} hosts\n`);
  const looked = await Promise.all(
    targets.map(async ({ uuid, name, up }): Promise<readonly Row[]> => {
      const states = await deviceStates(uuid, settings, ports, neverAborts());
      return states.map(({ method, state }) => ({
        host: name,
        uuid,
        method,
        state: state.kind,
        wrong: state.kind === "not-asked" ? state.why : whatIsWrong(state, up),
      }));
    }),
  );
  const rows = looked.flat();
  ports.stdout(json ? `${JSON.stringify(rows, null, 2)}\n` : renderRows(rows));
  const up = new Set(targets.filter((target) => target.up).map(({ uuid }) => uuid));
  await rememberTests(rows, up, settings, ports);
  const failed = looked.filter((levels) => levels.some(({ wrong }) => wrong !== null)).length;
  if (failed === 0) return EXIT.done;
  if (!json) ports.stderr(`Cannot rely on the fence devices of ${failed} of ${targets.length} hosts.\n`);
  return EXIT.failed;
}

/**
 * An agent that has said "on" of a host that is up, and "off" of none, knows the difference: only then is its word for
 * "off" worth anything.
 */
async function rememberTests(
  rows: readonly Row[],
  up: ReadonlySet<HostUuid>,
  settings: Settings,
  ports: CliPorts,
): Promise<void> {
  for (const { method, report } of await methodReports(ports, settings, [])) {
    if (report.ignoredAgent !== null) ports.stderr(`Warning: ${ignoredText(report.ignoredAgent, method)}.\n`);
    if (report.untestedAgent === null) continue;
    const said = rows.filter((row) => row.method === method && up.has(row.uuid)).map(({ state }) => state);
    const doubt = said.includes("off") ? LIES : said.includes("on") ? null : UNHEARD;
    const why = doubt ?? (await ports.fenceMethods.remember(methodRequest(method, settings)));
    if (why !== null) ports.stderr(`Warning: ${untestedText(report.untestedAgent)}: ${why}.\n`);
    else ports.stderr(`${report.untestedAgent} is tested on this host now, until it changes.\n`);
  }
}

const UNHEARD = "it has not said that a host is on";
const LIES = "it says off of a host that is up";

function renderRows(rows: readonly Row[]): string {
  const hostWidth = Math.max(...rows.map(({ host }) => host.length));
  const methodWidth = Math.max(...rows.map(({ method }) => method.length));
  const words = ({ state, wrong }: Row): string => {
    if (wrong === null) return state;
    return state === "off" ? `off: ${wrong}` : `cannot say: ${wrong}`;
  };
  return rows
    .map((row) => `${row.host.padEnd(hostWidth)}  ${row.method.padEnd(methodWidth)}  ${words(row)}\n`)
    .join("");
}
