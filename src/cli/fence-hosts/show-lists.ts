import { rememberedMemory } from "../../app/pass/remembered.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { ReadList } from "../../ports/fence-lists.ts";
import type { HostAnswer } from "../ask-hosts.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import type { PoolAccess } from "../pool-access.ts";
import { plainText, renderColumns } from "../screens/text.ts";
import { ownList, readLists } from "./read-lists.ts";

/** How the list of a host compares with that of this host. */
export type CopyState = "own" | "same" | "differs" | "missing" | "not-used" | "not-reached";

/** A host of the pool: the device that the list of this host has for it, and what its own list is like. */
export interface ListRow {
  readonly host: string;
  readonly uuid: HostUuid;
  readonly device: string | null;
  readonly list: CopyState;
  readonly why: string | null;
}

/** The list of this host, which host has which device in it, and which hosts have another one. */
export async function showLists(
  method: string,
  json: boolean,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (pool.database === null) return showOwn(method, json, pool, ports);
  const lists = await readLists(method, pool, ports);
  const own = ownList(lists);
  const { devices, problems } = ports.fenceLists.examine(method, (own.ok ? own.text : null) ?? "");
  const rows = lists.map(
    ({ host, answer }): ListRow => ({
      host: host.name,
      uuid: host.uuid,
      device: devices.find((one) => one.host === host.uuid)?.device ?? null,
      ...(host.isSelf ? { list: ownState(own), why: own.ok ? null : own.why } : compare(answer, own)),
    }),
  );
  const known = new Set(rows.map(({ uuid }) => uuid));
  const strangers = devices.filter(({ host }) => !known.has(host));
  const wrong = [
    ...problems,
    ...strangers.map(({ host, device }) => `${host} at ${device} is no host of this pool`),
  ];
  show({ method, own, rows, wrong }, json, ports);
  const isGood = wrong.length === 0 && rows.every(({ device, list }) => device !== null && isSame(list));
  return isGood ? EXIT.done : EXIT.failed;
}

/** XAPI is silent: what this host has, with the names that it remembers. */
async function showOwn(method: string, json: boolean, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  const own = await ports.fenceLists.read(method);
  const { devices, problems } = ports.fenceLists.examine(method, (own.ok ? own.text : null) ?? "");
  const hosts = (await rememberedMemory(ports.store))?.lastGood?.hosts ?? [];
  const rows = devices.map(({ host, device }): ListRow => {
    const name = hosts.find(({ uuid }) => uuid === host)?.name ?? host;
    return { host: name, uuid: host, device, list: "not-reached", why: "XAPI is silent" };
  });
  show({ method, own, rows, wrong: problems }, json, ports);
  return pool.exitWithout;
}

function ownState(own: ReadList): CopyState {
  if (!own.ok) return "not-used";
  return own.text === null ? "missing" : "own";
}

function isSame(list: CopyState): boolean {
  return list === "own" || list === "same";
}

function compare(answer: HostAnswer<ReadList>, own: ReadList): Pick<ListRow, "list" | "why"> {
  if (answer.kind === "unreached") return { list: "not-reached", why: answer.why };
  const { value } = answer;
  if (!value.ok) return { list: "not-used", why: value.why };
  if (value.text === null) return { list: "missing", why: null };
  return { list: own.ok && value.text === own.text ? "same" : "differs", why: null };
}

interface Shown {
  readonly method: string;
  readonly own: ReadList;
  readonly rows: readonly ListRow[];
  readonly wrong: readonly string[];
}

function show({ method, own, rows, wrong }: Shown, json: boolean, ports: CliPorts): void {
  const path = own.ok ? own.path : null;
  if (json) {
    ports.stdout(`${JSON.stringify({ method, path, hosts: rows, problems: wrong }, null, 2)}\n`);
    return;
  }
  ports.stdout(`${path === null ? `The list of ${method}` : path}\n`);
  const lines = rows.map(({ host, device, list, why }) => [
    plainText(host),
    plainText(device ?? "no device"),
    WORDS[list] + (why === null ? "" : `: ${plainText(why)}`),
  ]);
  ports.stdout(renderColumns(lines));
  for (const one of wrong) ports.stderr(`Warning: ${plainText(one)}.\n`);
  if (rows.some(({ list }) => list === "differs" || list === "missing"))
    ports.stderr("The list of this host goes to those that have none with: ha-cfg fence-hosts copy\n");
}

const WORDS: Readonly<Record<CopyState, string>> = {
  own: "this host's list",
  same: "the same list",
  differs: "another list there",
  missing: "no list there",
  "not-used": "its list is not used",
  "not-reached": "not reached",
};
