import { rowOf } from "../../config/params.ts";
import { describeFault } from "../../core/alerts/describe-fault.ts";
import { fenceMethods } from "../../core/fencing/fence-policy.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { KnownBmc, PoolSurvey } from "../../ports/pool-survey.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { type ParameterChange, planChanges, renderChanges, writeParameters } from "../parameter-changes.ts";
import type { PoolAccess } from "../pool-access.ts";
import { plainText } from "../screens/text.ts";
import { editList } from "./edit-list.ts";
import { ownList, readLists } from "./read-lists.ts";
import { spreadList } from "./spread-list.ts";

export interface FromXapi {
  readonly yes: boolean;
  readonly force: boolean;
  /** Also FENCE_PASSWD. */
  readonly password: boolean;
}

/** What XAPI knows is a BMC: of these methods one speaks to it. */
const METHODS_OF_BMCS: readonly string[] = ["IPMI", "REDFISH", "ILO"];

/** Fills the list with the BMCs that XAPI, or the hosts themselves, know; a device that the list has stays without `force`. */
export async function listFromXapi(
  method: string,
  wanted: FromXapi,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (!METHODS_OF_BMCS.includes(method))
    throw new UsageError(
      `Cannot run fence-hosts from-xapi: ${method} is no method of BMCs; give --method IPMI`,
    );
  const found = await look(wanted.password, pool, ports);
  if (!found.ok) {
    ports.stderr(`Cannot read the BMCs from XAPI: ${plainText(found.why)}.\nNothing was changed.\n`);
    return EXIT.failed;
  }
  const lists = await readLists(method, pool, ports);
  const own = ownList(lists);
  const before = own.ok ? own.text : null;
  const merged = merge(method, before, found.bmcs, wanted.force, pool, ports);
  for (const said of merged.said) ports.stderr(`${plainText(said)}.\n`);
  if (merged.added.length === 0 && before === null) {
    ports.stderr("Cannot fill the list: XAPI knows no BMC. To write it by hand: ha-cfg fence-hosts set\n");
    return EXIT.failed;
  }
  const changes = found.password === null ? [] : passwordChange(found.password, pool);
  if (changes.length > 0) ports.stdout(`From XAPI:\n${renderChanges(changes)}`);
  const what = merged.added.length === 0 ? "no host is new" : merged.added.join(", ");
  const code = await spreadList({ ...wanted, method, text: merged.text, what }, lists, pool, ports);
  if (code !== EXIT.done) return code;
  const written = changes.length === 0 ? EXIT.done : await writeParameters(ports, pool, changes);
  if (written === EXIT.done) tellNext(method, changes.length > 0, wanted.password, pool, ports);
  const isMissing = wanted.password && found.password === null;
  return isMissing ? EXIT.failed : written;
}

type Found =
  | { readonly ok: true; readonly bmcs: readonly KnownBmc[]; readonly password: string | null }
  | { readonly ok: false; readonly why: string };

/** Longer than the slowest host takes to ask its BMC. */
const LOOK_MS = 60_000;

async function look(wantsPassword: boolean, pool: PoolAccess, ports: CliPorts): Promise<Found> {
  const survey = ports.openSurvey(pool.resolved.settings.XE_TIMEOUT * 1_000);
  const live = (pool.database?.hosts ?? []).filter((host) => host.live).map(({ uuid }) => uuid);
  const limited = <T>(task: (signal: AbortSignal) => Promise<XapiResult<T>>) =>
    withDeadline<XapiResult<T>>(ports.clock, LOOK_MS, neverAborts(), task, () => ({
      ok: false,
      fault: { kind: "timeout" },
    }));
  try {
    const read = await limited((signal) => survey.bmcs(live, signal));
    if (!read.ok) return { ok: false, why: describeFault(read.fault) };
    const bmcs = read.value.filter(({ address }) => address !== null);
    if (!wantsPassword) return { ok: true, bmcs, password: null };
    return await limited((signal) => readPassword(bmcs, survey, signal)).then((asked) =>
      asked.ok
        ? onePassword(asked.value, bmcs)
        : { ok: false, why: `a password could not be read: ${describeFault(asked.fault)}` },
    );
  } finally {
    await survey.close();
  }
}

