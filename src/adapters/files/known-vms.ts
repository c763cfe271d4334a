import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isUuid, type VmUuid, vmUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import { runCommand } from "../processes/run-command.ts";
import type { Paths } from "./paths.ts";

export interface KnownVmsOptions {
  readonly paths: Pick<Paths, "listDomains" | "xenopsd">;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const NO_UUID = "00000000-0000-0000-0000-000000000000";
const LIST_MS = 4_000;

/**
 * VMs that have a domain here, and those that xenopsd knows: its folder of a VM is there from the moment in which it is
 * told to start it, before any domain is (adapters/xapi/README.md, "Where a start is"). The control domain is left out.
 * unknown: one of the two could not be read whole, and a part of a list would make a running VM look absent.
 */
export async function knownVms(
  options: KnownVmsOptions,
  controlDomain: string,
  signal: AbortSignal,
): Promise<readonly VmUuid[] | "unknown"> {
  // In this order: a start that ends in between is a domain, or its folder was seen.
  const told = await toldToXenopsd(options.paths.xenopsd);
  const domains = await listDomains(options, signal);
  if (told === "unknown" || domains === "unknown") return "unknown";
  const own = new Set([NO_UUID, controlDomain.toLowerCase()]);
  return [...new Set([...told, ...domains])].filter((uuid) => !own.has(uuid)).map(vmUuid);
}

/** Domain 0 is in every list, so one without any uuid says nothing. */
async function listDomains(
  { paths, clock, environment: env }: KnownVmsOptions,
  signal: AbortSignal,
): Promise<readonly string[] | "unknown"> {
  const command = [listCommand(paths), "-minimal"];
  const listed = await runCommand(clock, command, { timeoutMs: LIST_MS, env, signal });
  if (listed.exitCode !== 0 || !listed.complete || listed.late) return "unknown";
  const found = listed.output.match(UUID) ?? [];
  return found.length === 0 ? "unknown" : found.map((uuid) => uuid.toLowerCase());
}

/** XenServer has it outside of PATH. */
function listCommand(paths: Pick<Paths, "listDomains">): string {
  return existsSync(paths.listDomains) ? paths.listDomains : "list_domains";
}

/** `<backend>/VM/<uuid>/`; a host without that folder has no xenopsd that could be told anything. */
async function toldToXenopsd(folder: string): Promise<readonly string[] | "unknown"> {
  const backends = await namesIn(folder);
  if (backends === null) return "unknown";
  const vms = await Promise.all(backends.map((backend) => namesIn(join(folder, backend, "VM"))));
  if (vms.includes(null)) return "unknown";
  return vms.flatMap((names) => (names ?? []).map((name) => name.toLowerCase()).filter(isUuid));
}

/** Empty where there is no such folder; null where it cannot be read. */
async function namesIn(folder: string): Promise<readonly string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? [] : null;
  }
}
