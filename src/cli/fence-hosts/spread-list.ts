import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { ListWrite, ReadList } from "../../ports/fence-lists.ts";
import { type AskedHost, askHosts, type HostAnswer, type HostAnswers } from "../ask-hosts.ts";
import { audit } from "../audit.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { confirm } from "../confirm.ts";
import type { PoolAccess } from "../pool-access.ts";
import { plainText } from "../screens/text.ts";
import { type HostLists, ownList } from "./read-lists.ts";

/** A list that all these hosts are to have. */
export interface NewList {
  readonly method: string;
  readonly text: string;
  /** Also over what somebody has changed on another host, and a list that its agent cannot use as a whole. */
  readonly force: boolean;
  readonly yes: boolean;
  /** For people and for the log: `h1 at 192.0.2.11`. */
  readonly what: string;
}

/**
 * Writes the list on this host, then on the others, each of which has to have what this host has, or had before its last change, or none:
 * anything else was written there by somebody. Nobody's list is touched before all of them were looked at.
 */
export async function spreadList(
  list: NewList,
  lists: HostLists,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  const own = ownList(lists);
  const refused = [
    ...whyNot(list, own, ports),
    ...(await foreignLists(list, lists, own, ports)).map(({ host, why }) => `${host.name}: ${why}`),
  ];
  if (refused.length > 0) {
    ports.stderr(refused.map((why) => `Cannot write ${list.method}.hosts: ${plainText(why)}.\n`).join(""));
    ports.stderr("Nothing was changed. To see all lists: ha-cfg fence-hosts\n");
    return EXIT.failed;
  }
  const names = (hosts: readonly AskedHost[]) => hosts.map(({ name }) => plainText(name)).join(", ");
  const reached = lists.filter(({ answer }) => answer.kind === "answer").map(({ host }) => host);
  ports.stdout(`${list.method}.hosts on ${names(reached)}: ${plainText(list.what)}\n`);
  if (!(await confirm(ports, "fence-hosts", "Write this?", list.yes))) return EXIT.failed;
  const written = await writeAll(list, lists, pool, ports);
  const done = written.flatMap(({ host, answer }) =>
    answer.kind === "answer" && answer.value === null ? [host] : [],
  );
  if (done.length > 0) {
    ports.stdout(`Success: ${list.method}.hosts written on ${names(done)}\n`);
    audit(ports, pool.resolved.settings, `${list.method}.hosts on ${names(done)}: ${list.what}`);
  }
  if (done.length === lists.length) return EXIT.done;
  for (const { host, answer } of written) tellMissing(host, answer, list, ports);
  return EXIT.failed;
}

/** Why this list is none, or cannot be written here. */
function whyNot({ method, text, force }: NewList, own: ReadList, ports: CliPorts): readonly string[] {
  if (!own.ok) return [`this host: ${own.why}`];
  if (force) return [];
  const { devices, problems } = ports.fenceLists.examine(method, text);
  if (problems.length > 0) return [...problems, "with --force it is written all the same"];
  return devices.length === 0 ? ["it would name no host; with --force it is written all the same"] : [];
}

/** Lists that somebody else has written. What an agent would not use is nobody's to replace, also by force. */
async function foreignLists(
  { method, text, force }: NewList,
  lists: HostLists,
  own: ReadList,
  ports: CliPorts,
): Promise<readonly { readonly host: AskedHost; readonly why: string }[]> {
  const ours = [text, own.ok ? own.text : null, await ports.fenceLists.readBefore(method), null];
  return lists.flatMap(({ host, answer }) => {
    if (host.isSelf || answer.kind === "unreached") return [];
    const { value } = answer;
    if (!value.ok) return [{ host, why: value.why }];
    if (force || ours.includes(value.text)) return [];
    const why = "its list is another one than this host's: somebody has changed it; --force writes over it";
    return [{ host, why }];
  });
}

const OWN_MS = 10_000;

/** This host first: when that fails, no other one is asked. */
async function writeAll(
  list: NewList,
  lists: HostLists,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<HostAnswers<string | null>> {
  const self = lists.find(({ host }) => host.isSelf);
  if (self === undefined) throw new Error("Assertion: this host is one of the pool's");
  const why = await withDeadline(
    ports.clock,
    OWN_MS,
    neverAborts(),
    () => ports.fenceLists.write(writeOf(list, self.answer)),
    () => `it was not written within ${OWN_MS / 1_000} s`,
  );
  const here = { host: self.host, answer: { kind: "answer", value: why } as const };
  if (why !== null) return [here];
  const others = lists.filter(({ host }) => !host.isSelf);
  const seen = new Map(others.map(({ host, answer }) => [host.uuid, answer]));
  const asked = await askHosts(
    others.filter(({ answer }) => answer.kind === "answer").map(({ host }) => host),
    ports,
    async () => null,
    (host, signal) => pool.xapi.writeFenceList(host, writeOf(list, seen.get(host)), signal),
  );
  const unreached = others.flatMap(({ host, answer }) =>
    answer.kind === "unreached" ? [{ host, answer }] : [],
  );
  return [here, ...asked, ...unreached];
}

/** In the place of what was read of that host. */
function writeOf({ method, text, force }: NewList, answer: HostAnswer<ReadList> | undefined): ListWrite {
  const seen = answer?.kind === "answer" && answer.value.ok ? answer.value.text : null;
  return { method, text, seen, force };
}

function tellMissing(
  { name }: AskedHost,
  answer: HostAnswer<string | null>,
  { method }: NewList,
  ports: CliPorts,
): void {
  if (answer.kind === "answer" && answer.value === null) return;
  const host = plainText(name);
  const how =
    answer.kind === "unreached"
      ? `${host} was not reached: ${plainText(answer.why)}`
      : `${host} has not written it: ${plainText(answer.value ?? "")}`;
  ports.stderr(
    `Warning: ${how}. It has its old list until this is run: ha-cfg fence-hosts copy ${host} --method ${method}\n`,
  );
}
