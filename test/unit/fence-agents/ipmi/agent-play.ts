import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { MethodContext, OpenDevice } from "../../../../src/fence-agents/method.ts";
import { readRequest } from "../../../../src/fence-agents/request.ts";
import type { PowerAction } from "../../../../src/fence-agents/switch-power.ts";
import { PATH, ScratchFolder } from "../../adapters/scratch.ts";
import { type Played, playRequest } from "../play.ts";

const ROOT = resolve(import.meta.dir, "../../../..");
const MAIN = join(ROOT, "src/main.ts");
export const HOST = "5a1b6c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
export const OTHER_HOST = "7c1d8e2f-0b5d-4e8a-9c3f-1a2b3c4d5e6f";
/** Too strange to be in a command line by chance. ipmi_sim takes no space, IPMI 1.5 at most 16 characters. */
export const PASSWORD = "pW!7'$x;4tz";

/** The settings that an agent gets from the pool, and its program search path. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** A method's folder with its lists and options, and what it learns about its devices. */
export class AgentFolder {
  readonly scratch: ScratchFolder;
  readonly method: string;

  constructor(method: string) {
    this.method = method;
    this.scratch = new ScratchFolder(`agent-${method.toLowerCase()}`);
  }

  /** Below etc/ha-lizard of the folder, as if that were the root. */
  write(name: string, text: string, mode = 0o644): string {
    return this.scratch.write(join("etc/ha-lizard/fence", this.method, name), text, mode);
  }

  /** The folder of all methods. */
  get fence(): string {
    return this.scratch.at("etc/ha-lizard/fence");
  }

  get pins(): string {
    return this.scratch.at("etc/ha-lizard/state/fence-pins");
  }

  settings(more: Settings): Settings {
    return {
      FENCE_FILE_LOC: this.fence,
      FENCE_PASSWD: PASSWORD,
      FENCE_USER: "admin",
      ...more,
    };
  }
}

/** The agent's time is over with the first line that it logs: what that says will not change. */
export const FIRST_WORD = "first word";

/** Runs an agent with what stands in its folder (`playRequest`); one that fails asks until its time is over. */
export async function play(
  open: OpenDevice,
  folder: AgentFolder,
  action: PowerAction,
  settings: Settings = {},
  over: number | typeof FIRST_WORD = 30_000,
): Promise<Played> {
  const environment = folder.settings(settings);
  const request = readRequest(
    folder.method,
    [environment["HOST"] ?? HOST, action],
    environment,
    folder.fence,
  );
  if (typeof request === "string") throw new Error(request);
  const heard = new AbortController();
  const say = () => {
    if (over === FIRST_WORD) heard.abort();
  };
  const context = contextOf(folder, say, environment["PATH"]);
  const timeout = AbortSignal.timeout(over === FIRST_WORD ? 30_000 : over);
  return playRequest(open, request, context, AbortSignal.any([heard.signal, timeout]));
}

export function contextOf(folder: AgentFolder, say: (line: string) => void, path = PATH): MethodContext {
  const environment = { PATH: path };
  return { clock: createSystemClock(), environment, self: [process.execPath, MAIN], pins: folder.pins, say };
}

/** Starts the method's own script, `<METHOD>.sh <host> <action>`; `before` are words like `nsenter …`. */
export function startAgent(
  folder: AgentFolder,
  action: PowerAction,
  settings: Settings = {},
  before: readonly string[] = [],
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const script = join(ROOT, "fence", folder.method, `${folder.method}.sh`);
  const program = folder.scratch.script("ha-lizard", `exec "${process.execPath}" "${MAIN}" "$@"`);
  const here = { PATH, HA_LIZARD_ROOT: folder.scratch.path, HA_LIZARD_PROGRAM: program };
  return Bun.spawn([...before, script, HOST, action], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...here, ...folder.settings(settings) },
  });
}

export interface AgentEnd {
  readonly exitCode: number;
  readonly output: string;
  /** Command lines of this machine that had the password in them while it ran. */
  readonly leaks: readonly string[];
}

/** Waits for an agent, and looks all the while who shows its password. */
export async function watchAgent(agent: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<AgentEnd> {
  const leaks = new Set<string>();
  const texts = Promise.all([new Response(agent.stdout).text(), new Response(agent.stderr).text()]);
  while (agent.exitCode === null && agent.signalCode === null) {
    for (const line of commandLines()) if (line.includes(PASSWORD)) leaks.add(line);
    await Bun.sleep(5);
  }
  return { exitCode: await agent.exited, output: (await texts).join(""), leaks: [...leaks] };
}

/** The command lines of all processes that are not dead. */
export function commandLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line !== "");
}
