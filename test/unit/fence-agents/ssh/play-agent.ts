import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathsFrom } from "../../../../src/adapters/files/paths.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { MethodContext, OpenDevice } from "../../../../src/fence-agents/method.ts";
import { readRequest } from "../../../../src/fence-agents/request.ts";
import type { PowerAction } from "../../../../src/fence-agents/switch-power.ts";
import { PASSWORD, type SshServer } from "../../../tools/devices/sshd.ts";
import { type Played, playRequest } from "../play.ts";

export const MAIN = resolve(import.meta.dir, "../../../../src/main.ts");
export const HOST = "2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f";

let agents = 0;

/** The folders of an agent: lists and options of its method, and what it has learnt about its devices. */
export class AgentFolders {
  private readonly name = `agent-${++agents}`;
  /** HA_LIZARD_ROOT. */
  readonly root: string;
  readonly pins: string;
  /** FENCE_FILE_LOC. */
  readonly path: string;

  readonly method: string;
  private readonly server: SshServer;

  constructor(server: SshServer, method: string, files: Readonly<Record<string, string>>) {
    this.server = server;
    this.method = method;
    this.path = server.folder.at(this.name, "fence");
    this.root = server.folder.at(this.name);
    this.pins = join(pathsFrom({ HA_LIZARD_ROOT: this.root }).state, "fence-pins");
    mkdirSync(this.path, { recursive: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string, mode = 0o644): string {
    return this.server.folder.write(join(this.name, "fence", this.method, name), text, mode);
  }

  /** A file where the folder of the pins would be. */
  blockPins(): void {
    mkdirSync(dirname(this.pins), { recursive: true });
    writeFileSync(this.pins, "");
  }

  pinOf(address: string): string {
    return join(this.pins, "ssh", address);
  }
}

export interface Play {
  readonly action?: PowerAction;
  readonly host?: string;
  readonly password?: string;
  readonly address?: string;
  readonly user?: string;
  readonly timeoutMs?: number;
  /** Its time is over as soon as it says this, or this is so: a busy machine takes its time. */
  readonly overAt?: string;
  readonly overWhen?: () => boolean;
}

/** Runs an agent in this process as `fence` does, against a device of a test. */
export async function playAgent(
  open: OpenDevice,
  server: SshServer,
  folders: AgentFolders,
  play: Play = {},
): Promise<Played> {
  const request = readRequest(
    folders.method,
    [play.host ?? HOST, play.action ?? "stop"],
    {
      FENCE_FILE_LOC: folders.path,
      FENCE_PASSWD: play.password ?? PASSWORD,
      FENCE_USER: play.user,
      FENCE_IPADDRESS: play.address,
    },
    folders.path,
  );
  if (typeof request === "string") throw new Error(request);
  const over = new AbortController();
  const context = contextFor(server, folders, (text) => {
    if (play.overAt !== undefined && text.includes(play.overAt)) over.abort();
  });
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(play.timeoutMs ?? 60_000)]);
  const playing = playRequest(open, request, context, signal);
  const { overWhen } = play;
  if (overWhen !== undefined) {
    const ended = playing.then(() => true);
    while (!(await Promise.race([ended, Bun.sleep(20)])) && !overWhen()) {
      // It is looked at again.
    }
    over.abort();
  }
  return playing;
}

export function contextFor(
  server: SshServer,
  folders: AgentFolders,
  say: (text: string) => void = () => undefined,
): MethodContext {
  return {
    clock: createSystemClock(),
    environment: { ...server.environment(), BUN_JSC_useJIT: "0" },
    self: [server.askpass],
    pins: folders.pins,
    say,
  };
}
