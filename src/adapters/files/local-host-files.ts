import { statSync, writeFileSync } from "node:fs";
import { hostUuid, isUuid } from "../../core/model/ids.ts";
import type { LocalView, Role } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import { runCommand } from "../processes/run-command.ts";
import { createBlockedRoutes, readBlockedRoutes } from "./blocked-routes.ts";
import { createHeldXapi, expectNotHeld, readBootId, readHeldSince } from "./held-xapi.ts";
import { knownVms } from "./known-vms.ts";
import type { Paths } from "./paths.ts";
import { type RegularFile, readRegularFile } from "./regular-file.ts";

export interface LocalHostOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
  /** Does this host's own xapi answer over the loopback address? Needs no master and no session. */
  readonly probeOwnXapi: (signal: AbortSignal) => Promise<boolean>;
}

/** An address or a name; what goes into a request to another host must not be anything else. */
const ADDRESS = /^[\w.:%[\]-]{1,255}$/;
const TOOLSTACK_MS = 110_000;

/** What this host knows of itself from its files and tools (adapters/xapi/README.md, "Files"). */
export function createLocalHost(options: LocalHostOptions): LocalHost {
  const { paths } = options;
  return {
    async observe(signal) {
      const inventory = await readInventory(paths.inventory);
      const uuid = inventory["INSTALLATION_UUID"] ?? "";
      if (!isUuid(uuid)) return null;
      const bootId = await readBootId(paths.bootId);
      const [role, heldSinceMs, blocked, domains, xapiAnswers] = await Promise.all([
        readRole(paths.poolConf),
        readHeldSince(paths.heldXapi, bootId),
        readBlockedRoutes(paths.blockedRoutes),
        knownVms(options, inventory["CONTROL_DOMAIN_UUID"] ?? "", signal),
        options.probeOwnXapi(signal),
      ]);
      const view: LocalView = {
        // As it stands there: XAPI has taken it from this line.
        uuid: hostUuid(uuid),
        role,
        bootId: bootId ?? "unknown-boot",
        initCompleteAtMs: statSync(paths.initComplete, { throwIfNoEntry: false })?.mtimeMs ?? null,
        domains,
        xapiAnswers,
        heldSinceMs,
        blockedRoutes: blocked ?? [],
      };
      return view;
    },
    restartToolstack: (signal) => restartToolstack(options, signal),
    ...createHeldXapi(options),
    ...createBlockedRoutes(options),
    async rebootNow() {
      // No sync before it: storage that does not answer would hold the reboot back for ever.
      writeFileSync(paths.sysrq, "b");
    },
  };
}

/** `pool.conf` as xapi reads it: trimmed, everything after the first colon is the address. */
export async function readRole(path: string): Promise<Role> {
  const found = await read(path, LONGEST_LINE);
  if (found.kind === "none") return { kind: "unknown", why: `Cannot read ${path}: there is no such file` };
  if (found.kind !== "text") return { kind: "unknown", why: `Cannot read ${path}: ${found.why}` };
  const content = found.text.trim();
  if (content === "master") return { kind: "master" };
  if (content === "broken") return { kind: "broken" };
  const address = content.startsWith("slave:") ? content.slice("slave:".length).trim() : "";
  if (ADDRESS.test(address)) return { kind: "slave", masterAddress: address };
  const shown = JSON.stringify(content.slice(0, 40));
  return {
    kind: "unknown",
    why: `Cannot understand ${path}: ${shown} is neither master nor slave:<address>`,
  };
}

/** `KEY='value'` lines; what is not understood is left out. */
export async function readInventory(path: string): Promise<Readonly<Record<string, string>>> {
  const found = await read(path, LONGEST_INVENTORY);
  if (found.kind !== "text") return {};
  const entries = found.text.split("\n").flatMap((line): [string, string][] => {
    const at = line.indexOf("=");
    const key = line.slice(0, at).trim();
    const value = line.slice(at + 1);
    return at > 0 && /^\w+$/.test(key) ? [[key, value.replaceAll(/['"]/g, "").trim()]] : [];
  });
  return Object.fromEntries(entries);
}

/** Roles, addresses and boot ids are one short line; an inventory has two dozen of them. */
const LONGEST_LINE = 4_096;
const LONGEST_INVENTORY = 256_000;

function read(path: string, maxBytes: number): Promise<RegularFile> {
  return readRegularFile(path, { maxBytes });
}

async function restartToolstack(options: LocalHostOptions, signal: AbortSignal): Promise<void> {
  const { clock, environment: env } = options;
  await expectNotHeld(options.paths);
  for (const command of [
    ["xe-toolstack-restart"],
    ["service", "xapi", "restart"],
    ["systemctl", "restart", "xapi"],
  ]) {
    const result = await runCommand(clock, command, {
      timeoutMs: TOOLSTACK_MS,
      env,
      signal,
      noOutput: true,
    });
    if (result.exitCode === 0) return;
    if (result.late || signal.aborted)
      throw new Error(`Cannot restart the toolstack: ${command.join(" ")} did not end in time`);
  }
  throw new Error(
    "Cannot restart the toolstack: neither xe-toolstack-restart nor service xapi restart worked",
  );
}
