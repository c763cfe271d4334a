import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createTieBreaker } from "../../../../src/adapters/ties/place.ts";
import { createSshPlace, type SshContext } from "../../../../src/adapters/ties/ssh-place.ts";
import type { TieBreaker, TieBreakerSetUp } from "../../../../src/ports/tie-breaker.ts";
import { type SshBox, SshServer } from "../../../tools/devices/sshd.ts";
import { never } from "../scratch.ts";

export const SHELLS = ["dash", "busybox"] as const;

/** A real sshd whose machines have one of two shells (`tie-shell.sh`). */
export async function startServer(): Promise<SshServer> {
  const server = await SshServer.start("tie-shell.sh");
  mkdirSync(server.folder.at("busybox"));
  Bun.spawnSync(["busybox", "--install", "-s", server.folder.at("busybox")]);
  return server;
}

/** One machine as a tie-breaker, and hosts that use it. */
export class Machine {
  readonly box: SshBox;
  readonly server: SshServer;
  readonly directory: string;
  private hosts = 0;

  constructor(server: SshServer, shell: (typeof SHELLS)[number] | "none", address?: string) {
    this.server = server;
    this.box = server.box({ shell }, address);
    this.directory = server.folder.at(this.box.address.replaceAll(":", "."), "ties");
  }

  /** A tool that is found before the real one; `$REAL` is that one. */
  tool(name: string, body: string): void {
    const { folder } = this.server;
    const real = `REAL=$(PATH=$REAL_PATH command -v ${name})`;
    folder.write(`${this.box.address}/bin/${name}`, `#!/bin/sh\n${real}\n${body}\n`, 0o755);
  }

  toolAway(name: string): void {
    this.tool(name, 'exec "$REAL" "$@"');
  }

  context(): SshContext {
    const at = (name: string) => this.server.folder.at(`host-${this.box.address}-${this.hosts}`, name);
    mkdirSync(at("."), { recursive: true });
    return {
      clock: createSystemClock(),
      environment: this.server.environment(),
      key: at("tie-breaker-key"),
      hosts: at("tie-breaker-hosts"),
    };
  }

  /** A host of the pool with files of its own; nothing is set up. */
  fresh(directory = this.directory, callMs = 20_000) {
    this.hosts++;
    const context = this.context();
    const { address } = this.box;
    const place = createSshPlace(
      { kind: "ssh", user: "root", address, port: 22, directory },
      context,
      callMs,
    );
    return { context, place, ties: createTieBreaker(place) };
  }

  /** One whose key is known there. */
  async known(directory?: string, callMs?: number) {
    const host = this.fresh(directory, callMs);
    await introduce(this.server, host.place);
    return host;
  }

  /** One that is set up. */
  async host(directory?: string, callMs?: number): Promise<TieBreaker> {
    const { place, ties } = await this.known(directory, callMs);
    const why = await place.prepare(never());
    if (why !== null) throw new Error(why);
    return ties;
  }

  files(): readonly string[] {
    return readdirSync(this.directory).sort();
  }

  write(name: string, text: string): void {
    writeFileSync(`${this.directory}/${name}`, text);
  }

  read(name: string): string {
    return readFileSync(`${this.directory}/${name}`, "utf8");
  }
}

async function introduce(server: SshServer, setUp: TieBreakerSetUp): Promise<void> {
  const answer = await setUp.publicKey(never());
  if ("why" in answer) throw new Error(answer.why);
  const known = server.folder.at("authorized_keys");
  writeFileSync(known, `${readFileSync(known, "utf8")}${answer.key}\n`);
}
