import { afterAll, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createWatchdogSlots } from "../../../../src/adapters/watchdog/xenwatchdogd.ts";
import type { WatchdogSlot, WatchdogSlots } from "../../../../src/ports/watchdog-slots.ts";
import { FalseXen, type XenVersion } from "../../../tools/watchdog/false-xen.ts";
import { isAlive, never, PATH, ScratchFolder, until } from "../scratch.ts";

export const clock = createSystemClock();

/** Further than any test lasts. */
export const W = 60_000;

/** Makes Dom0s, each in a folder of its own, that are gone after the tests of the file. */
export function useDom0(topic: string) {
  const all: FalseXen[] = [];
  afterAll(() => Promise.all(all.map((xen) => xen.stop())));
  const folder = new ScratchFolder(topic);
  const dom0 = (version: XenVersion = "4.13") => {
    const root = folder.at(crypto.randomUUID());
    const xen = new FalseXen(root, version);
    all.push(xen);
    const paths = pathsFrom({ HA_LIZARD_ROOT: root });
    /** As a monitor has them that starts now. */
    const monitor = () => createWatchdogSlots({ paths, clock, environment: { PATH } });
    return { root, xen, paths, monitor };
  };
  return { folder, dom0 };
}

export async function arm(slots: WatchdogSlots, timeoutMs = W): Promise<WatchdogSlot> {
  const armed = await slots.arm(timeoutMs, never());
  if (armed.kind !== "armed") throw new Error(armed.why);
  return armed.slot;
}

export async function idsOf(slots: WatchdogSlots): Promise<readonly string[]> {
  const armed = await slots.armed(never());
  if (armed === "unknown") throw new Error("it cannot be told which slots are armed");
  return armed.map(({ id }) => id);
}

export const pidOf = ({ id }: Pick<WatchdogSlot, "id">): number => Number.parseInt(id, 10);

/** The letter of the kernel; null: there is no such process. */
export function stateOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  return /^State:\s*(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? null;
}

export function isAsleep(pid: number): boolean {
  return /^(?:35|230|219) /.test(readFileSync(`/proc/${pid}/syscall`, "utf8"));
}

/** The processes of the stand-in below this root. */
export function processesOf(root: string): readonly number[] {
  const list = `${root}/var/lib/false-xen/processes`;
  const text = (path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  return text(list)
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0 && isAlive(pid) && text(`/proc/${pid}/cmdline`).includes(root));
}

/** Somebody's own xenwatchdogd, as from a shell; resolves when it is armed. */
export async function startByHand(
  root: string,
  ...words: readonly (string | Readonly<Record<string, string>>)[]
): Promise<number> {
  const before = new Set(processesOf(root));
  const strings = words.filter((word) => typeof word === "string");
  const environment = words.filter((word) => typeof word === "object");
  const child = Bun.spawn([`${root}/usr/sbin/xenwatchdogd`, ...strings], {
    env: Object.assign({ PATH }, ...environment) as Record<string, string>,
    stdio: ["ignore", "ignore", "ignore"],
  });
  expect(await child.exited).toBe(0);
  const mine = () => processesOf(root).find((pid) => !before.has(pid) && pid !== child.pid);
  expect(await until(() => mine() !== undefined)).toBe(true);
  const pid = mine() ?? 0;
  expect(await until(() => isAsleep(pid))).toBe(true);
  return pid;
}
