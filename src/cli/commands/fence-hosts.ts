import { nearestWord } from "../../config/nearest.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { wantTerminal } from "../confirm.ts";
import { editList } from "../fence-hosts/edit-list.ts";
import { listFromXapi } from "../fence-hosts/from-xapi.ts";
import { methodOfList, ownList, readLists } from "../fence-hosts/read-lists.ts";
import { showLists } from "../fence-hosts/show-lists.ts";
import { type NewList, spreadList } from "../fence-hosts/spread-list.ts";
import { findHost } from "../host-argument.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";

/** What may stand in the first place, for help and completion. */
export const FENCE_HOSTS_WORDS: readonly string[] = ["set", "remove", "copy", "from-xapi"];

interface Asked {
  readonly host: string | undefined;
  readonly device: string | undefined;
  readonly method: string | undefined;
  readonly yes: boolean;
  readonly force: boolean;
  readonly password: boolean;
}

export const fenceHostsAction = defineAction({
  name: "fence-hosts",
  description:
    "Shows which fence device belongs to which host, as the list of the fence method says, and whether all hosts have the same list; changes it on every host of the pool.",
  args: {
    verb: {
      type: "positional",
      required: false,
      description:
        "set: the device of a host; remove: a host from the list; copy: this host's list to the others, or to one; from-xapi: the BMCs that XAPI and XCP-ng's ipmitool plugin know; nothing: show it",
    },
    host: { type: "positional", required: false, description: "a host: its name or uuid" },
    device: {
      type: "positional",
      required: false,
      description: "what stands behind the uuid in the list: ADDRESS[:PORT][:USER], IPv6 in brackets",
    },
    method: {
      type: "string",
      valueHint: "METHOD",
      description: "whose list: IPMI, REDFISH, ILO or XVM; unless given the first of FENCE_METHOD, or IPMI",
    },
    force: {
      type: "boolean",
      description:
        "also over a list that somebody has changed on another host, with what no agent can use, or (from-xapi) in the place of devices that the list has",
    },
    password: {
      type: "boolean",
      description: "from-xapi: also sets FENCE_PASSWD to the password that XAPI keeps of the BMCs",
    },
    yes: { type: "boolean", description: "does not ask" },
    json: { type: "boolean", description: "for programs: the list and what each host has" },
  },
  async run(args, ports) {
    const { verb, host, device } = args;
    const asked = {
      ...{ host, device, method: args.method },
      ...{ yes: args.yes === true, force: args.force === true, password: args.password === true },
    };
    check(verb, asked, args.json === true);
    if (verb !== undefined && !asked.yes) wantTerminal(ports, "fence-hosts");
    return withPool(ports, async (pool) => {
      const method = methodOfList(asked.method, pool.resolved.settings, ports);
      if (verb === undefined) return showLists(method, args.json === true, pool, ports);
      if (pool.database === null) return pool.exitWithout;
      if (verb === "from-xapi") return listFromXapi(method, asked, pool, ports);
      return verb === "copy"
        ? copy(method, asked, pool, ports)
        : change(method, verb === "set" ? (device ?? "") : null, asked, pool, ports);
    });
  },
});

function check(
  verb: string | undefined,
  { host, device, method, force, password }: Asked,
  json: boolean,
): void {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot run fence-hosts${verb === undefined ? "" : ` ${verb}`}: ${why}`);
  };
  if (verb !== undefined && !FENCE_HOSTS_WORDS.includes(verb)) {
    const near = nearestWord(verb, FENCE_HOSTS_WORDS);
    refuse(near === undefined ? `there are ${FENCE_HOSTS_WORDS.join(", ")}` : `did you mean ${near}?`);
  }
  if (json && verb !== undefined) refuse("--json goes with no verb: it shows the list");
  if (force && verb === undefined) refuse("--force goes with set, remove, copy and from-xapi");
  if (password && verb !== "from-xapi") refuse("--password goes with from-xapi");
  if (verb === "from-xapi" && host !== undefined) refuse(`it takes no host, and ${host} is one too many`);
  if (verb === "set" && (host === undefined || device === undefined))
    refuse("it needs a host and its device: ha-cfg fence-hosts set h1 192.0.2.11");
  if (verb === "remove" && host === undefined) refuse("it needs a host");
  if (verb !== "set" && device !== undefined) refuse(`it takes no device, and ${device} is one too many`);
  if (method === "") refuse("--method needs the name of a method");
}

/** One line of the list: another device, or none (`null`). */
async function change(
  method: string,
  device: string | null,
  asked: Asked,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  const host = findHost(`${device === null ? "remove" : "set"} the device of`, asked.host ?? "", [
    ...(pool.database?.hosts ?? []),
  ]);
  const what =
    device === null
      ? `${host.name} has no device any more, and cannot be fenced by ${method}`
      : `${host.name} at ${device}`;
  const [wrong] = device === null ? [] : ports.fenceLists.examine(method, `${host.uuid}:${device}`).problems;
  if (wrong !== undefined)
    throw new UsageError(`Cannot set the device of ${host.name}: ${wrong.replace(/^line 1: /, "")}`);
  const lists = await readLists(method, pool, ports);
  const own = ownList(lists);
  const text = editList(own.ok ? own.text : null, host.uuid, device, ports.fenceLists.shape(method));
  if (own.ok && own.text !== null && own.text === text && device === null) {
    ports.stderr(`${host.name} is not in ${own.path}: nothing was changed.\n`);
    return EXIT.failed;
  }
  return spreadList({ ...asked, method, text, what }, lists, pool, ports);
}

/** The list of this host as it is. */
async function copy(method: string, asked: Asked, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  const only = asked.host === undefined ? null : findHost("copy to", asked.host, pool.database?.hosts ?? []);
  const all = await readLists(method, pool, ports);
  const own = ownList(all);
  if (own.ok && own.text === null) {
    ports.stderr(`Cannot copy ${own.path}: this host has none. Run this on a host that has it.\n`);
    return EXIT.failed;
  }
  const lists = all.filter(({ host }) => host.isSelf || only === null || host.uuid === only.uuid);
  const list: NewList = { ...asked, method, text: (own.ok ? own.text : null) ?? "", what: "as on this host" };
  return spreadList(list, lists, pool, ports);
}
