import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { limitMs } from "./durations.ts";

/** A part of the tests that is run, reported and, where the machine does not allow it, left out as a whole. */
export interface Ring {
  readonly name: string;
  /** Files or folders for `bun test`. */
  readonly paths: readonly string[];
  /** Commands without which the ring cannot run. */
  readonly needs: readonly string[];
  readonly deadlineMs: number;
  /** Test files at the same time. Of those a file calls `test.concurrent`, as many as CONCURRENT_TESTS. */
  readonly workers: number;
  /**
   * A worker loads the modules once for all of its files, which spares a quarter of the work where each file computes
   * for a few seconds. Only for files that leave nothing behind.
   */
  readonly sharesModules: boolean;
}

/** Each of them has a pool of namespaces of its own, and mostly waits. */
export const CONCURRENT_TESTS = 3;

const POOL_TOOLS = ["ip", "ping", "unshare", "nsenter", "busybox", "curl", "openssl", "perl"];
/** Fence devices and their clients. */
const DEVICE_TOOLS = ["ssh", "sshd", "ssh-keygen", "ipmitool", "ipmi_sim", "openssl", "curl"];
/** Quick and telling ones first. Folders that are not named here come after these, before the slow ones. */
const FIRST = [
  "tidy",
  "prose",
  "runner",
  "core",
  "config",
  "adapters",
  "app",
  "cli",
  "main",
  "simulation",
  "server",
  "pool",
];

/** What a ring needs besides the runtime. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  browser: ["chromium"],
  scripts: ["shellcheck", "unshare"],
  "old-kernel": ["gcc", "ping"],
  services: ["unshare", "nsenter", "bash", "pgrep", "systemctl", "perl"],
  "ha-cfg": ["unshare", "script", "stty"],
  "fence-agents": [...DEVICE_TOOLS, "ip", "unshare", "nsenter", "script"],
};

/** Files of these are run at the same time: they mostly wait, or compute for so long that both cores are worth it. */
const WORKERS: Readonly<Record<string, number>> = {
  adapters: 3,
  e2e: 8,
  faults: 2,
  "fence-agents": 3,
  "ha-cfg": 2,
  kills: 2,
  pool: 2,
  scenarios: 2,
  scripts: 3,
  services: 3,
};

/** The folders of test/ that hold rings; the order in which they are played is that of FIRST. */
const GROUPS = ["tools", "unit", "simulated", "compiled"];

/** Every folder below a group that has tests is a ring, so that a new one cannot be forgotten. */
export function listRings(testFolder: string): readonly Ring[] {
  const folders = GROUPS.flatMap((group) =>
    readdirSync(join(testFolder, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "e2e")
      .map((entry) => join(testFolder, group, entry.name)),
  )
    .filter(hasTests)
    .sort((a, b) => rank(basename(a)) - rank(basename(b)) || basename(a).localeCompare(basename(b)));
  const e2e = join(testFolder, "compiled", "e2e");
  return [
    ...folders.map((folder) => ordinary(basename(folder), [folder])),
    { ...ordinary("binary", [join(e2e, "binary.test.ts")]), needs: ["readelf", "qemu-x86_64"] },
    {
      name: "e2e",
      paths: readdirSync(e2e)
        .filter((name) => name.endsWith(".test.ts") && name !== "binary.test.ts")
        .map((name) => join(e2e, name)),
      needs: [...new Set([...POOL_TOOLS, ...DEVICE_TOOLS])],
      deadlineMs: limitMs("e2e"),
      workers: WORKERS["e2e"] ?? 1,
      sharesModules: false,
    },
  ];
}

function ordinary(name: string, paths: readonly string[]): Ring {
  const needs = NEEDS[name] ?? [];
  return {
    name,
    paths,
    needs,
    deadlineMs: limitMs(name),
    workers: WORKERS[name] ?? 1,
    sharesModules: name === "scenarios",
  };
}

function rank(name: string): number {
  const place = FIRST.indexOf(name);
  return place < 0 ? FIRST.length : place;
}

function hasTests(folder: string): boolean {
  return readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith(".test.ts"));
}
