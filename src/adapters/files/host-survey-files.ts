import { constants } from "node:fs";
import { access, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { FoundHook, HostSurvey, Runnable } from "../../ports/host-survey.ts";
import { hookFault } from "../hooks/hook-files.ts";
import type { Paths } from "./paths.ts";
import { readRegularFile } from "./regular-file.ts";

const GUARD = "50-ha-lizard";
const MOST_HOOKS = 50;
const MOST_BYTES = 1_000_000;
const SERVICE = "xen-watchdog.service";

/** What the files of this host say of it. */
export function createHostSurvey(paths: Paths): Omit<HostSurvey, "gate"> {
  const below = (path: string) => join(paths.root, path);
  return {
    keeperOf: (port) =>
      keeperOf(port, ["etc/portreserve", "run/portreserve"].map(below), below("etc/services")),
    async installed() {
      const folder = below("etc/xapi.d/vm-pre-start");
      const hooks = await namesIn(folder);
      const states = await Promise.all(hooks.map((hook) => stateOf(join(folder, hook), true)));
      return {
        guard: states[hooks.indexOf(GUARD)] ?? "missing",
        plugin: await stateOf(below("etc/xapi.d/plugins/ha-lizard-plugin"), false),
        brokenHooks: hooks.filter((_, at) => states[at] === "unusable").map((hook) => join(folder, hook)),
      };
    },
    async hooks() {
      const names = (await namesIn(paths.hooks)).slice(0, MOST_HOOKS);
      return names.map((name) => hookAt(join(paths.hooks, name), name));
    },
    async watchdogTools() {
      const places = ["usr/sbin/xenwatchdogd", "sbin/xenwatchdogd", "usr/local/sbin/xenwatchdogd"].map(below);
      const states = await Promise.all(places.map((place) => stateOf(place, false)));
      const runs = ["sys/fs/cgroup/systemd/system.slice", "sys/fs/cgroup/system.slice"].map(below);
      const folders = [paths.bootUnits, ...runs].map((folder) => namesIn(folder));
      return {
        program: places[states.indexOf("there")] ?? null,
        serviceOn: (await Promise.all(folders)).some((names) => names.includes(SERVICE)),
      };
    },
    async room() {
      const folders = [paths.state, below("var/log")];
      return (await Promise.all(folders.map(freeIn))).flat();
    },
  };
}

function hookAt(path: string, name: string): FoundHook {
  const fault = hookFault(path);
  if (fault === null) return { path, name, why: null, cure: null };
  // It may be a folder above the hook that is wrong.
  return {
    path,
    name,
    why: fault.path === path ? fault.why : `${fault.path}: ${fault.why}`,
    cure: fault.cure,
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** `isListed`: its name stands in its folder, so what cannot be found is a link that leads nowhere. */
async function stateOf(path: string, isListed: boolean): Promise<Runnable> {
  try {
    await access(path, constants.X_OK);
    return "there";
  } catch (error) {
    const isNowhere = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isNowhere && !isListed ? "missing" : "unusable";
  }
}

async function freeIn(path: string) {
  try {
    // What is kept back for root is free for this program.
    const { bfree, bsize } = await statfs(path);
    return [{ path, freeBytes: bfree * bsize }];
  } catch {
    return [];
  }
}

/** Every file of the folders names ports, one a line: `694/udp`, `694`, or a name of /etc/services. */
async function keeperOf(port: number, folders: readonly string[], services: string): Promise<string | null> {
  const lines = async (path: string): Promise<readonly string[]> => {
    const read = await readRegularFile(path, { maxBytes: MOST_BYTES });
    return read.kind === "text" ? read.text.split("\n").map((line) => line.replace(/#.*/, "").trim()) : [];
  };
  const keptIn = async (folder: string) =>
    Promise.all(
      (await namesIn(folder)).map(async (name) => ({ name, ports: await lines(join(folder, name)) })),
    );
  const kept = (await Promise.all(folders.map(keptIn))).flat();
  if (kept.length === 0) return null;
  const known = (await lines(services)).map((line) => line.split(/\s+/));
  const names = known.flatMap(([first = "", number, ...others]) =>
    number === `${port}/udp` ? [first, ...others] : [],
  );
  const isPort = (line: string): boolean => {
    const [which = "", protocol = "udp"] = line.split("/");
    return protocol === "udp" && (which === String(port) || names.includes(which));
  };
  return kept.find(({ ports }) => ports.some(isPort))?.name ?? null;
}