/** The different passwords of these BMCs. */
async function readPassword(
  bmcs: readonly KnownBmc[],
  survey: PoolSurvey,
  signal: AbortSignal,
): Promise<XapiResult<ReadonlySet<string>>> {
  const passwords = new Set<string>();
  for (const secret of new Set(bmcs.flatMap((bmc) => bmc.secret ?? []))) {
    const read = await survey.secret(secret, signal);
    if (!read.ok) return read;
    passwords.add(read.value);
  }
  return { ok: true, value: passwords };
}

/** FENCE_PASSWD is one for all hosts. */
function onePassword(passwords: ReadonlySet<string>, bmcs: readonly KnownBmc[]): Found {
  if (passwords.size > 1)
    return {
      ok: false,
      why: "it keeps different passwords of the BMCs, and FENCE_PASSWD is one for all; give the BMCs an account with the same password, or leave --password out",
    };
  const [password = ""] = passwords;
  // What is wrong with it is not said: that could show a part of it.
  if (!rowOf("FENCE_PASSWD").kind.parse(password).ok)
    return {
      ok: false,
      why: "the password that it keeps is none for FENCE_PASSWD, which is one line of at most 255 characters",
    };
  return { ok: true, bmcs, password: password === "" ? null : password };
}

interface Merged {
  readonly text: string;
  /** `h1 at 192.0.2.11`, of those that are new. */
  readonly added: readonly string[];
  /** What of it people should know. */
  readonly said: readonly string[];
}

function merge(
  method: string,
  before: string | null,
  bmcs: readonly KnownBmc[],
  force: boolean,
  pool: PoolAccess,
  ports: CliPorts,
): Merged {
  const { devices } = ports.fenceLists.examine(method, before ?? "");
  let text = before;
  const added: string[] = [];
  const said: string[] = [];
  for (const { uuid, name } of pool.database?.hosts ?? []) {
    const bmc = bmcs.find(({ host }) => host === uuid);
    const listed = devices.find(({ host }) => host === uuid)?.device;
    const device = bmc === undefined ? null : deviceOf(bmc, method, pool, ports);
    if (device === null) {
      if (listed === undefined) said.push(`${name}: XAPI knows no BMC of it`);
      continue;
    }
    if (listed === device) continue;
    if (listed !== undefined && !force) {
      said.push(`${name} stays at ${listed}, as the list has it; XAPI says ${device}, which --force takes`);
      continue;
    }
    text = editList(text, uuid, device, ports.fenceLists.shape(method));
    added.push(`${name} at ${device}`);
  }
  return { text: text ?? "", added, said };
}

/** A user stands in the line only where FENCE_USER is another one. */
function deviceOf(
  { address, user }: KnownBmc,
  method: string,
  pool: PoolAccess,
  ports: CliPorts,
): string | null {
  if (address === null) return null;
  const isUsual = user === pool.resolved.settings.FENCE_USER;
  return ports.fenceLists.render(method, { address, user: isUsual ? null : user });
}

function passwordChange(password: string, pool: PoolAccess): readonly ParameterChange[] {
  return planChanges([["FENCE_PASSWD", password]], pool.database?.pool.otherConfig ?? {});
}

/** What is still missing before anybody is fenced. */
function tellNext(
  method: string,
  isSet: boolean,
  wantsPassword: boolean,
  { resolved: { settings } }: PoolAccess,
  ports: CliPorts,
): void {
  const hasPassword = isSet || settings.FENCE_PASSWD !== "";
  if (!hasPassword)
    ports.stderr(
      wantsPassword
        ? "XAPI keeps no password of these BMCs: ha-cfg set FENCE_PASSWD -\n"
        : "FENCE_PASSWD is not set: ha-cfg set FENCE_PASSWD -; or take what XAPI keeps: ha-cfg fence-hosts from-xapi --password\n",
    );
  const isUsed = fenceMethods(settings.FENCE_METHOD).includes(method);
  ports.stdout(
    `Then: ${isUsed ? "" : `ha-cfg set FENCE_METHOD ${method}; `}ha-cfg fence-test, on every host\n`,
  );
}
