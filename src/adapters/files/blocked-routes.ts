import { rm } from "node:fs/promises";
import { isIP } from "../../config/ip.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import { oneAtATime } from "../processes/one-at-a-time.ts";
import { runCommand } from "../processes/run-command.ts";
import type { Paths } from "./paths.ts";
import { readRunNote, writeRunNote } from "./run-note.ts";

export interface BlockedRoutesOptions {
  readonly paths: Pick<Paths, "blockedRoutes" | "run">;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
  /** The addresses of this host; absent: those of its interfaces now. */
  readonly ownAddresses?: () => readonly string[];
}

/** The kernel is asked, and nobody else. */
const COMMAND_MS = 5_000;

/** Unreachable routes, by `ip route` of Dom0; the note lies below /run, for a boot forgets the routes as well. */
export function createBlockedRoutes(
  options: BlockedRoutesOptions,
): Pick<LocalHost, "blockRoute" | "unblockRoutes"> {
  const { paths, ownAddresses = interfaceAddresses } = options;
  // For the sake of the note.
  const alone = oneAtATime();
  return {
    blockRoute: (address, signal) =>
      alone(async () => {
        const why = whyNotBlocked(address, ownAddresses());
        if (why !== null) throw new Error(`Cannot block the route to ${JSON.stringify(address)}: ${why}`);
        const noted = (await readBlockedRoutes(paths.blockedRoutes)) ?? [];
        if (!noted.includes(address)) await note([...noted, address], paths);
        await setRoute("add", address, options, signal);
        // Another process, a monitor that starts, may have taken it back before it was set.
        if ((await readBlockedRoutes(paths.blockedRoutes))?.includes(address) === true) return;
        await setRoute("del", address, options, signal);
        throw new Error(`Cannot block the route to ${address}: it was taken back meanwhile`);
      }),
    unblockRoutes: (signal) =>
      alone(async () => {
        const noted = await readBlockedRoutes(paths.blockedRoutes);
        if (noted?.length === 0) return false;
        const stay = noted === null ? [] : await takeBack(noted, options, signal);
        if (stay.length > 0)
          await note(
            stay.map(({ address }) => address),
            paths,
          );
        else await rm(paths.blockedRoutes, { force: true });
        if (noted === null)
          throw new Error(
            `Cannot understand ${paths.blockedRoutes}, which is removed: look for routes that are left by: ip route show type unreachable`,
          );
        if (stay[0] !== undefined) throw stay[0].error;
        return true;
      }),
  };
}

/** Those that could not be taken back, and why. */
async function takeBack(
  addresses: readonly string[],
  options: BlockedRoutesOptions,
  signal: AbortSignal,
): Promise<readonly { readonly address: string; readonly error: unknown }[]> {
  const tried = await Promise.all(
    addresses.map(async (address) => {
      const error: unknown = await setRoute("del", address, options, signal).then(
        () => null,
        (why) => why,
      );
      return { address, error };
    }),
  );
  return tried.filter(({ error }) => error !== null);
}

function note(addresses: readonly string[], paths: Pick<Paths, "blockedRoutes" | "run">): Promise<void> {
  return writeRunNote(paths.blockedRoutes, addresses, paths, "Cannot note a blocked route");
}

/** What is noted; none where there is no note, null where it cannot be understood. Never rejects. */
export async function readBlockedRoutes(path: string): Promise<readonly string[] | null> {
  const read = await readRunNote(path, parseNote);
  if (read.kind !== "note") return read.kind === "none" ? [] : null;
  return read.note;
}

/** `["10.0.0.1"]` is all that stands there. */
function parseNote(value: unknown): readonly string[] | null {
  const isBlockable = (one: unknown): one is string =>
    typeof one === "string" && whyNotBlocked(one, []) === null;
  return Array.isArray(value) && value.every(isBlockable) ? value : null;
}

/** Not 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3; not ::, ::1, ff00::/8, fe80::/10, nor an IPv4 address in the clothes of one. */
const NOBODYS_IPV4 = /^(?:0|127|2[2-5]\d)\./;
const NOBODYS_IPV6 = /^(?:::|ff|fe[89ab])/;

/** Why no route to this address is blocked; null: one may be. */
function whyNotBlocked(address: string, own: readonly string[]): string | null {
  const family = address.includes("%") ? 0 : isIP(address);
  if (family === 0) return "it is no address";
  const plain = canonical(address);
  if ((family === 4 ? NOBODYS_IPV4 : NOBODYS_IPV6).test(plain)) return "it is no address of another machine";
  return own.map(canonical).includes(plain) ? "it is an address of this host" : null;
}

/** The same text for the same address. */
function canonical(address: string): string {
  if (isIP(address) !== 6 || address.includes("%")) return address;
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

function interfaceAddresses(): readonly string[] {
  const { networkInterfaces } = process.getBuiltinModule("node:os");
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/** What the kernel says when it is so already. */
const ALREADY: Readonly<Record<"add" | "del", string>> = { add: "File exists", del: "No such process" };

async function setRoute(
  verb: "add" | "del",
  address: string,
  { clock, environment }: BlockedRoutesOptions,
  signal: AbortSignal,
): Promise<void> {
  const isV6 = isIP(address) === 6;
  const command = [
    "ip",
    ...(isV6 ? ["-6"] : []),
    ...["route", verb, "unreachable", `${address}/${isV6 ? 128 : 32}`],
  ];
  const env = { ...environment, LC_ALL: "C" };
  const result = await runCommand(clock, command, { timeoutMs: COMMAND_MS, env, signal, stderrToo: true });
  if (result.exitCode === 0 || result.output.includes(ALREADY[verb])) return;
  const said = result.output.trim();
  const why = result.late ? "it did not end in time" : said || `exit status ${result.exitCode ?? "unknown"}`;
  throw new Error(`Cannot run ${command.join(" ")}: ${why}`);
}
